import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { outcome, outcomes } from "../../eventmatch/static/js/door/delivery.js";
import { LONGEST_WAIT_MS, Queue, waitAfter } from "../../eventmatch/static/js/door/queue.js";
import { meant } from "../../eventmatch/static/js/door/aim.js";
import { newId } from "../../eventmatch/static/js/door/codes.js";
import { DoorSet } from "../../eventmatch/static/js/door/doorset.js";
import { Clock } from "../../eventmatch/static/js/door/talk.js";
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
    [409, refusal("scan_id_reused"), "quarantined"],
    [409, refusal("event_closed"), "refused"],
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

test("of a batch only what the answer names has left the device", () => {
  const results = [
    { id: "1", status: "stored", scan: "1", verdict: "admitted" },
    { id: "2", status: "replayed", scan: "2", verdict: "admitted" },
    { id: "3", status: "quarantined", error: { code: "not_paired", message: "Kept." } },
    { id: "4", status: "refused", error: { code: "invalid", message: "No." } },
    { id: "5", status: "stored", scan: "another" },
    { id: "7", status: "stored", scan: "7" },
  ];
  const ids = ["1", "2", "3", "4", "5", "6"];
  const kinds = (status, text) => [...outcomes(ids, status, text).found.values()].map(({ kind }) => kind);
  assert.deepEqual(kinds(200, JSON.stringify({ results })), ["answered", "answered", "quarantined", "refused", "later", "later"]);
  for (const [status, text] of [[200, "<h1>Hotel</h1>"], [200, "{}"], [302, ""], [500, JSON.stringify({ results })]]) {
    assert.deepEqual(new Set(kinds(status, text)), new Set(["later"]));
  }
});

class Store {
  constructor() {
    this.rows = new Map();
    this.seq = 0;
  }
  async entries() {
    return structuredClone([...this.rows.values()]).sort((one, other) => one.order - other.order);
  }
  async record(make) {
    this.seq += 1;
    const entry = { ...make({ epoch: "e", seq: this.seq }), order: this.seq };
    await this.put(entry);
    return entry;
  }
  async put(entry) {
    this.rows.set(entry.id, structuredClone(entry));
  }
  async remove(id) {
    this.rows.delete(id);
  }
}

const answered = { kind: "answered", answer: {} };
const scan = (id, kind = "scan") => ({ seq }) => ({ id, kind, url: `/${id}`, body: { code: "C", seq } });
const toAll = (answer) => async (entries) => new Map(entries.map(({ id }) => [id, answer]));

async function aQueue({ sendOne = async () => answered, sendMany = toAll(answered), store = new Store() } = {}) {
  const heard = [];
  const queue = new Queue({ store, sendOne, sendMany, onOutcome: ({ id }, { kind }) => heard.push([id, kind]) });
  await queue.load();
  return { store, queue, heard };
}

test("a scan leaves the device only when it was answered", async () => {
  const answers = [{ kind: "later" }, { kind: "later" }, answered];
  const { queue, store } = await aQueue({ sendOne: async () => answers.shift() });
  const entry = await queue.add(scan("1"));

  assert.deepEqual(await queue.deliver(entry), { kind: "later" });
  assert.deepEqual([queue.unsent, store.rows.size, queue.failures], [1, 1, 1]);
  await queue.drain();
  assert.deepEqual([queue.unsent, store.rows.size, queue.failures], [1, 1, 2]);
  await queue.drain();
  assert.deepEqual([queue.unsent, store.rows.size, queue.failures], [0, 0, 0]);
});

test("a scan that cannot be stored is not sent", async () => {
  const store = new Store();
  store.put = async () => Promise.reject(new Error("full"));
  let sent = 0;
  const { queue } = await aQueue({ store, sendOne: async () => (sent++, answered) });
  await assert.rejects(queue.add(scan("1")));
  await queue.drain();
  assert.equal(sent, 0);
});

