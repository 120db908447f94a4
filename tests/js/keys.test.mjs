import assert from "node:assert/strict";
import { test } from "node:test";

import { KeyReader } from "../../eventmatch/static/js/door/keys.js";

const CODE = "HTTPS://FAIR.EXAMPLE/B/7ZQ0K5Y3M8D1E6H4T9R2X0V5W1";
const US = { ":": "Semicolon", "/": "Slash", ".": "Period", "-": "Minus", " ": "Space" };

const placeOf = (sign) => US[sign] ?? (/\d/.test(sign) ? `Digit${sign}` : `Key${sign}`);

function type(reader, text, gap, { start = 1000, places = [...text].map(placeOf) } = {}) {
  let time = start;
  [...text].forEach((sign, at) => {
    assert.equal(reader.take(sign, places[at], time), null);
    time += gap;
  });
  return time - gap;
}

test("a scanner that ends with Enter is heard at once", () => {
  const reader = new KeyReader();
  const end = type(reader, CODE, 8);
  assert.equal(reader.take("Enter", "Enter", end + 8), CODE);
});

test("a scanner that ends with nothing is heard after a short rest", () => {
  const reader = new KeyReader();
  const end = type(reader, CODE, 30);
  assert.equal(reader.rest(end + 100), null);
  assert.equal(reader.rest(end + 210), CODE);
  assert.equal(reader.rest(end + 500), null);
});

test("a person typing is left alone, with and without Enter", () => {
  for (const finish of [(reader, at) => reader.take("Enter", "Enter", at), (reader, at) => reader.rest(at + 500)]) {
    const reader = new KeyReader();
    const end = type(reader, "ABCD1234", 120);
    assert.equal(finish(reader, end + 120), null);
  }
});

test("a few quick signs are no code", () => {
  const reader = new KeyReader();
  const end = type(reader, "ABC", 10);
  assert.equal(reader.take("Enter", "Enter", end + 10), null);
});

test("what a person typed before is not part of the scanned code", () => {
  const reader = new KeyReader();
  type(reader, "ABC", 200, { start: 0 });
  const end = type(reader, CODE, 10, { start: 5000 });
  assert.equal(reader.take("Enter", "Enter", end + 10), CODE);
});

test("Shift between the signs does not matter", () => {
  const reader = new KeyReader();
  let time = 0;
  for (const sign of CODE) {
    reader.take("Shift", "ShiftLeft", time);
    reader.take(sign, placeOf(sign), (time += 5));
  }
  assert.equal(reader.take("Enter", "Enter", time + 5), CODE);
});

test("a busy phone that stutters in the middle of a code does not cut it", () => {
  const reader = new KeyReader();
  const end = type(reader, CODE.slice(0, 20), 8) + 180;
  const last = type(reader, CODE.slice(20), 8, { start: end });
  assert.equal(reader.take("Enter", "Enter", last + 8), CODE);
});

test("two codes one after the other are two codes", () => {
  const reader = new KeyReader();
  const first = reader.take("Enter", "Enter", type(reader, CODE, 8) + 8);
  const second = reader.take("Enter", "Enter", type(reader, "ABCD1234", 8, { start: 3000 }) + 8);
  assert.deepEqual([first, second], [CODE, "ABCD1234"]);
});

test("a scanner with American keys at a German computer is understood", () => {
  const german = { ":": "Ö", "/": "-", Y: "Z", Z: "Y" };
  const typed = [...CODE].map((sign) => german[sign] ?? sign).join("");
  const reader = new KeyReader();
  const end = type(reader, typed, 8, { places: [...CODE].map(placeOf) });
  assert.equal(reader.take("Enter", "Enter", end + 8), CODE);
});
