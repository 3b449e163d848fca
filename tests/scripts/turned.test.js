// @ts-check
// A size on its side.

import assert from "node:assert/strict";
import { test } from "node:test";

import { turned } from "../../sdgui/web/shared/settings/turned.js";

test("a shape is turned into the other one that is offered, else into one's own", () => {
  /** @type {Record<string, [number, number]>} */
  const sizes = { "2:3": [104, 160], "1:1": [128, 128], "3:2": [160, 104], "16:9": [168, 96] };
  const from = (/** @type {string} */ aspect, width = 0, height = 0) => Object.values(turned({ aspect, width, height }, sizes, "W×H") ?? {});
  assert.deepEqual([from("2:3"), from("3:2")], [["3:2", 160, 104], ["2:3", 104, 160]]);
  assert.deepEqual([from("16:9"), from("W×H", 64, 256)], [["W×H", 96, 168], ["W×H", 256, 64]]);
  assert.deepEqual([from("1:1"), from("W×H", 64, 64)], [[], []]);
});
