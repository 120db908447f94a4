import assert from "node:assert/strict";
import { test } from "node:test";

import { isArrow, nearest, neighbours } from "../../eventmatch/static/js/graph/nearest.js";
import {
  MOST,
  WHOLE,
  between,
  moved,
  scrolled,
  seenAt,
  showing,
  viewAt,
  zoomed,
} from "../../eventmatch/static/js/graph/view.js";

const close = (one, other) => assert.ok(Math.abs(one - other) < 1e-9, `${one} is not ${other}`);

test("scrolled to a view, one sees that view", () => {
  const near = zoomed(WHOLE, 4, { x: 0.3, y: 0.9 });

  assert.deepEqual(viewAt(scrolled(near), 4), near);
  assert.deepEqual(scrolled(WHOLE), { x: 0, y: 0 });
  assert.deepEqual(viewAt({ x: 99, y: -1 }, 2), { x: 0.5, y: 0, zoom: 2 });
});

test("what is under the finger stays there while one zooms", () => {
  const at = { x: 0.25, y: 0.75 };
  const view = zoomed(WHOLE, 4, at);

  const seen = seenAt(view, { x: 0.25, y: 0.75 });

  close(seen.x, 0.25);
  close(seen.y, 0.75);
  assert.equal(view.zoom, 4);
});

test("zooming ends at the whole and at the nearest", () => {
  assert.deepEqual(zoomed(WHOLE, 0.1), WHOLE);
  assert.equal(zoomed(WHOLE, 1000).zoom, MOST);
});

test("there and back again is where one was", () => {
  const there = zoomed(zoomed(WHOLE, 3, { x: 0.2, y: 0.4 }), 2, { x: 0.5, y: 0.5 });
  const back = zoomed(there, 0.5, { x: 0.5, y: 0.5 });

  close(back.zoom, 3);
  close(back.x, zoomed(WHOLE, 3, { x: 0.2, y: 0.4 }).x);
});

test("the picture follows the finger, and its edge stops it", () => {
  const near = zoomed(WHOLE, 2);

  close(moved(near, 0.1, -0.1).x, near.x - 0.05);
  close(moved(near, 0.1, -0.1).y, near.y + 0.05);
  assert.equal(moved(near, 9, 9).x, 0);
  assert.equal(moved(near, -9, -9).y, 0.5);
  assert.deepEqual(moved(WHOLE, 0.3, 0.3), WHOLE);
});

test("whoever is gone to comes into sight, and nobody moves for whom is seen", () => {
  const near = zoomed(WHOLE, 4, { x: 0, y: 0 });

  const shown = seenAt(showing(near, { x: 0.9, y: 0.6 }), { x: 0.9, y: 0.6 });

  assert.ok(shown.x > 0 && shown.x < 1 && shown.y > 0 && shown.y < 1);
  assert.deepEqual(showing(near, { x: 0.1, y: 0.1 }), near);
});

test("a drawing that is scrolled, moved and scaled looks like the view it stands for", () => {
  const drawn = zoomed(WHOLE, 2, { x: 0.3, y: 0.6 });
  const view = zoomed(drawn, 1.5, { x: 0.8, y: 0.1 });
  const { x, y, scale } = between(drawn, view);
  const point = { x: 0.45, y: 0.55 };
  const seen = (at, shift, scrolledBy) => at * drawn.zoom * scale + shift - scrolledBy;

  close(seen(point.x, x, scrolled(drawn).x), seenAt(view, point).x);
  close(seen(point.y, y, scrolled(drawn).y), seenAt(view, point).y);
});

test("an arrow leads to the nearest in its direction", () => {
  const spots = [{ x: 0, y: 0 }, { x: 10, y: 1 }, { x: 4, y: 9 }, { x: -3, y: 0 }, { x: 30, y: 0 }];

  assert.equal(nearest(spots, 0, "ArrowRight"), 1);
  assert.equal(nearest(spots, 0, "ArrowDown"), 2);
  assert.equal(nearest(spots, 0, "ArrowLeft"), 3);
  assert.equal(nearest(spots, 0, "ArrowUp"), null);
  assert.equal(nearest(spots, 1, "ArrowRight"), 4);
  assert.ok(isArrow("ArrowUp") && !isArrow("Enter"));
});

test("pairs say whom each knows", () => {
  const known = neighbours("0-5 0-7 5-7");

  assert.deepEqual(known.get(0), [5, 7]);
  assert.deepEqual(known.get(7), [0, 5]);
  assert.equal(known.get(3), undefined);
  assert.equal(neighbours("").size, 0);
});
