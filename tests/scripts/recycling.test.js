// @ts-check
// Tiles of the history that are used again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Recycling } from "../../sdgui/web/history/recycling.js";

test("a tile that has the keyboard does not take it along to another picture", () => {
  /** @type {string[]} */
  const left = [];
  const tiles = ["one", "two"].map((name) => ({ element: { remove: () => left.push(name) } }));
  const recycling = new Recycling(/** @type {any} */ ({ children: tiles.map(({ element }) => element) }));
  for (const tile of tiles) recycling.made.set(/** @type {any} */ (tile.element), /** @type {any} */ (tile));
  Object.assign(globalThis, { document: { activeElement: tiles[1].element } });
  recycling.fill([{ index: 0, behind: 0 }, { index: 1, behind: 0 }], new Set(), { isOut: () => 0, isNear: () => true });
  assert.deepEqual(left, ["two"]);
});
