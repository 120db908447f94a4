// The page at the door: whichever way a code comes in, it becomes a scan that is stored, answered
// and shown. Nothing here waits for a click, and no answer holds up the next scan.
import "./badge-camera.js";
import "./badge-let-in.js";
import "./badge-undo.js";
import { showVerdict } from "./show-verdict.js";
import { ANSWERED, LATER, QUARANTINED, REFUSED, UNPAIRED } from "../door/delivery.js";
import { Device } from "../door/device.js";
import { KeyReader, REST_MS } from "../door/keys.js";
import { DoorLog } from "../door/log.js";
import { RepeatGuard } from "../door/repeats.js";
import { SIGNALS } from "../door/signals.js";
import { Sounds } from "../door/sounds.js";
import { StatusLine } from "../door/status.js";
import { openStore } from "../door/store.js";

const SHOWN_MS = 2500;
const JUST_NOW_MS = 15_000;
const LAST_EVENT = "door-event"; // which event's store to open when the page comes without network

class BadgeScanner extends HTMLElement {
  connectedCallback() {
    this.find = (name) => this.querySelector(`[data-${name}]`);
    this.frame = this.querySelector(".door__verdict");
    this.form = this.find("typed");
    this.keys = new KeyReader();
    this.repeats = new RepeatGuard();
    this.sounds = new Sounds();
    this.turn = 0;
    this.listen();
    this.alone(() => this.begin());
    navigator.serviceWorker
      ?.register("/door/worker.js", { scope: "/door" })
      .then(() => navigator.serviceWorker.ready)
      .then(({ active }) => active.postMessage("language"))
      .catch(() => {}); // without it the page works as long as it stays open
  }

  // Two pages of one browser would camp on the same queue: the second one says so, and can take over.
  alone(begin) {
    if (!navigator.locks) return begin();
    const hold = () => (begin(), new Promise(() => {}));
    const lost = () => this.lost();
    const found = (lock) => (lock ? hold() : lost());
    navigator.locks.request("door", { ifAvailable: true }, found).catch(lost);
    this.find("take-over").addEventListener("click", () => {
      this.find("elsewhere").hidden = true;
      navigator.locks.request("door", { steal: true }, hold).catch(lost);
    });
  }

  lost() {
    this.device?.stop();
    this.device = null;
    this.find("elsewhere").hidden = false;
  }

  async begin() {
    const { event, ...addresses } = this.dataset;
    const name = event || localStorage.getItem(LAST_EVENT);
    if (event) localStorage.setItem(LAST_EVENT, event);
    try {
      this.device = new Device({ store: await openStore(`door:${name ?? ""}`), addresses });
      await this.device.open();
    } catch {
      return this.cannotStore();
    }
    this.log = new DoorLog(this, () => this.device);
    this.status = new StatusLine(this, this.device);
    this.device.addEventListener("change", () => this.status.show());
    this.device.addEventListener("outcome", ({ detail }) => this.log.tell(detail.entry, detail));
    this.device.queue.refused.forEach((entry) => this.log.refused(entry));
    await this.device.readAbout().catch(() => {});
    this.status.show();
    this.device.run();
    this.scanFromAddress();
    this.setAttribute("ready", "");
  }

  cannotStore() {
    this.find("not-stored").hidden = false;
    this.show("unsure", { detail: this.find("not-stored").textContent.trim(), stays: true });
  }

