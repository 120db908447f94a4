// Copies the text beside its button and says so.
const SAID_MS = 2000;

class CopyField extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input");
    this.button = this.querySelector("button");
    this.words = this.button.querySelector("span");
    this.input.addEventListener("focus", () => this.input.select());
    this.button.addEventListener("click", () => this.copy());
  }

  async copy() {
    try {
      await navigator.clipboard.writeText(this.input.value);
    } catch {
      this.input.select(); // without permission (or https) the text is at least ready to be copied
      return;
    }
    const before = this.words.textContent;
    if (before === this.button.dataset.copied) return;
    this.words.textContent = this.button.dataset.copied;
    setTimeout(() => (this.words.textContent = before), SAID_MS);
  }
}

customElements.define("copy-field", CopyField);
