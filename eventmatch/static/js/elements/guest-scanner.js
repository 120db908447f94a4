// A guest's own scanner. Whatever is read is stored, sent and answered: with the page of whom it
// belongs to, or, without network, with a place for a note that goes along later.
import "./badge-camera.js";
import { RepeatGuard } from "../door/repeats.js";
import { ScanQueue, ANSWERED, LATER } from "../guest/scans.js";
import { scanStore } from "../guest/scan-store.js";
import { sender } from "../guest/sender.js";

const newId = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
  );

class GuestScanner extends HTMLElement {
  held = null; // the id of the scan about which the guest is writing

  async connectedCallback() {
    const { event, scans, csrf, unsaved } = this.dataset;
    this.find = (name) => this.querySelector(`[data-${name}]`);
    this.repeats = new RepeatGuard();
    const store = await scanStore(event);
    this.queue = new ScanQueue({ store, send: sender(scans, csrf) });
    if (!store.isStored) this.say(unsaved);
    this.addEventListener("badge-read", (read) => this.scan(read.detail.code));
    this.find("typed").addEventListener("submit", (submit) => this.onTyped(submit));
    this.find("remark").addEventListener("input", () => this.write());
    this.find("remark").addEventListener("submit", (submit) => {
      submit.preventDefault();
      this.close();
    });
  }

  onTyped(submit) {
    const field = submit.target.elements.code;
    const code = field.value.trim();
    if (!code) return; // the page's own answer says what is missing
    submit.preventDefault();
    field.value = "";
    this.scan(code);
  }

  async scan(code) {
    if (this.repeats.isRepeat(code, performance.now())) return;
    this.close();
    this.say("");
    const scan = { id: newId(), code, scanned_at: new Date().toISOString(), text: "", chips: [] };
    const { kind, answer, message } = await this.queue.add(scan);
    if (kind === LATER) this.keep(scan, message);
    else if (kind === ANSWERED && answer.page) location.assign(answer.page);
    else this.say(answer?.said ?? message);
  }

  // Without network, or too much for now: a place to write, as long as one remembers.
  keep(scan, message = "") {
    this.held = scan.id;
    this.say(message);
    this.find("offline").hidden = message !== "";
    this.find("remark").reset();
    this.find("kept").hidden = false;
    this.find("kept").scrollIntoView({ block: "nearest" });
    document.dispatchEvent(new Event("scan-kept"));
  }

  async write() {
    const form = new FormData(this.find("remark"));
    await this.queue.amend(this.held, { text: form.get("text").trim(), chips: form.getAll("chips") });
  }

  close() {
    if (!this.held) return;
    this.held = null;
    this.find("kept").hidden = true;
    document.dispatchEvent(new Event("scan-kept"));
  }

  say(sentence) {
    this.find("said").textContent = sentence;
  }
}

customElements.define("guest-scanner", GuestScanner);