  listen() {
    this.addEventListener("badge-read", (event) => this.scan(event.detail.code));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.scanTyped();
    });
    document.addEventListener("keydown", (event) => this.onKey(event), { capture: true });
    document.addEventListener("pointerdown", () => this.sounds.unlock(), { capture: true });
    this.frame.addEventListener("click", () => this.frame.replaceChildren());
    this.find("send").addEventListener("click", () => this.device?.queue.drain());
    addEventListener("online", () => this.device?.queue.drain());
    this.find("leave-form")?.addEventListener("submit", (event) => this.leave(event));
  }

  // Scans that wait would be lost with the device's right to deliver them.
  leave(event) {
    if (!this.device || this.leaving) return;
    event.preventDefault();
    if (this.device.queue.unsent && !confirm(this.dataset.leave)) return;
    this.leaving = true;
    this.device.store.clear().finally(() => event.target.submit());
  }

  // Ways in

  onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
    if (event.target.closest?.("dialog")) return;
    const code = this.keys.take(event.key, event.code, event.timeStamp);
    if (code) {
      event.preventDefault(); // the scanner's Enter presses no button
      this.scanKeyed(code);
    } else {
      clearTimeout(this.resting);
      // Twice round the loop: keys that wait because the page was busy go first.
      this.resting = setTimeout(() => {
        this.resting = setTimeout(() => this.onRest());
      }, REST_MS + 10);
    }
  }

  onRest() {
    const code = this.keys.rest(performance.now());
    if (code) this.scanKeyed(code);
  }

  scanKeyed(code) {
    this.form.elements.code.value = ""; // it typed there, too, if the field had the focus
    this.scan(code);
  }

  scanTyped() {
    const field = this.form.elements.code;
    const code = field.value.trim();
    field.value = "";
    if (code) this.scan(code);
    else field.focus();
  }

  // The phone's own camera opens the badge's link, which leads here with the code.
  scanFromAddress() {
    const code = new URL(location).searchParams.get("code");
    if (!code) return;
    history.replaceState(null, "", location.pathname);
    this.form.elements.code.value = "";
    this.scan(code);
  }

  // A scan and its answer

  async scan(code) {
    if (!this.device) return;
    const direction = this.form.elements.direction.value;
    if (this.repeats.isRepeat(`${direction} ${code}`, performance.now())) return this.showAgain();
    const turn = ++this.turn;
    let done;
    try {
      done = await this.device.scan(code, direction);
    } catch {
      return this.cannotStore();
    }
    this.tell(done, turn);
  }

  // Shows what became of a scan: full screen if it is the newest, and in the list in any case.
  tell({ entry, kind, answer, message, local }, turn) {
    if (kind === LATER) this.log.local(entry, local);
    if (turn !== this.turn) return;
    if (kind === ANSWERED) this.show(answer.verdict, { name: answer.name ?? "", detail: answer.reason });
    else if (kind === REFUSED || kind === QUARANTINED) this.show("unsure", { detail: message });
    else if (kind === UNPAIRED || this.device.queue.isUnpaired) this.show("unsure", { detail: this.dataset.unpaired });
    else this.show(local.verdict, { name: local.name, detail: this.detailOf(local), offline: true });
  }

  detailOf({ verdict, before }) {
    if (verdict === "unsure") return this.dataset.kept;
    if (verdict !== "already_in" || !before) return "";
    if (Date.now() - before.at < JUST_NOW_MS && !before.gate) return this.dataset.justNow;
    const gate = before.gate ?? this.device.about?.gate ?? "";
    return this.dataset.before.replace("{gate}", gate).replace("{at}", this.log.clock(before.at));
  }

  show(kind, { stays = false, ...said }) {
    showVerdict(this.frame, kind, said);
    this.sounds.play(SIGNALS[kind] ?? SIGNALS.unsure);
    clearTimeout(this.hiding);
    if (!stays) this.hideLater();
    this.last = this.frame.firstElementChild;
  }

  // The same badge is still before the camera: its answer stays, and nothing is recorded.
  showAgain() {
    if (!this.last) return;
    if (!this.last.isConnected) this.frame.replaceChildren(this.last);
    this.hideLater();
  }

  hideLater() {
    clearTimeout(this.hiding);
    this.hiding = setTimeout(() => this.frame.replaceChildren(), SHOWN_MS);
  }
}

customElements.define("badge-scanner", BadgeScanner);
