// @ts-check
// Models found by some of their names.

import assert from "node:assert/strict";
import test from "node:test";

import { MOST, grouped } from "../../sdgui/web/shared/settings/model-search.js";

const model = (/** @type {string} */ name, family = "SDXL") => ({ model: `folder/${name}`, title: name, family });

test("models come by family, each in the order in which it is told", () => {
  const { groups, more } = grouped([model("b"), model("x", "Flux.1"), model("a")], "");
  assert.deepEqual(groups.map(({ family, models }) => [family, models.map(({ title }) => title)]), [["SDXL", ["b", "a"]], ["Flux.1", ["x"]]]);
  assert.equal(more, 0);
});

test("all words must be in the title, the name or the family", () => {
  const all = [model("Dream Shaper"), model("Analog"), model("Dream", "Flux.1")];
  const titles = (/** @type {string} */ text) => grouped(all, text).groups.flatMap(({ models }) => models.map(({ title }) => title));
  assert.deepEqual(titles("dream"), ["Dream Shaper", "Dream"]);
  assert.deepEqual(titles(" SHAPER dre "), ["Dream Shaper"]);
  assert.deepEqual(titles("flux"), ["Dream"]);
  assert.deepEqual(titles("nothing"), []);
});

test("of very many only some are shown, and how many more there are is told", () => {
  const { groups, more } = grouped(Array.from({ length: 3000 }, (_, i) => model(`m${i}`)), "m");
  assert.deepEqual([groups[0].models.length, more], [MOST, 3000 - MOST]);
});
