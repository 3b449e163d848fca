// @ts-check
// How large A and B are seen.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Hand } from "../../sdgui/web/compare/pair/hand.js";

/** A hand on two pictures that fill the place where `units` of it are a pixel of theirs for one of the screen. @param {number[]} units */
function handOn(...units) {
  const element = { classList: { contains: () => true, toggle: () => {} }, style: { setProperty: () => {} } };
  const frame = { addEventListener: () => {}, querySelectorAll: () => [] };
  return new Hand(/** @type {any} */ ({ element, frame, mode: "flip", units: () => units }));
}

test("Fit is the whole picture, and at the most four times its pixels", () => {
  assert.deepEqual(handOn(0.5, 0.5).sizes().scales, [2, 2]);
  assert.deepEqual(handOn(2).sizes().scales, [0.5]);
  assert.deepEqual(handOn(0.125).sizes().scales, [4]);
});

test("1:1 is a pixel for a pixel, be it less than the whole or more", () => {
  for (const unit of [0.125, 0.5, 2]) {
    const hand = handOn(unit);
    hand.rescale();
    assert.deepEqual([hand.sizes().scales, hand.isActual, hand.isFit], [[1], true, false]);
    hand.reset();
    assert.deepEqual([hand.isActual, hand.isFit], [false, true]);
  }
});

test("of two sizes the percentage of each is its own", () => {
  const hand = handOn(1, 2);
  hand.rescale();
  assert.deepEqual(hand.sizes().scales, [1, 0.5]);
});

test("a picture is no smaller than whole and pixel for pixel, and no larger than sixteen of its pixels", () => {
  const hand = handOn(0.5);
  hand.zoomBy(0.01);
  assert.deepEqual(hand.sizes().scales, [1]);
  hand.zoomBy(1000);
  assert.deepEqual(hand.sizes().scales, [16]);
});
