// Scans of a guest's phone that the server has not answered yet. Each has an id of its own, so that
// sending it twice is sending it once.
export const ANSWERED = "answered";
export const REFUSED = "refused"; // it will never be taken
export const LATER = "later"; // no network, a hotel's login page, too many at once: try again

export function outcome(id, status, text) {
  const content = read(text);
  if (status === 200 && content?.scan === id) return { kind: ANSWERED, answer: content };
  const code = content?.error?.code;
  const isFinal = status === 409 || status === 422 || (status === 404 && code === "not_found");
  if (code && isFinal) return { kind: REFUSED, message: String(content.error.message) };
  if (code && status === 429) return { kind: LATER, message: String(content.error.message) };
  return { kind: LATER };
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

// store: { all, put, remove }, each giving a promise; send(scan) gives a promise of an outcome.
export class ScanQueue {
  #store;
  #send;
  #sending = new Map();

  constructor({ store, send }) {
    this.#store = store;
    this.#send = send;
  }

  // Stores first, then sends; gives what became of it.
  async add(scan) {
    await this.#store.put(scan);
    return this.#deliver(scan);
  }

  // Keeps what was written about a scan that still waits.
  async amend(id, words) {
    const scan = (await this.#store.all()).find((one) => one.id === id);
    if (scan) await this.#store.put({ ...scan, ...words });
  }

  waiting() {
    return this.#store.all();
  }

  // Sends what waits, the oldest first, until one gets no answer; one that is too much for now, and
  // is told so, keeps no other waiting. `held` is still being written.
  async drain(onOutcome = () => {}, held = null) {
    const scans = await this.#store.all();
    scans.sort((one, other) => (one.scanned_at < other.scanned_at ? -1 : 1));
    for (const scan of scans) {
      if (scan.id === held) continue;
      const result = await this.#deliver(scan);
      onOutcome(scan, result);
      if (result.kind === LATER && !result.message) return;
    }
  }

  #deliver(scan) {
    if (!this.#sending.has(scan.id)) {
      const sending = this.#settle(scan).finally(() => this.#sending.delete(scan.id));
      this.#sending.set(scan.id, sending);
    }
    return this.#sending.get(scan.id);
  }

  async #settle(scan) {
    const result = await this.#send(scan);
    if (result.kind !== LATER) await this.#store.remove(scan.id);
    return result;
  }
}
