// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { carried, changesIn } from "../../sdgui/web/shared/settings/carried.js";
import { facts } from "../../sdgui/web/shared/settings/facts.js";

const small = facts.models[facts.model];
/** @type {import("../../sdgui/web/shared/dreams/told.js").ModelFacts} */
const large = {
  ...small,
  defaults: { aspect: "1:1", width: 512, height: 512, steps: 30, guidance: 7, sampler: "DDIM" },
  samplers: ["DDIM", "Euler"],
  sizes: { "1:1": [512, 512], "3:2": [624, 416] },
  lengths: { minimum: 256, maximum: 1024, step: 8 },
};

test("what nobody set is as the new model has it", () => {
  assert.deepEqual(carried(small.defaults, small, large), large.defaults);
});

test("what somebody set stays where the new model can do it", () => {
  const set = { ...small.defaults, aspect: "3:2", steps: 40, guidance: 2.5, sampler: "UniPC" };
  const after = carried(set, small, large);
  assert.deepEqual(after, { aspect: "3:2", width: 624, height: 416, steps: 40, guidance: 2.5, sampler: "DDIM" });
  assert.equal(changesIn({ ...set, sampler: "UniPC" }, after), "624 × 416 · DDIM");
});

test("a size of one's own stays within the limits of the new model", () => {
  const own = { ...small.defaults, aspect: "W×H", width: 264, height: 512 };
  assert.deepEqual([carried(own, small, large).width, carried({ ...own, width: 128 }, small, large).width], [264, 512]);
});

test("of a former model that nobody knows nothing stays, and where nothing is another nothing is said", () => {
  assert.deepEqual(carried({ ...small.defaults, steps: 40 }, undefined, large), large.defaults);
  assert.equal(changesIn(large.defaults, { ...large.defaults }), "");
});
