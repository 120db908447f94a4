// Puts one of the proposed colours into the colour field that it surrounds.
class AccentPicker extends HTMLElement {
  connectedCallback() {
    this.input = this.querySelector("input[type=color]");
    this.addEventListener("click", (event) => {
      const preset = event.target.closest("[data-colour]");
      if (preset) {
        this.input.value = preset.dataset.colour;
        this.show();
      }
    });
    this.input.addEventListener("input", () => this.show());
    this.show();
  }

  show() {
    for (const preset of this.querySelectorAll("[data-colour]")) {
      preset.setAttribute("aria-pressed", String(preset.dataset.colour === this.input.value));
    }
  }
}

customElements.define("accent-picker", AccentPicker);
