// What must outlive the page, the browser and the battery, in IndexedDB. A scan is written and
// synced to the disk before anybody hears an answer.
import { openDB } from "../../vendor/idb.js";
import { newId } from "./codes.js";

const STRICT = { durability: "strict" };

export async function openStore(name) {
  const db = await openDB(name, 1, {
    upgrade(fresh) {
      fresh.createObjectStore("queue", { keyPath: "id" });
      fresh.createObjectStore("seen"); // hash of a badge -> where its person is
      fresh.createObjectStore("kept"); // the set, the device, the counter
    },
  });
  navigator.storage?.persist?.().catch(() => {}); // asks the browser not to clear it
  return new Store(db);
}

class Store {
  #db;

  constructor(db) {
    this.#db = db;
  }

  async entries() {
    const all = await this.#db.getAll("queue");
    return all.sort((one, other) => one.order - other.order);
  }

  // Gives the entry its place in the device's count and writes it, all or nothing. Only scans are
  // counted: the server tells from the numbers whether one is missing.
  async record(make) {
    const tx = this.#db.transaction(["queue", "kept"], "readwrite", STRICT);
    const kept = tx.objectStore("kept");
    const count = (await kept.get("count")) ?? { epoch: newId(), seq: 0, order: 0 };
    const entry = make({ epoch: count.epoch, seq: count.seq + 1 });
    if (entry.kind === "scan") count.seq += 1;
    count.order += 1;
    entry.order = count.order;
    await Promise.all([tx.objectStore("queue").put(entry), kept.put(count, "count"), tx.done]);
    return entry;
  }

  async put(entry) {
    const tx = this.#db.transaction("queue", "readwrite", STRICT);
    await Promise.all([tx.store.put(entry), tx.done]);
  }

  async remove(id) {
    await this.#db.delete("queue", id);
  }

  async count() {
    return (await this.#db.get("kept", "count")) ?? { epoch: null, seq: 0 };
  }

  get(key) {
    return this.#db.get("kept", key);
  }

  set(key, value) {
    return this.#db.put("kept", value, key);
  }

  seen(hash) {
    return this.#db.get("seen", hash);
  }

  saw(hash, where) {
    return where ? this.#db.put("seen", where, hash) : this.#db.delete("seen", hash);
  }

  // Forgets everything: the device is being unpaired, or belongs to another event now.
  async clear() {
    const names = ["queue", "seen", "kept"];
    const tx = this.#db.transaction(names, "readwrite");
    await Promise.all([...names.map((name) => tx.objectStore(name).clear()), tx.done]);
  }
}