test("what was not sent is there again after the page was loaded anew, in its order", async () => {
  const store = new Store();
  const later = async () => ({ kind: "later" });
  const first = await aQueue({ store, sendOne: later, sendMany: toAll({ kind: "later" }) });
  await first.queue.add(scan("2"));
  await first.queue.add(scan("1"));
  const sent = [];
  const sendMany = async (entries) => (sent.push(...entries.map(({ id }) => id)), toAll(answered)(entries));
  const { queue } = await aQueue({ store, sendMany });
  assert.equal(queue.unsent, 2);
  await queue.drain();
  assert.deepEqual(sent, ["2", "1"]);
  assert.equal(store.rows.size, 0);
});

test("many scans go by the hundred, and other kinds alone and in their turn", async () => {
  const sent = [];
  const sendOne = async ({ id }) => (sent.push(id), answered);
  const sendMany = async (entries) => (sent.push(entries.length), toAll(answered)(entries));
  const { queue } = await aQueue({ sendOne, sendMany });
  for (let at = 0; at < 130; at++) await queue.add(scan(`s${at}`));
  await queue.add(scan("guest", "walk_in"));
  await queue.add(scan("last"));
  await queue.drain();
  assert.deepEqual(sent, [100, 30, "guest", "last"]);
});

test("what the device decided while the answer was on its way is told to the server", async () => {
  let release;
  const bodies = [];
  const sendOne = async ({ body }) => {
    bodies.push(structuredClone(body));
    if (bodies.length === 1) await new Promise((done) => (release = done));
    return answered;
  };
  const { queue, store, heard } = await aQueue({ sendOne });
  const entry = await queue.add(scan("1"));
  const answer = queue.deliver(entry);
  await queue.decide(entry, "admitted");
  release();
  await answer;
  assert.deepEqual(bodies.map(({ shown }) => shown), [undefined, "admitted"]);
  assert.deepEqual([heard.length, store.rows.size], [1, 0]);
});

test("while there is no network nobody waits for it", async () => {
  let tries = 0;
  const { queue } = await aQueue({ sendOne: async () => (tries++, { kind: "later" }), sendMany: toAll({ kind: "later" }) });
  await queue.deliver(await queue.add(scan("1")));
  assert.deepEqual(await queue.deliver(await queue.add(scan("2"))), { kind: "later" });
  assert.equal(tries, 1);
});

test("a refused scan stays visible with its reason and holds up nothing", async () => {
  const sendMany = async () => new Map([["1", { kind: "refused", message: "Why." }], ["2", answered]]);
  const { queue, store } = await aQueue({ sendMany });
  await queue.add(scan("1"));
  await queue.add(scan("2"));
  await queue.drain();
  assert.equal(queue.unsent, 0);
  assert.deepEqual(queue.refused.map(({ refused }) => refused), ["Why."]);
  assert.equal(store.rows.size, 1);
  await queue.dismiss("1");
  assert.equal(store.rows.size, 0);
});

test("an unpaired device keeps its scans until they are stored aside", async () => {
  const aside = toAll({ kind: "quarantined", code: "not_paired", message: "" });
  const { queue } = await aQueue({ sendOne: async () => ({ kind: "unpaired" }), sendMany: toAll({ kind: "unpaired" }) });
  await queue.deliver(await queue.add(scan("1")));
  assert.deepEqual([queue.unsent, queue.isUnpaired, queue.isOnline], [1, true, false]);
  const known = await aQueue({ sendOne: async () => ({ kind: "unpaired" }), sendMany: aside });
  await known.queue.deliver(await known.queue.add(scan("1")));
  assert.deepEqual([known.queue.unsent, known.queue.isUnpaired], [0, true]);
});

// The same line is opened by tests/checkin/test_door_set.py.
const SET = {
  version: 5,
  key: "cf29c8e0c0cf28b517f2b2580616d5b1dc4813895351a03614b915f06da3911a",
  letters: { c: "confirmed", "-": "unknown" },
  answers: { "confirmed in never_came open": "admitted", "confirmed in never_came early": "too_early", "confirmed in inside open": "already_in" },
  opens_at: "2026-06-01T10:00:00+00:00",
  closes_at: null,
  passes: ["cWQDwYx7OqsTHA8ov9ZndmNCoc7ySFLna45MRHTk9icwWolH12qb7510w4lmXnzDG7xN6dPvBjXPdBZNJ8xc="],
};

