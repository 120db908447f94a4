// Goes back to the start of the kiosk when the guest has gone, and shows how long that takes.
const STEP_MS = 250;
const SIGNS_OF_LIFE = ["pointerdown", "keydown"];

class BackToStart extends HTMLElement {
  connectedCallback() {
    this.after = Number(this.dataset.after) * 1000;
    this.bar = Object.assign(document.createElement("progress"), { max: this.after, value: this.after });
    this.bar.className = "back-to-start__left";
    this.bar.setAttribute("aria-hidden", "true");
    this.append(this.bar);
    this.begin();
    SIGNS_OF_LIFE.forEach((sign) => document.addEventListener(sign, () => this.begin()));
    setInterval(() => this.step(), STEP_MS);
  }

  begin() {
    this.began = Date.now();
  }

  step() {
    const left = this.after - (Date.now() - this.began);
    this.bar.value = Math.max(0, left);
    if (left > 0 || this.isLeaving) return;
    this.isLeaving = true;
    location.replace(this.dataset.to); // so that the back button shows nobody
  }
}

customElements.define("back-to-start", BackToStart);
