// Takes back one of the latest scans: asks why, and gives the reason on. Without a script each
// line of the list has a form of its own for that.
class BadgeUndo extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.scanner = this.closest("badge-scanner");
    this.scanner.addEventListener("click", (event) => {
      const button = event.target.closest("[data-undo]");
      if (button) this.ask(event, button.closest("[data-scan]"));
    });
    this.dialog.addEventListener("close", () => this.answer());
  }

  ask(event, line) {
    event.preventDefault();
    this.line = line;
    this.dialog.querySelector("[data-who]").textContent = line.querySelector(".scan-line__name").textContent;
    this.dialog.returnValue = "";
    this.dialog.showModal();
  }

  async answer() {
    const note = this.dialog.returnValue;
    if (!note || note === "cancel") return;
    this.line.toggleAttribute("data-undone", true);
    await this.scanner.device.undo(this.line.dataset.scan, note);
  }
}

customElements.define("badge-undo", BadgeUndo);
