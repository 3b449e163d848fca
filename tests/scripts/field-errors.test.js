// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { nearest, rangeFault, seedFault, stepFault } from "../../sdgui/web/shared/settings/field-errors.js";

test("a number out of its range is named with the range, and an empty one is not", () => {
  assert.equal(rangeFault("Steps", 500, 1, 150), "Steps: from 1 to 150.");
  assert.notEqual(rangeFault("Steps", NaN, 1, 150), "");
  assert.deepEqual([1, 150, null].map((value) => rangeFault("Steps", value, 1, 150)), ["", "", ""]);
});

test("a length that is no multiple is named with the step, and the nearest one is known", () => {
  assert.equal(stepFault("Width", 130, 16), "Width: a multiple of 16.");
  assert.deepEqual([128, null].map((value) => stepFault("Width", value, 16)), ["", ""]);
  assert.deepEqual([130, 4096, 3, 137].map((value) => nearest(value, 64, 1024, 16)), [128, 1024, 64, 144]);
});

test("a seed is a whole number of 32 bits, or empty", () => {
  assert.deepEqual(["", " ", "0", " 4294967295 "].map(seedFault), ["", "", "", ""]);
  assert.ok(["abc", "-1", "4294967296", "1.5"].map(seedFault).every((fault) => fault.includes("4,294,967,295")));
});
