// Entries that the server has not answered yet, on their way to it: {id, kind, url, body}. Scans
// travel alone while the network keeps up, and by the hundred when many wait; other kinds alone.
import { ANSWERED, LATER, QUARANTINED, REFUSED, UNPAIRED } from "./delivery.js";

export const SHORTEST_WAIT_MS = 2000;
export const LONGEST_WAIT_MS = 30_000;
export const LARGEST_BATCH = 100;

// After each failure in a row twice as long, and never all devices at the same moment.
export function waitAfter(failures, random = Math.random()) {
  const wait = Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** Math.max(0, failures - 1));
  return wait * (0.75 + random / 2);
}

export class Queue {
  #store;
  #sendOne;
  #sendMany;
  #onOutcome;
  #entries = [];
  #waiting = new Map(); // id -> those who wait for its outcome
  #running = null;
  failures = 0;
  isUnpaired = false;

  // store: see store.js. sendOne(entry) gives a promise of an outcome, sendMany(entries) of a Map
  // from id to outcome; neither fails. onOutcome hears of each that is not LATER.
  constructor({ store, sendOne, sendMany, onOutcome = () => {} }) {
    this.#store = store;
    this.#sendOne = sendOne;
    this.#sendMany = sendMany;
    this.#onOutcome = onOutcome;
  }

  async load() {
    this.#entries = await this.#store.entries();
  }

  get #unanswered() {
    return this.#entries.filter((entry) => !entry.refused);
  }

  get unsent() {
    return this.#unanswered.length;
  }

  get oldest() {
    return this.#unanswered[0] ?? null;
  }

  get refused() {
    return this.#entries.filter((entry) => entry.refused);
  }

  get isOnline() {
    return this.failures === 0 && !this.isUnpaired;
  }

  // Stores an entry, which may fail; only then it may be sent.
  async add(make) {
    const entry = await this.#store.record(make);
    this.#entries.push(entry);
    return entry;
  }

  // Gives what became of an entry: at once LATER while there is no network.
  async deliver(entry) {
    if (!this.isOnline) return { kind: LATER };
    const answered = new Promise((done) => this.#waiting.set(entry.id, done));
    this.drain();
    return answered;
  }

  // What the device showed by itself travels with the scan, also if it was sent without before.
  async decide(entry, shown) {
    entry.body.shown = shown;
    if (this.#entries.includes(entry)) await this.#store.put(entry);
  }

  // Sends what waits, the oldest first, until nothing does or there is no answer. One at a time:
  // a second call joins the first.
  drain() {
    this.#running ??= this.#drain().finally(() => (this.#running = null));
    return this.#running;
  }

  async #drain() {
    for (;;) {
      const some = this.#next();
      if (!some.length) return;
      const sent = some.map((entry) => [entry, entry.body.shown]);
      const isAlone = some.length === 1 && !this.isUnpaired;
      const found = isAlone
        ? new Map([[some[0].id, await this.#sendOne(some[0])]])
        : await this.#sendMany(some);
      let isLater = false;
      for (const [entry, shown] of sent) {
        const outcome = found.get(entry.id) ?? { kind: LATER };
        isLater ||= outcome.kind === LATER;
        await this.#settle(entry, outcome, shown);
      }
      const wasUnpaired = this.isUnpaired;
      this.isUnpaired = [...found.values()].some(({ kind, code }) => kind === UNPAIRED || code === "not_paired");
      if (this.isUnpaired && (wasUnpaired || !isAlone)) return this.#fail();
      if (this.isUnpaired) continue; // by the batch it may still be stored aside
      if (isLater) return this.#fail();
      this.failures = 0;
    }
  }

  // The next that go together: many scans in one, else one entry.
  #next() {
    const waiting = this.#unanswered;
    const isScan = (entry) => entry.kind === "scan";
    if (!waiting.length || !isScan(waiting[0])) return waiting.slice(0, 1);
    const end = waiting.findIndex((entry) => !isScan(entry));
    return waiting.slice(0, Math.min(LARGEST_BATCH, end < 0 ? waiting.length : end));
  }

  #fail() {
    this.failures += 1;
    for (const done of this.#waiting.values()) done({ kind: LATER });
    this.#waiting.clear();
  }

  async #settle(entry, outcome, shown) {
    if (outcome.kind === ANSWERED && entry.body.shown !== shown) {
      outcome = { kind: LATER }; // it was decided here while the answer was on its way: tell so
    } else if (outcome.kind === ANSWERED || outcome.kind === QUARANTINED) {
      await this.#forget(entry);
    } else if (outcome.kind === REFUSED) {
      entry.refused = outcome.message;
      await this.#store.put(entry).catch(() => {});
    }
    if (outcome.kind === LATER || outcome.kind === UNPAIRED) return;
    this.#waiting.get(entry.id)?.(outcome);
    this.#waiting.delete(entry.id);
    this.#onOutcome(entry, outcome);
  }

  async #forget(entry) {
    this.#entries = this.#entries.filter((other) => other !== entry);
    await this.#store.remove(entry.id).catch(() => {}); // then it is sent again, which is harmless
  }

  // Takes a refused entry off the list, once somebody has read why.
  async dismiss(id) {
    const entry = this.#entries.find((one) => one.id === id);
    if (entry?.refused) await this.#forget(entry);
  }
}
