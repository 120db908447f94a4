// Lets somebody in whose code is unknown here, as a door lead may: asks for a note, which goes with
// the entry. It is stored and delivered like any scan, and listed for those who look into it later.
import { LATER } from "../door/delivery.js";

class BadgeLetIn extends HTMLElement {
  connectedCallback() {
    this.dialog = this.querySelector("dialog");
    this.note = this.querySelector("[name=note]");
    this.page = this.closest("badge-scanner");
    this.page.addEventListener("let-in", (event) => this.ask(event.detail.code));
    this.dialog.addEventListener("close", () => this.dialog.returnValue === "let-in" && this.letIn());
  }

  ask(code) {
    this.code = code;
    this.note.value = this.dialog.returnValue = "";
    this.dialog.showModal();
  }

  async letIn() {
    const { device } = this.page;
    const note = this.note.value.trim();
    if (device.queue.isUnpaired) return this.page.show("unsure", { detail: this.page.dataset.unpaired });
    let entry;
    try {
      entry = await device.letIn(this.code, note);
    } catch {
      return this.page.cannotStore();
    }
    this.page.log.local(entry, { verdict: "admitted", name: note });
    this.page.show("admitted", { name: note, detail: this.dataset.kept, offline: !device.isOnline });
    const { kind, message } = await device.queue.deliver(entry);
    if (kind !== LATER && message) this.page.show("unsure", { name: note, detail: message });
  }
}

customElements.define("badge-let-in", BadgeLetIn);
