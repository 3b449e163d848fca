// @ts-check
// What is taken along of a picture.

import assert from "node:assert/strict";
import { test } from "node:test";

import { infotext } from "../../sdgui/web/shared/viewer/taking.js";

/** @typedef {import("../../sdgui/web/shared/dreams/told.js").Made} Made */

const made = { prompt: "a fox", negative_prompt: "blurry", steps: 20, sampler: "Euler", guidance: 7.5, width: 64, height: 32, model: "demo", emphasis: true };

test("settings are written as other programs read them", () => {
  assert.equal(infotext({ settings: made, seed: 0 }), "a fox\nNegative prompt: blurry\nSteps: 20, Sampler: Euler, CFG scale: 7.5, Seed: 0, Size: 64x32, Model: demo");
});

test("what is not known of an imported picture is left out", () => {
  const unknown = /** @type {Made} */ (/** @type {unknown} */ ({ ...made, prompt: "", negative_prompt: "", steps: "", sampler: "", guidance: "", model: "" }));
  assert.equal(infotext({ settings: unknown, seed: /** @type {number} */ (/** @type {unknown} */ ("")) }), "Size: 64x32");
});