test("a device knows a badge by its code, its ticket and its short code, and the name by the badge alone", async () => {
  const set = new DoorSet();
  assert.equal(await set.find("anything"), null);
  await set.take(SET);
  const names = [];
  for (const code of ["HTTP://X/B/0123456789ABCDEFGHJKMNPQRS", "z".repeat(26), "abcd-1234"]) {
    const found = await set.find(code);
    assert.equal(found.standing, "confirmed");
    names.push(found.name);
  }
  assert.deepEqual(names, ["Zoë M.", "", ""]);
  assert.equal((await set.find("0".repeat(26))).standing, "unknown");
});

test("the answer is looked up by the hour", async () => {
  const set = new DoorSet();
  await set.take(SET);
  const asked = { standing: "confirmed", direction: "in", presence: "never_came" };
  assert.equal(set.answer({ ...asked, at: Date.parse("2026-06-01T09:59:00Z") }), "too_early");
  assert.equal(set.answer({ ...asked, at: Date.parse("2026-06-01T10:01:00Z") }), "admitted");
});

test("a device takes no older set than it has, and forgets a badge that is gone", async () => {
  const set = new DoorSet();
  await set.take(SET);
  assert.equal(await set.take({ ...SET, version: 4, passes: [] }), false);
  assert.equal(set.size, 1);
  const gone = btoa(atob(SET.passes[0].slice(1)).slice(0, 16));
  await set.take({ ...SET, version: 6, passes: [`-${gone}`] });
  assert.deepEqual([set.version, set.size], [6, 0]);
});

test("ids sort as they were made", () => {
  const ids = [newId(1_000), newId(2_000), newId(1_700_000_000_000)];
  assert.deepEqual([...ids].sort(), ids);
  for (const id of ids) assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
});

test("of several codes the one in the middle is meant, or none", () => {
  const code = (x, rawValue) => ({ rawValue, boundingBox: { x: x - 50, y: 190, width: 100, height: 100 } });
  assert.equal(meant([code(320, "A")], 640, 480).rawValue, "A");
  assert.equal(meant([code(80, "A"), code(330, "B")], 640, 480).rawValue, "B");
  assert.equal(meant([code(200, "A"), code(440, "B")], 640, 480), null);
  assert.equal(meant([], 640, 480), null);
});

test("the server's clock is learned from the quickest answer", () => {
  const clock = new Clock();
  clock.learn("1970-01-01T00:01:40Z", 0, 4000);
  assert.equal(clock.offset, 98_000);
  clock.learn("1970-01-01T00:01:40Z", 10_000, 10_100);
  assert.equal(clock.offset, 89_950);
  clock.learn("1970-01-01T01:00:00Z", 20_000, 29_000);
  assert.equal(clock.offset, 89_950);
});

test("waiting grows, has an end, and differs from device to device", () => {
  assert.ok(waitAfter(1, 0.5) < waitAfter(2, 0.5));
  assert.ok(waitAfter(50, 1) <= LONGEST_WAIT_MS * 1.25);
  assert.notEqual(waitAfter(3, 0.1), waitAfter(3, 0.9));
});

test("each verdict that the door knows has a sound and a vibration of its own", () => {
  const rule = readFileSync(new URL("../../eventmatch/checkin/verdict.py", import.meta.url), "utf8");
  const kinds = rule.match(/class Verdict[\s\S]*?\n\n\n/)[0].match(/"([a-z_]+)"/g).map((kind) => kind.slice(1, -1));
  assert.deepEqual(new Set(Object.keys(SIGNALS)), new Set([...kinds, "unsure", "test"]));
  for (const name of ["tones", "vibration"]) {
    const each = Object.values(SIGNALS).map((signal) => JSON.stringify(signal[name]));
    assert.equal(new Set(each).size, each.length, name);
  }
  for (const signal of Object.values(SIGNALS)) assert.ok(lengthOf(signal) <= LONGEST_SIGNAL_MS);
});
