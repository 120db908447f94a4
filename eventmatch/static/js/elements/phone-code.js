// Keeps a fresh code on the screen while somebody looks at it, and tells who has taken it.
const NEW_EVERY_MS = 30_000; // a code is good for twice as long, so that there is time to press
const ASK_EVERY_MS = 3000;

class PhoneCode extends HTMLElement {
  connectedCallback() {
    this.find = (name) => this.querySelector(`[data-${name}]`);
    this.querySelector("[data-start] form").addEventListener("submit", (submit) => {
      submit.preventDefault();
      this.start();
    });
    this.onVisibility = () => !document.hidden && this.isShown && this.renew();
    document.addEventListener("visibilitychange", this.onVisibility);
    if (this.dataset.ready) this.start();
  }

  disconnectedCallback() {
    document.removeEventListener("visibilitychange", this.onVisibility);
    clearInterval(this.renewing);
    clearInterval(this.asking);
  }

  start() {
    this.isShown = true;
    this.find("start").hidden = true;
    clearInterval(this.renewing);
    clearInterval(this.asking);
    this.renewing = setInterval(() => document.hidden || this.renew(), NEW_EVERY_MS);
    this.asking = setInterval(() => document.hidden || this.ask(), ASK_EVERY_MS);
    this.renew();
  }

  async renew() {
    const part = await this.get(this.dataset.codeUrl, "POST");
    this.find("trouble").hidden = part !== null;
    this.find("code").hidden = part === null; // an old code would only disappoint
    if (part !== null) this.find("code").innerHTML = part;
  }

  async ask() {
    const part = await this.get(this.dataset.agreedUrl, "GET");
    if (part === null || part.trim() === this.last) return;
    const isFirst = this.last === undefined;
    this.last = part.trim();
    this.find("agreed").innerHTML = part;
    if (this.last && !isFirst) this.renew(); // the code was good for one
  }

  async get(address, method) {
    try {
      const headers = { "X-CSRFToken": this.dataset.csrf, "X-Part": "1" };
      const answer = await fetch(address, { method, headers, redirect: "error" });
      return answer.ok ? await answer.text() : null;
    } catch {
      return null;
    }
  }
}

customElements.define("phone-code", PhoneCode);
