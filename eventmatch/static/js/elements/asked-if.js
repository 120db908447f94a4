// Shows a question only where another one was answered so; without scripts all are shown, each with
// its condition, and the server leaves out what was not asked.
class AskedIf extends HTMLElement {
  connectedCallback() {
    if (!this.dataset.field) return;
    this.querySelector("[data-condition]").hidden = true;
    this.form = this.closest("form");
    this.form.addEventListener("change", () => this.look());
    this.look();
  }

  look() {
    const said = new FormData(this.form).getAll(this.dataset.field);
    const isTicked = this.dataset.value === "yes" && said.includes("y");
    const other = this.form.querySelector(`asked-if:has([name="${this.dataset.field}"])`);
    this.hidden = Boolean(other?.hidden) || !(isTicked || said.includes(this.dataset.value));
  }
}

customElements.define("asked-if", AskedIf);
