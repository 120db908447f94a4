// A list of people that nobody looks at any more blanks itself and asks for the PIN. The server
// forgets the PIN after the same time; this is for the screen, which shows the list until then.
const SIGNS_OF_LIFE = ["pointerdown", "keydown", "input", "scroll"];
const LOOK_EVERY_MS = 1000;

class IdleBlank extends HTMLElement {
  connectedCallback() {
    this.after = Number(this.dataset.after) * 1000;
    this.form = document.getElementById(this.dataset.form);
    this.stir = () => {
      this.seen = Date.now();
    };
    this.stir();
    SIGNS_OF_LIFE.forEach((sign) => document.addEventListener(sign, this.stir, { passive: true, capture: true }));
    // By the clock, since a phone that sleeps counts no time.
    this.ticking = setInterval(() => this.look(), LOOK_EVERY_MS);
    this.onShow = () => this.look();
    document.addEventListener("visibilitychange", this.onShow);
  }

  disconnectedCallback() {
    clearInterval(this.ticking);
    SIGNS_OF_LIFE.forEach((sign) => document.removeEventListener(sign, this.stir, { capture: true }));
    document.removeEventListener("visibilitychange", this.onShow);
  }

  look() {
    if (Date.now() - this.seen < this.after || this.isBlank) return;
    this.isBlank = true;
    this.replaceChildren(); // at once, also without network
    this.form?.requestSubmit();
  }
}

customElements.define("idle-blank", IdleBlank);
