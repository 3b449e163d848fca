// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { begin, connect, offerAnew } from "../../sdgui/web/shared/seam/seam.js";
import { facts } from "../../sdgui/web/shared/settings/facts.js";
import { OF_MODEL, offered } from "../../sdgui/web/shared/settings/offered.js";
import { settings } from "../../sdgui/web/shared/settings/settings.js";

const demo = facts.models[facts.model];
const wide = { ...demo, samplers: ["Euler"], lengths: { step: 32, minimum: 128, maximum: 1024 } };

/** What Gradio is told, by the names of its components. @returns {Record<string, any>} */
function written() {
  /** @type {import("../../sdgui/web/shared/dreams/told.js").SettingName[]} */
  const names = ["steps", ...OF_MODEL];
  const told = /** @type {any} */ (globalThis).sdguiSeam.outgoing(names);
  return Object.fromEntries(names.map((name, i) => [name, told[i]]));
}

test("a model says which samplers it has and which sizes fit it, and nothing of other settings", () => {
  assert.deepEqual(offered("sampler", wide), { choices: [["Euler", "Euler"]] });
  for (const name of /** @type {const} */ (["width", "height"])) assert.deepEqual(offered(name, wide), wide.lengths);
  assert.deepEqual(offered("steps", wide), {});
  assert.deepEqual(offered("width", undefined), {});
});

test("the fields of the size get the steps and limits of the model that is chosen", () => {
  Object.assign(globalThis, { window: globalThis });
  begin({ model: facts.model, width: 128, height: 128, sampler: "Euler", steps: 8 }, {});
  let writes = 0;
  connect(() => (writes += 1));
  facts.models.wide = wide;
  settings.set({ model: "wide" });
  assert.equal(writes, 1);
  const { steps, sampler, width, height } = written();
  assert.deepEqual(steps, { __type__: "update" });
  assert.deepEqual(sampler.choices, [["Euler", "Euler"]]);
  for (const length of [width, height]) assert.deepEqual(length, { __type__: "update", value: 128, ...wide.lengths });

  settings.set({ model: facts.model });
  assert.equal(written().width.step, demo.lengths.step);
});

test("a model that is described only after it was chosen is offered then", () => {
  delete facts.models.wide;
  settings.set({ model: "wide" });
  assert.equal(written().width.step, undefined);
  facts.models.wide = wide;
  offerAnew();
  assert.equal(written().width.step, 32);
});
