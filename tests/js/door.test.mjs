import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { outcome } from "../../eventmatch/static/js/door/delivery.js";
import { LONGEST_WAIT_MS, Queue, waitAfter } from "../../eventmatch/static/js/door/queue.js";
import { RepeatGuard } from "../../eventmatch/static/js/door/repeats.js";
import { LONGEST_SIGNAL_MS, SIGNALS, lengthOf } from "../../eventmatch/static/js/door/signals.js";

test("a badge held before the camera is one scan, however long", () => {
  const guard = new RepeatGuard();
  const times = [0, 120, 1900, 3800, 5700];
  assert.deepEqual(times.map((time) => guard.isRepeat("A", time)), [false, true, true, true, true]);
  assert.equal(guard.isRepeat("A", 7800), false);
});

test("another badge in between is another scan", () => {
  const guard = new RepeatGuard();
  assert.deepEqual(["A", "B", "A"].map((code, at) => guard.isRepeat(code, at * 100)), [false, false, false]);
});

test("only an answer that names the scan is an answer", () => {
  const answer = JSON.stringify({ scan: "1", verdict: "admitted" });
  const refusal = (code) => JSON.stringify({ error: { code, message: "No." } });
  const cases = [
    [200, answer, "answered"],
    [200, JSON.stringify({ scan: "2", verdict: "admitted" }), "later"],
    [200, "<!doctype html><title>Welcome to our hotel</title>", "later"],
    [200, answer.slice(0, -5), "later"],
    [200, "null", "later"],
    [302, "", "later"],
    [409, refusal("scan_id_reused"), "refused"],
    [422, refusal("invalid"), "refused"],
    [422, "<h1>Proxy</h1>", "later"],
    [403, refusal("not_paired"), "unpaired"],
    [403, "Forbidden", "later"],
    [400, refusal("bad_request"), "later"],
    [429, refusal("too_often"), "later"],
    [500, refusal("internal_error"), "later"],
    [503, "", "later"],
  ];
  for (const [status, text, kind] of cases) assert.equal(outcome("1", status, text).kind, kind, `${status} ${text}`);
});

class Store {
  constructor() {
    this.rows = new Map();
  }
  get length() {
    return this.rows.size;
  }
  key(at) {
    return [...this.rows.keys()][at];
  }
  getItem(key) {
    return this.rows.get(key) ?? null;
  }
  setItem(key, value) {
    this.rows.set(key, value);
  }
  removeItem(key) {
    this.rows.delete(key);
  }
}

const scanAt = (id) => ({ id, code: "C", scanned_at: `2026-06-01T10:0${id}:00Z` });
const answered = { kind: "answered", answer: {} };

function aQueue(send, store = new Store()) {
  return { store, queue: new Queue({ name: "door", store, send }) };
}

test("a scan leaves the device only when it was answered", async () => {
  const answers = [{ kind: "later" }, { kind: "later" }, answered];
  const { queue, store } = aQueue(async () => answers.shift());

  await queue.add(scanAt("1"));
  assert.deepEqual([queue.unsent, store.length, queue.failures], [1, 1, 1]);
  await queue.drain();
  assert.deepEqual([queue.unsent, store.length, queue.failures], [1, 1, 2]);
  await queue.drain();
  assert.deepEqual([queue.unsent, store.length, queue.failures], [0, 0, 0]);
});

test("a scan is stored before it is sent", async () => {
  const store = new Store();
  let stored = 0;
  const { queue } = aQueue(async () => ((stored = store.length), answered), store);
  await queue.add(scanAt("1"));
  assert.equal(stored, 1);
});

test("what was not sent is there again after the page was loaded anew, in its order, with its ids", async () => {
  const { queue, store } = aQueue(async () => ({ kind: "later" }));
  await queue.add(scanAt("2"));
  await queue.add(scanAt("1"));
  const sent = [];
  const again = new Queue({ name: "door", store, send: async (scan) => (sent.push(scan.id), answered) });
  assert.equal(again.unsent, 2);
  await again.drain();
  assert.deepEqual(sent, ["1", "2"]);
  assert.equal(store.length, 0);
});

test("two pages of one browser do not lose each other's scans", async () => {
  const store = new Store();
  const later = async () => ({ kind: "later" });
  await aQueue(later, store).queue.add(scanAt("1"));
  await aQueue(later, store).queue.add(scanAt("2"));
  assert.equal(new Queue({ name: "door", store, send: later }).unsent, 2);
});

test("a refused scan stays visible with its reason and holds up nothing", async () => {
  const { queue, store } = aQueue(async (scan) => (scan.id === "1" ? { kind: "refused", message: "Why." } : answered));
  await queue.add(scanAt("1"));
  await queue.add(scanAt("2"));
  assert.equal(queue.unsent, 0);
  assert.deepEqual(queue.refused.map((scan) => scan.refused), ["Why."]);
  assert.equal(store.length, 1);
  queue.dismiss("1");
  assert.equal(store.length, 0);
});

test("draining stops at the first scan without an answer", async () => {
  let tries = 0;
  const { queue } = aQueue(async () => (tries++, { kind: "later" }));
  await queue.add(scanAt("1"));
  await queue.add(scanAt("2"));
  tries = 0;
  await queue.drain();
  assert.equal(tries, 1);
});

test("one scan is on its way once at a time", async () => {
  let tries = 0;
  const { queue } = aQueue(async () => (tries++, await new Promise((done) => setTimeout(done, 5)), answered));
  await Promise.all([queue.add(scanAt("1")), queue.drain(), queue.drain()]);
  assert.equal(tries, 1);
});

test("an unpaired device keeps its scans and says so", async () => {
  const { queue } = aQueue(async () => ({ kind: "unpaired" }));
  await queue.add(scanAt("1"));
  assert.deepEqual([queue.unsent, queue.isUnpaired], [1, true]);
});

test("a device that cannot store says so and still sends", async () => {
  const broken = { get length() { throw new Error("no"); }, setItem() { throw new Error("full"); }, removeItem() { throw new Error("no"); } };
  const { queue } = aQueue(async () => ({ kind: "later" }), broken);
  await queue.add(scanAt("1"));
  assert.deepEqual([queue.isStored, queue.unsent], [false, 1]);
});

test("waiting grows, has an end, and differs from device to device", () => {
  assert.ok(waitAfter(1, 0.5) < waitAfter(2, 0.5));
  assert.ok(waitAfter(50, 1) <= LONGEST_WAIT_MS * 1.25);
  assert.notEqual(waitAfter(3, 0.1), waitAfter(3, 0.9));
});

test("each verdict that the door knows has a sound and a vibration of its own", () => {
  const rule = readFileSync(new URL("../../eventmatch/checkin/verdict.py", import.meta.url), "utf8");
  const kinds = rule.match(/class Verdict[\s\S]*?\n\n\n/)[0].match(/"([a-z_]+)"/g).map((kind) => kind.slice(1, -1));
  assert.deepEqual(new Set(Object.keys(SIGNALS)), new Set([...kinds, "unsure"]));
  for (const name of ["tones", "vibration"]) {
    const each = Object.values(SIGNALS).map((signal) => JSON.stringify(signal[name]));
    assert.equal(new Set(each).size, each.length, name);
  }
  for (const signal of Object.values(SIGNALS)) assert.ok(lengthOf(signal) <= LONGEST_SIGNAL_MS);
});
