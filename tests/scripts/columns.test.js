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

test("rows are even wherever they can be, and all pictures in sight", () => {
  const at = (/** @type {typeof DESKTOP} */ place) => [1, 2, 4, 6, 8, 9, 12, 16, 20].map((count) => {
    const { columns, size } = columnsFor(count, place);
    assert.ok(columns * size + (columns - 1) * place.gap <= place.width);
    assert.ok(Math.ceil(count / columns) * (size + place.below) <= place.height);
    return columns;
  });
  assert.deepEqual(at(DESKTOP), [1, 2, 2, 3, 4, 3, 4, 4, 5]);
  assert.deepEqual(at(SHARED), [1, 2, 4, 6, 4, 5, 6, 8, 7]);
  assert.deepEqual(at(LARGE), [1, 2, 4, 3, 4, 3, 6, 8, 7]);
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
