// @ts-check
// Tiles of the history that are used again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Recycling } from "../../sdgui/web/history/recycling.js";
import { Wall } from "../../sdgui/web/history/wall.js";

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

test("a picture that is known in two places for a moment has a tile in each", () => {
  /** @type {{ name: string, index: number }[]} */
  const shown = [];
  const tiles = ["one", "two"].map((name) => ({ element: { name }, show: (/** @type {{ index: number }} */ { index }) => shown.push({ name, index }) }));
  const wall = {
    active: 0, total: 2, seen: 1, isBin: false, tiles: new Map(), selection: new Set(), drawn: new Set(),
    list: { contains: () => false, firstElementChild: null, insertBefore: () => {} },
    layout: { firstFrom: () => 0, row: 1, boxOf: () => ({}) },
    recordAt: () => ({ id: "a" }), dayOf: () => "", renderSoon: () => {},
    recycling: { fill: () => ({ filled: new Map(tiles.map((tile, index) => [index, tile])), waiting: new Set(), isAll: true }) },
  };
  Object.assign(globalThis, { document: { activeElement: null } });
  Wall.prototype.showTiles.call(/** @type {any} */ (wall), 0, 2, 0);
  assert.deepEqual(shown, [{ name: "one", index: 0 }, { name: "two", index: 1 }]);
  assert.equal(wall.tiles.size, 2);
});
