// Lets somebody in who has not registered, while there is no network: the entry joins the door's queue
// and the server judges it on arrival. With network the link leads to the page, which also prints.
import { newId } from "../door/codes.js";
import { ANSWERED, LATER } from "../door/delivery.js";

const ANSWER_WITHIN_MS = 1500;

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

class WalkInForm extends HTMLElement {
  connectedCallback() {
    this.page = this.closest("badge-scanner");
    this.dialog = this.querySelector("dialog");
    this.form = this.querySelector("form");
    this.links = this.page.querySelector("[data-lead]");
    this.page.querySelector("[data-walk-in]").addEventListener("click", (event) => {
      if (this.page.device?.isOnline) return;
      event.preventDefault();
      this.form.reset();
      this.dialog.showModal();
    });
    this.dialog.addEventListener("close", () => this.dialog.returnValue === "let-in" && this.letIn());
    new MutationObserver(() => this.showLinks()).observe(this.page, { attributeFilter: ["ready"] });
    this.showLinks();
  }

  showLinks() {
    const about = this.page.device?.about;
    if (about) this.links.hidden = !about.is_lead;
  }

  async letIn() {
    const { device } = this.page;
    if (device.queue.isUnpaired) return this.page.show("unsure", { detail: this.page.dataset.unpaired });
    const { name, email, company } = Object.fromEntries(new FormData(this.form));
    const body = {
      name: name.trim(),
      email: email.trim(),
      company: company.trim(),
      language: document.documentElement.lang,
      scanned_at: new Date(Date.now() + device.clock.offset).toISOString(),
    };
    let entry;
    try {
      entry = await device.queue.add(() => {
        const id = newId();
        return { id, kind: "walk_in", url: this.dataset.walkIns.replace(/[^/]*$/, id), body };
      });
    } catch {
      return this.page.cannotStore();
    }
    const later = wait(ANSWER_WITHIN_MS).then(() => ({ kind: LATER }));
    this.tell(entry, await Promise.race([device.queue.deliver(entry), later]));
  }

  tell(entry, { kind, answer, message }) {
    const { name } = entry.body;
    if (kind === ANSWERED) return this.page.show(answer.verdict, { name: answer.name, detail: answer.reason });
    if (kind !== LATER) return this.page.show("unsure", { name, detail: message });
    this.page.log.local(entry, { verdict: "admitted", name });
    this.page.show("admitted", { name, detail: this.dataset.kept, offline: true });
  }
}

customElements.define("walk-in-form", WalkInForm);
