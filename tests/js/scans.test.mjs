import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWERED, LATER, REFUSED, ScanQueue, outcome } from "../../eventmatch/static/js/guest/scans.js";

const memory = () => {
  const scans = new Map();
  return {
    all: async () => [...scans.values()],
    put: async (scan) => void scans.set(scan.id, scan),
    remove: async (id) => void scans.delete(id),
  };
};
const scan = (id, at = id) => ({ id, code: `code ${id}`, scanned_at: at, text: "", chips: [] });

test("only an answer that names the scan is an answer", () => {
  assert.equal(outcome("a", 200, '{"scan": "a"}').kind, ANSWERED);
  assert.equal(outcome("a", 200, '{"scan": "b"}').kind, LATER);
  assert.equal(outcome("a", 200, "<html>hotel</html>").kind, LATER);
});

test("what is refused for good is told, what may come right is tried again", () => {
  const error = (code) => JSON.stringify({ error: { code, message: "no" } });
  assert.equal(outcome("a", 409, error("exchange_over")).kind, REFUSED);
  assert.equal(outcome("a", 404, error("not_found")).kind, REFUSED);
  assert.equal(outcome("a", 404, error("ticket_needed")).kind, LATER);
  assert.equal(outcome("a", 429, error("too_often")).kind, LATER);
  assert.equal(outcome("a", 400, error("bad_request")).kind, LATER);
});

test("a question too many is told, and keeps no other scan waiting", async () => {
  const error = JSON.stringify({ error: { code: "too_many_waiting", message: "too many" } });
  const answers = { 1: [429, error], 2: [200, '{"scan": "2"}'] };
  const told = [];
  const store = memory();
  await Promise.all(["1", "2"].map((id) => store.put(scan(id))));
  const queue = new ScanQueue({ store, send: async ({ id }) => outcome(id, ...answers[id]) });
  await queue.drain((one, result) => told.push([one.id, result.kind, result.message]));
  assert.deepEqual(told, [["1", LATER, "too many"], ["2", ANSWERED, undefined]]);
  assert.deepEqual((await queue.waiting()).map((one) => one.id), ["1"]);
});

test("without network a scan stays, and goes out once when there is some", async () => {
  const sent = [];
  let isOnline = false;
  const store = memory();
  const queue = new ScanQueue({
    store,
    send: async (one) => {
      if (!isOnline) return { kind: LATER };
      sent.push(one.id);
      return { kind: ANSWERED, answer: {} };
    },
  });
  await queue.add(scan("2"));
  await queue.add(scan("1"));
  await queue.drain();
  assert.equal((await queue.waiting()).length, 2);
  isOnline = true;
  await Promise.all([queue.drain(), queue.drain()]);
  assert.deepEqual(sent, ["1", "2"]);
  assert.deepEqual(await queue.waiting(), []);
});

test("a scan about which somebody writes waits for its words, and takes them along", async () => {
  const sent = [];
  let isOnline = false;
  const queue = new ScanQueue({
    store: memory(),
    send: async (one) => {
      if (isOnline) sent.push(one);
      return isOnline ? { kind: ANSWERED, answer: {} } : { kind: LATER };
    },
  });
  await queue.add(scan("1"));
  isOnline = true;
  await queue.amend("1", { text: "knows mills", chips: ["follow_up"] });
  await queue.amend("gone", { text: "nobody" });
  await queue.drain(() => {}, "1");
  assert.deepEqual(sent, []);
  await queue.drain();
  assert.deepEqual(sent.map((one) => [one.text, one.chips]), [["knows mills", ["follow_up"]]]);
});
