// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { rangeFault, seedFault } from "../../sdgui/web/shared/settings/field-errors.js";

test("a number out of its range is named with the range, and an empty one is not", () => {
  assert.equal(rangeFault("Steps", 500, 1, 150), "Steps: from 1 to 150.");
  assert.notEqual(rangeFault("Steps", NaN, 1, 150), "");
  assert.deepEqual([1, 150, null].map((value) => rangeFault("Steps", value, 1, 150)), ["", "", ""]);
});

test("a seed is a whole number of 32 bits, or empty", () => {
  assert.deepEqual(["", " ", "0", " 4294967295 "].map(seedFault), ["", "", "", ""]);
  assert.ok(["abc", "-1", "4294967296", "1.5"].map(seedFault).every((fault) => fault.includes("4,294,967,295")));
});
