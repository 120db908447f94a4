// Scans that the server has not answered yet. Each lies under a key of its own, so that two pages
// of the same browser never write over each other's.
import { ANSWERED, LATER, REFUSED, UNPAIRED } from "./delivery.js";

export const SHORTEST_WAIT_MS = 2000;
export const LONGEST_WAIT_MS = 30_000;

// After each failure in a row twice as long, and never all devices at the same moment.
export function waitAfter(failures, random = Math.random()) {
  const wait = Math.min(LONGEST_WAIT_MS, SHORTEST_WAIT_MS * 2 ** Math.max(0, failures - 1));
  return wait * (0.75 + random / 2);
}

export class Queue {
  #prefix;
  #store;
  #send;
  #scans = new Map();
  #sending = new Map();
  failures = 0;
  isUnpaired = false;
  isStored = true; // whether all of them would survive the page

  // store: like localStorage; send(scan) gives a promise of { kind, … } and never fails.
  constructor({ name, store, send }) {
    this.#prefix = `${name}:`;
    this.#store = store;
    this.#send = send;
    this.#load();
  }

  get unsent() {
    return [...this.#scans.values()].filter((scan) => !scan.refused).length;
  }

  get refused() {
    return [...this.#scans.values()].filter((scan) => scan.refused);
  }

  // Stores first, then sends; gives what became of it.
  add(scan) {
    this.#scans.set(scan.id, scan);
    this.#save(scan);
    return this.#deliver(scan);
  }

  // Sends what waits, one after the other, the oldest first, until one gets no answer.
  async drain(onOutcome = () => {}) {
    for (const scan of [...this.#scans.values()]) {
      if (scan.refused || this.isUnpaired) continue;
      const outcome = await this.#deliver(scan);
      onOutcome(scan, outcome);
      if (outcome.kind === LATER) return;
    }
  }

  // Takes a refused scan off the list, once somebody has read why.
  dismiss(id) {
    if (this.#scans.get(id)?.refused) this.#remove(id);
  }

  // Forgets everything: the device is being unpaired.
  clear() {
    for (const id of [...this.#scans.keys()]) this.#remove(id);
  }

  #deliver(scan) {
    // The same scan on its way twice would be harmless, and a waste.
    if (!this.#sending.has(scan.id)) {
      const sending = this.#send(scan)
        .then((outcome) => this.#settle(scan, outcome))
        .finally(() => this.#sending.delete(scan.id));
      this.#sending.set(scan.id, sending);
    }
    return this.#sending.get(scan.id);
  }

  #settle(scan, outcome) {
    this.failures = outcome.kind === LATER ? this.failures + 1 : 0;
    this.isUnpaired = outcome.kind === UNPAIRED;
    if (outcome.kind === ANSWERED) this.#remove(scan.id);
    if (outcome.kind === REFUSED) {
      scan.refused = outcome.message;
      this.#save(scan);
    }
    return outcome;
  }

  #load() {
    try {
      const keys = Array.from({ length: this.#store.length }, (_, at) => this.#store.key(at));
      keys
        .filter((key) => key?.startsWith(this.#prefix))
        .map((key) => parsed(this.#store.getItem(key)))
        .filter((scan) => scan?.id)
        .sort((one, other) => (one.scanned_at < other.scanned_at ? -1 : 1))
        .forEach((scan) => this.#scans.set(scan.id, scan));
    } catch {
      this.isStored = false;
    }
  }

  #save(scan) {
    try {
      this.#store.setItem(this.#prefix + scan.id, JSON.stringify(scan));
    } catch {
      this.isStored = false;
    }
  }

  #remove(id) {
    this.#scans.delete(id);
    try {
      this.#store.removeItem(this.#prefix + id);
    } catch {
      this.isStored = false;
    }
  }
}

function parsed(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
