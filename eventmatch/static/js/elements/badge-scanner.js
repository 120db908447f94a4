// The page at the door: whichever way a code comes in, it becomes a scan with an id of its own, is
// stored, sent and answered. Nothing here waits for a click, and no answer holds up the next scan.
import "./badge-camera.js";
import { showVerdict } from "./show-verdict.js";
import { ANSWERED, LATER, REFUSED, UNPAIRED, outcome } from "../door/delivery.js";
import { KeyReader, REST_MS } from "../door/keys.js";
import { Queue, waitAfter } from "../door/queue.js";
import { RepeatGuard } from "../door/repeats.js";
import { SIGNALS } from "../door/signals.js";
import { Sounds } from "../door/sounds.js";

const ANSWER_WITHIN_MS = 1500; // longer, and the steward is told that it was kept
const GIVE_UP_MS = 8000;
const SHOWN_MS = 2500;
const COUNT_EVERY_MS = 5000;
const PRESENCE_EVERY_MS = 60_000;
const LINES = 10;

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

// crypto.randomUUID exists only behind https; a door in a hall's own network may do without.
const newId = () =>
  crypto.randomUUID?.() ??
  "10000000-1000-4000-8000-100000000000".replace(/[018]/g, (digit) =>
    (digit ^ (crypto.getRandomValues(new Uint8Array(1))[0] & (15 >> (digit / 4)))).toString(16),
  );

// Private windows may refuse to store anything; then scans live as long as the page.
const store = () => {
  try {
    return localStorage;
  } catch {
    return null;
  }
};

class BadgeScanner extends HTMLElement {
  connectedCallback() {
    this.find = (name) => this.querySelector(`[data-${name}]`);
    this.frame = this.querySelector(".door__verdict");
    this.form = this.find("typed");
    this.queue = new Queue({
      name: `door:${this.dataset.event}`,
      store: store(),
      send: (scan) => this.send(scan),
    });
    this.keys = new KeyReader();
    this.repeats = new RepeatGuard();
    this.sounds = new Sounds();
    this.lines = new Map();
    this.turn = 0;
    this.listen();
    this.queue.refused.forEach((scan) => this.log(scan, "unsure", { note: scan.refused }));
    this.showState();
    this.keepSending();
    this.keepCounting();
    this.keepTelling();
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
    this.find("send").addEventListener("click", () => this.drain());
    addEventListener("online", () => this.drain());
    addEventListener("offline", () => this.setOnline(false));
    addEventListener("beforeunload", (event) => {
      if (!this.queue.isStored && this.queue.unsent) event.preventDefault();
    });
    this.find("leave-form").addEventListener("submit", (event) => {
      if (this.queue.unsent && !confirm(this.dataset.leave)) event.preventDefault();
      else this.queue.clear();
    });
  }

  // Ways in

