// @ts-check
// In how many columns pictures are seen.

import assert from "node:assert/strict";
import { test } from "node:test";

import { columnsFor } from "../../sdgui/web/shared/gallery/columns.js";

const DESKTOP = { width: 1084, height: 660, aspect: 1, gap: 10, below: 24, least: 118, most: 512 };
const LARGE = { ...DESKTOP, width: 1564, height: 840 };
/** A dream among others. */
const SHARED = { ...DESKTOP, height: 470, row: 4 };
const PHONE = { ...DESKTOP, width: 366, height: 520, gap: 6, least: 84 };

/** The largest tile with which so many are in sight, in any number of columns. @param {number} count @param {typeof DESKTOP} place */
const largest = (count, { width, height, gap, below, most }) => Math.max(...Array.from({ length: count }, (_, i) => i + 1).map((columns) =>
  Math.min((width - (columns - 1) * gap) / columns, height / Math.ceil(count / columns) - below, most)));

test("all pictures are in sight, as large as the place allows", () => {
  const at = (/** @type {typeof DESKTOP} */ place) => [1, 2, 4, 6, 8, 9, 12, 16, 20].map((count) => {
    const { columns, size } = columnsFor(count, place);
    assert.ok(columns * size + (columns - 1) * place.gap <= place.width);
    assert.ok(Math.ceil(count / columns) * (size + place.below) <= place.height);
    if (!("row" in place)) assert.ok(size > 0.9 * largest(count, place), `${count}: ${size} of ${largest(count, place)}`);
    return columns;
  });
  assert.deepEqual(at(DESKTOP), [1, 2, 2, 3, 4, 5, 4, 6, 7]);
  assert.deepEqual(at(SHARED), [1, 2, 4, 4, 4, 5, 6, 8, 7]);
  assert.deepEqual(at(LARGE), [1, 2, 4, 3, 4, 5, 6, 6, 7]);
  assert.ok(columnsFor(16, DESKTOP).size >= 172);
  assert.equal(columnsFor(4, { ...SHARED, width: 668, most: 256 }).columns, 4);
  assert.deepEqual([4, 9, 16].map((count) => columnsFor(count, PHONE).columns), [2, 3, 4]);
});

test("where not all can be in sight they are not too small, and none is larger than four times its pixels", () => {
  const { columns, size } = columnsFor(64, DESKTOP);
  assert.equal(columns, 8);
  assert.ok(size >= DESKTOP.least);
  assert.equal(columnsFor(1, LARGE).size, 512);
  assert.equal(columnsFor(1, { ...LARGE, most: 4096 }).size, LARGE.height - LARGE.below);
});
