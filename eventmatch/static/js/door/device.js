// A paired device: it stores each scan, has it answered by the server or by itself, and delivers
// what waits. It knows nothing of the page; whoever listens hears "change" and "outcome".
import { LATER, outcome, outcomes } from "./delivery.js";
import { newId } from "./codes.js";
import { DoorSet } from "./doorset.js";
import { Queue, waitAfter } from "./queue.js";
import { Clock, ask } from "./talk.js";

const ANSWER_WITHIN_MS = 1500; // longer, and the device answers by itself
const SET_EVERY_MS = 60_000;
const PRESENCE_EVERY_MS = 20_000;
const NUMBERS_EVERY_MS = 3000;

const wait = (ms) => new Promise((done) => setTimeout(done, ms));

export class Device extends EventTarget {
  about = null; // event, gate, name: as the server said when it was last heard
  set = new DoorSet();
  setReadAt = null;
  numbers = null;
  clock = new Clock();
  isReachable = true;
  isStopped = false;
  #moved = new Map(); // id of a scan -> whom it moved and where they were before

  constructor({ store, addresses }) {
    super();
    this.store = store;
    this.addresses = addresses;
    this.queue = new Queue({
      store,
      sendOne: (entry) => this.#sendOne(entry),
      sendMany: (entries) => this.#sendMany(entries),
      onOutcome: (entry, found) => this.#heard(entry, found),
    });
  }

  async open() {
    this.about = (await this.store.get("about")) ?? null;
    const set = await this.store.get("set");
    if (set) {
      await this.set.take(set);
      this.setReadAt = await this.store.get("setReadAt");
    }
    await this.queue.load();
    this.#changed();
  }

  run() {
    this.#keepDelivering();
    this.#repeat(NUMBERS_EVERY_MS, () => this.readNumbers());
    this.#repeat(PRESENCE_EVERY_MS, () => this.tellPresence());
    this.#repeat(SET_EVERY_MS, () => this.readSet());
  }

  stop() {
    this.isStopped = true;
  }

  get isOnline() {
    return this.isReachable && this.queue.isOnline;
  }

  // A scan and its answer

  // Gives { entry, answer } or { entry, local }; throws if the scan cannot be stored.
  async scan(code, direction) {
    const entry = await this.#record({ code, direction });
    const found = await this.#withinPatience(this.queue.deliver(entry));
    if (found.kind !== LATER) return { entry, ...found };
    return { entry, kind: LATER, local: await this.#decide(entry, code, direction) };
  }

  // An undo is stored and delivered like a scan.
  async undo(target, note) {
    const entry = await this.#record({ direction: "undo", target, note });
    const moved = this.#moved.get(target);
    if (moved) await this.store.saw(moved.hash, moved.before);
    this.queue.deliver(entry);
    return entry;
  }

  // A door lead decides about a code that is not known here; the note says who it is.
  letIn(code, note) {
    return this.#record({ code, direction: "in", shown: "admitted", note });
  }

  async #record(what) {
    const entry = await this.queue.add(({ epoch, seq }) => {
      const id = newId();
      const body = {
        ...what,
        scanned_at: new Date().toISOString(),
        offset_ms: this.clock.offset,
        set_version: this.set.version || null,
        epoch,
        seq,
      };
      return { id, kind: "scan", url: `${this.addresses.scans}/${id}`, body };
    });
    this.#changed();
    return entry;
  }

