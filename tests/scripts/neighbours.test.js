// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { nearest, neighbour } from "../../sdgui/web/shared/gallery/neighbours.js";

/** Five tiles in rows of three: 0 1 2 / 3 4. */
const WALL = [0, 1, 2, 3, 4].map((i) => ({ left: (i % 3) * 110, top: Math.floor(i / 3) * 110, width: 100, height: 100 }));

test("in a wall a line's end goes on with the next line", () => {
  assert.equal(neighbour(2, WALL, [1, 0], true), 3);
  assert.equal(neighbour(3, WALL, [-1, 0], true), 2);
  assert.equal(neighbour(4, WALL, [1, 0], true), null);
});

test("in a grid it does not", () => {
  assert.equal(neighbour(2, WALL, [1, 0], false), null);
  assert.equal(neighbour(1, WALL, [1, 0], false), 2);
});

test("down leads to the one that is least aside", () => {
  assert.equal(neighbour(1, WALL, [0, 1], true), 4);
  assert.equal(neighbour(2, WALL, [0, 1], true), 4);
  assert.equal(neighbour(4, WALL, [0, -1], true), 1);
  assert.equal(neighbour(3, WALL, [0, 1], true), null);
});

test("nothing is nearest to none", () => {
  assert.equal(nearest(WALL[0], [], (box) => box.top), null);
});
