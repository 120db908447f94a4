// Sends the scans that this phone still holds, whenever there is network, and says how many wait.
import { ScanQueue, ANSWERED } from "../guest/scans.js";
import { scanStore } from "../guest/scan-store.js";
import { sender } from "../guest/sender.js";

const TRY_EVERY_MS = 15_000;

class UnsentScans extends HTMLElement {
  async connectedCallback() {
    const { event, scans, csrf } = this.dataset;
    this.queue = new ScanQueue({ store: await scanStore(event), send: sender(scans, csrf) });
    this.onOnline = () => this.drain();
    addEventListener("online", this.onOnline);
    document.addEventListener("scan-kept", this.onOnline);
    this.timer = setInterval(() => document.hidden || this.drain(), TRY_EVERY_MS);
    await this.drain();
  }

  disconnectedCallback() {
    clearInterval(this.timer);
    removeEventListener("online", this.onOnline);
    document.removeEventListener("scan-kept", this.onOnline);
  }

  async drain() {
    const scanner = document.querySelector("guest-scanner");
    await this.queue.drain((scan, result) => this.tell(result), scanner?.held ?? null);
    const waiting = await this.queue.waiting();
    this.querySelector("[data-count]").textContent = waiting.length;
    this.hidden = waiting.length === 0 && this.querySelector("[data-refused]").hidden;
  }

  tell({ kind, message, answer }) {
    const words = kind === ANSWERED && !answer.page ? answer.said : message;
    if (!words) return;
    const line = this.querySelector("[data-refused]");
    line.textContent = words;
    line.hidden = false;
  }
}

customElements.define("unsent-scans", UnsentScans);