  #withinPatience(answer) {
    return Promise.race([answer, wait(ANSWER_WITHIN_MS).then(() => ({ kind: LATER }))]);
  }

  async #decide(entry, code, direction) {
    const found = await this.set.find(code);
    if (!found || this.queue.isUnpaired) return { verdict: "unsure", name: "" };
    const at = Date.now() + this.clock.offset;
    const where = found.hash ? await this.store.seen(found.hash) : null;
    const presence = where?.presence ?? "never_came";
    const verdict = this.set.answer({ standing: found.standing, direction, presence, at });
    await this.queue.decide(entry, verdict);
    await this.#saw(found.hash, verdict, { at, id: entry.id });
    this.#changed();
    return { verdict, name: found.name, before: where };
  }

  async #saw(hash, verdict, { at, id, gate = null }) {
    const presence = { admitted: "inside", gone_out: "left" }[verdict];
    if (!hash || !presence) return;
    if (!this.#moved.has(id)) this.#moved.set(id, { hash, before: (await this.store.seen(hash)) ?? null });
    await this.store.saw(hash, { presence, at, id, gate });
  }

  // On the way

  async #sendOne(entry) {
    try {
      const { status, text } = await this.#ask("PUT", entry.url, entry.body);
      return outcome(entry.id, status, text);
    } catch {
      return { kind: LATER };
    }
  }

  async #sendMany(entries) {
    const ids = entries.map((entry) => entry.id);
    try {
      const scans = entries.map((entry) => ({ id: entry.id, ...entry.body }));
      const { status, text } = await this.#ask("POST", this.addresses.deliveries, {
        ...(await this.#state()),
        unsent: Math.max(0, this.queue.unsent - entries.length),
        scans,
      });
      const { found, content } = outcomes(ids, status, text);
      this.#learn(content);
      return found;
    } catch {
      return outcomes(ids, 0, "").found;
    }
  }

  async #heard(entry, found) {
    this.dispatchEvent(new CustomEvent("outcome", { detail: { entry, ...found } }));
    this.#changed();
    const { answer } = found;
    if (!answer || !entry.body.code || answer.verdict !== (entry.body.shown ?? answer.verdict)) return;
    const known = await this.set.find(entry.body.code);
    const at = Date.parse(answer.scanned_at);
    await this.#saw(known?.hash, answer.verdict, { at, id: entry.id, gate: answer.gate });
    if (answer.verdict === "already_in" && answer.first_entry && known?.hash) {
      const { at: first, gate } = answer.first_entry;
      const where = { presence: "inside", at: Date.parse(first), id: entry.id, gate };
      if (!(await this.store.seen(known.hash))) await this.store.saw(known.hash, where);
    }
  }

  async #keepDelivering() {
    while (!this.isStopped) {
      await this.queue.drain();
      this.#changed();
      await wait(waitAfter(this.queue.failures));
    }
  }

  async #repeat(every, what) {
    while (!this.isStopped) {
      if (!document.hidden) await what().catch(() => {});
      await wait(every);
    }
  }

  // Now and then

  async readAbout() {
    const content = await this.#get(this.addresses.about);
    if (!content?.event) return;
    this.about = content;
    await this.store.set("about", content);
    this.#changed();
  }

  async readSet() {
    const content = await this.#get(`${this.addresses.set}?since=${this.set.version}`);
    if (!content || !(await this.set.take(content))) return;
    this.setReadAt = Date.now();
    await this.store.set("set", this.set.stored());
    await this.store.set("setReadAt", this.setReadAt);
    this.#changed();
  }

  async readNumbers() {
    const numbers = await this.#get(this.addresses.numbers);
    if (Number.isInteger(numbers?.inside)) this.numbers = numbers;
    if (numbers && !this.queue.isOnline) this.queue.drain(); // the network is back
    this.#changed();
  }

  async tellPresence() {
    const { status, text } = await this.#ask("POST", this.addresses.presence, await this.#state());
    if (status === 200) this.#learn(JSON.parse(text));
  }

  async #state() {
    const { epoch, seq } = await this.store.count();
    return {
      unsent: this.queue.unsent,
      unsent_since: this.queue.oldest?.body.scanned_at ?? null,
      epoch,
      seq,
      set_version: this.set.version || null,
    };
  }

  #learn(content) {
    if (content?.refused?.length && this.set.isLoaded) this.set.change(content.refused);
    if (content?.set_version > this.set.version) this.readSet().catch(() => {});
  }

  async #get(address) {
    try {
      const { status, text } = await this.#ask("GET", address);
      const content = JSON.parse(text);
      if (status === 200) return content;
      if (content.error?.code === "not_paired") this.queue.isUnpaired = true;
    } catch {
      this.isReachable = false;
    }
    this.#changed();
    return null;
  }

  async #ask(method, address, content) {
    const sentAt = Date.now();
    try {
      const answer = await ask(method, address, { content, csrf: this.about?.csrf });
      const received = Date.now();
      this.isReachable = answer.status === 304 || (answer.text.startsWith("{") && answer.status < 500);
      if (/"time":/.test(answer.text.slice(-80))) this.clock.learn(timeOf(answer.text), sentAt, received);
      return answer;
    } catch (silence) {
      this.isReachable = false;
      throw silence;
    }
  }

  #changed() {
    this.dispatchEvent(new Event("change"));
  }
}

function timeOf(text) {
  try {
    return JSON.parse(text).time;
  } catch {
    return null;
  }
}