  onKey(event) {
    if (event.ctrlKey || event.altKey || event.metaKey || event.isComposing) return;
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

  // A scan and its answer

  async scan(code) {
    if (this.repeats.isRepeat(code, performance.now())) return;
    const direction = this.form.elements.direction.value;
    const scan = { id: newId(), code, direction, scanned_at: new Date().toISOString() };
    const turn = ++this.turn;
    this.log(scan, "unsure");
    const answer = this.queue.add(scan);
    this.showState();
    const outcome = await Promise.race([answer, wait(ANSWER_WITHIN_MS).then(() => ({ kind: LATER }))]);
    this.tell(scan, outcome, turn);
    if (outcome.kind === LATER) this.tell(scan, await answer, turn); // it may just have been slow
  }

  async send(scan) {
    try {
      const { status, text } = await this.ask("PUT", `${this.dataset.scans}/${scan.id}`, {
        code: scan.code,
        direction: scan.direction,
        scanned_at: scan.scanned_at,
      });
      return outcome(scan.id, status, text);
    } catch {
      return { kind: LATER };
    }
  }

  async ask(method, address, content) {
    const response = await fetch(address, {
      method,
      headers: {
        Accept: "application/json",
        ...(content && { "Content-Type": "application/json", "X-CSRFToken": this.dataset.csrf }),
      },
      body: content && JSON.stringify(content),
      redirect: "error", // to the login page of a hotel's network
      cache: "no-cache",
      signal: AbortSignal.timeout(GIVE_UP_MS),
    });
    return { status: response.status, text: await response.text() };
  }

  // Shows what became of a scan: full screen if it is the newest, and in the list in any case.
  tell(scan, { kind, answer, message }, turn) {
    const isNewest = turn === this.turn;
    this.setOnline(kind !== LATER);
    if (kind === ANSWERED) {
      this.log(scan, answer.verdict, { name: answer.name, at: answer.at });
      if (isNewest) this.show(answer.verdict, { name: answer.name ?? "", detail: answer.reason });
    } else if (kind === REFUSED) {
      this.log(scan, "unsure", { note: message });
      if (isNewest) this.show("unsure", { detail: message });
    } else if (isNewest) {
      const detail = kind === UNPAIRED ? this.dataset.unpaired : this.dataset.kept;
      this.show("unsure", { detail, offline: kind === LATER });
    }
    this.showState();
  }

  show(kind, said) {
    showVerdict(this.frame, kind, said);
    this.sounds.play(SIGNALS[kind] ?? SIGNALS.unsure);
    clearTimeout(this.hiding);
    this.hiding = setTimeout(() => this.frame.replaceChildren(), SHOWN_MS);
  }

  // Writes the scan's line into the list, or writes it anew: "unsure" until it was answered.
  log(scan, kind, { name, note, at } = {}) {
    const template = this.querySelector(`template[data-line="${kind}"]`);
    const line = template.content.firstElementChild.cloneNode(true);
    const [first, second] = ["name", "word"].map((part) => line.querySelector(`.scan-line__${part}`));
    if (kind === "unsure") {
      first.textContent = note ? this.dataset.refused : this.dataset.pending;
      second.textContent = note ?? "";
    } else if (name || kind === "unknown") {
      first.textContent = name || scan.code;
    }
    line.querySelector("time").textContent = at ?? this.clock(scan.scanned_at);
    if (note) line.addEventListener("click", () => this.queue.dismiss(scan.id));
    this.place(line, scan.id);
  }

  place(line, id) {
    const list = this.find("log");
    const before = this.lines.get(id);
    if (before?.isConnected) before.replaceWith(line);
    else list.prepend(line);
    this.lines.set(id, line);
    while (list.children.length > LINES) list.lastElementChild.remove();
  }

  clock(moment) {
    const form = { timeStyle: "short", hourCycle: "h23", timeZone: this.dataset.zone };
    return new Intl.DateTimeFormat(document.documentElement.lang, form).format(new Date(moment));
  }

  // The state of things, always true

  showState() {
    const { unsent, isStored, isUnpaired } = this.queue;
    this.find("unsent").hidden = !unsent;
    this.find("count").textContent = unsent;
    this.find("not-stored").hidden = isStored;
    this.find("is-unpaired").hidden = !isUnpaired;
  }

  setOnline(isOnline) {
    this.find("online").hidden = !isOnline;
    this.find("offline").hidden = isOnline;
  }

  async drain() {
    await this.queue.drain((scan, outcome) => this.tell(scan, outcome, null));
    this.showState();
  }

  async keepSending() {
    for (;;) {
      await this.drain();
      await wait(waitAfter(this.queue.failures));
    }
  }

  async keepCounting() {
    for (;;) {
      await wait(COUNT_EVERY_MS);
      if (document.hidden) continue;
      try {
        const { status, text } = await this.ask("GET", this.dataset.numbers);
        this.count(JSON.parse(text), status);
      } catch {
        this.setOnline(false);
      }
    }
  }

  count({ inside, capacity, error }, status) {
    if (status === 200 && Number.isInteger(inside)) {
      this.find("inside").textContent = inside;
      this.find("capacity").textContent = capacity;
    }
    this.setOnline(status === 200);
    this.queue.isUnpaired = error?.code === "not_paired";
    this.showState();
  }

  // So that the organiser sees that this device is alive, and what it still holds.
  async keepTelling() {
    for (;;) {
      if (!document.hidden) {
        await this.ask("POST", this.dataset.presence, { unsent: this.queue.unsent }).catch(() => {});
      }
      await wait(PRESENCE_EVERY_MS);
    }
  }
}

customElements.define("badge-scanner", BadgeScanner);
