// What is checked before the doors open.
import assert from "node:assert/strict";
import { test } from "node:test";
import { clockOffset, isClockRight, isFresh, isReady } from "../../eventmatch/static/js/door/checks.js";

const NOON = Date.parse("2026-06-01T12:00:00Z");

test("the clock is compared with the middle of the way there and back", () => {
  assert.equal(clockOffset(NOON - 400, NOON + 400, "2026-06-01T12:00:00Z"), 0);
  assert.equal(clockOffset(NOON, NOON + 1000, "2026-06-01T12:02:00+00:00"), 119_500);
});

test("a minute is near enough, and no answer is not", () => {
  assert.ok(isClockRight(60_000));
  assert.ok(isClockRight(-60_000));
  assert.ok(!isClockRight(60_001));
  assert.ok(!isClockRight(clockOffset(NOON, NOON, "no time")));
  assert.ok(!isClockRight(clockOffset(NOON, NOON, undefined)));
});

test("a set is fresh when nothing has changed since", () => {
  assert.ok(isFresh({ version: 7 }, { version: 7, passes: ["c…"] }));
  assert.ok(isFresh({ version: 7 }, { version: 9, passes: [] }));
  assert.ok(!isFresh({ version: 7 }, { version: 9, passes: ["c…"] }));
  assert.ok(!isFresh({ version: 7 }, {}));
});

test("a device is ready when every line is good", () => {
  assert.ok(isReady(["good", "good"]));
  assert.ok(!isReady(["good", "open"]));
  assert.ok(!isReady(["good", "bad"]));
  assert.ok(!isReady([]));
});
