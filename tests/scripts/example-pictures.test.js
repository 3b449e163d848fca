// @ts-check

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { placeOf } from "../../sdgui/web/shared/gallery/example-pictures.js";

/** @type {string[]} */
const examples = JSON.parse(readFileSync(new URL("../../sdgui/demo/weights/sdgui.json", import.meta.url), "utf8")).examples;

test("every example of the model inside has a picture of its own, and others have none", () => {
  const places = examples.map(placeOf);
  assert.ok(places.every((place) => place !== null));
  assert.equal(new Set(places).size, examples.length);
  assert.deepEqual([places[0], places.at(-1), placeOf("a cat")], ["0% 0%", "100% 100%", null]);
});

test("one word is spelled in one way", () => {
  assert.ok(!examples.join().includes("watercolour"));
});
