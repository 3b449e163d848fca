// @ts-check

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

import { facts } from "../../sdgui/web/shared/settings/facts.js";
import { KEY, fitting, forgetFormer, load, migrate, save } from "../../sdgui/web/shared/settings/saved.js";

const NOW = {
  prompt: "", negative_prompt: "", aspect: "1:1", width: 128, height: 128, count: 4, steps: 25, guidance: 7, seed: "",
  sampler: "Euler", model: "demo", lock: false, mode: "wall", wall_count: 16, x_axis: "Steps", x_values: "5", y_axis: "Nothing", y_values: "",
};
const FORMER = ["a cat", "fog", "2:3", 104, 152, 3, 17, 6.5, "7", "Heun", "demo", true];

beforeEach(() => localStorage.removeItem(KEY));

test("what is saved is there again, by name", () => {
  save(localStorage, { steps: 17, prompt: "a cat" });
  assert.deepEqual(load(localStorage), { steps: 17, prompt: "a cat" });
});

test("what is not ours, or of another version, is nothing", () => {
  for (const text of ["{", "[1]", "null", '{"version":9,"values":{}}', '{"version":2,"values":[1]}']) {
    localStorage.setItem(KEY, text);
    assert.equal(load(localStorage), null);
  }
});

test("a browser that keeps nothing is no fault", () => {
  const broken = () => {
    throw new Error("denied");
  };
  const storage = { getItem: broken, setItem: broken, removeItem: broken };
  save(storage, { steps: 1 });
  forgetFormer(storage, facts.former);
  assert.equal(load(storage), null);
});

test("the values of the former version get their names", () => {
  const compare = ["grid", 23, false, 8, "Strengths", 8, 0.3, "0-1 [6]", "", "Sampler", "Euler, Heun", "Nothing", "3"];
  const values = migrate({ "sdgui-controls-1": FORMER, "sdgui-compare-1": compare }, facts.former);
  assert.equal(values.steps, 17);
  assert.equal(values.lock, true);
  assert.equal(values.negative_prompt, "fog");
  assert.equal(values.x_axis, "Sampler");
  assert.equal(values.wall_count, 23);
});

test("former values that are too few mean nothing", () => {
  assert.deepEqual(migrate({ "sdgui-controls-1": FORMER.slice(1), "sdgui-compare-1": "x" }, facts.former), {});
});

test("of a model that is gone only what suits every model stays", () => {
  const saved = { prompt: "a cat", seed: "7", lock: true, count: 3, steps: 17, sampler: "Heun", model: "gone", wall_count: 23 };
  assert.deepEqual(fitting(saved, NOW, facts), { prompt: "a cat", seed: "7", lock: true, count: 3, wall_count: 23 });
});

test("a sampler that the model does not have is not taken over", () => {
  const kept = fitting({ model: "demo", sampler: "Gone", steps: 17 }, NOW, facts);
  assert.deepEqual(kept, { model: "demo", steps: 17 });
});

test("values of another kind are not taken over, and an empty number is one", () => {
  const kept = fitting({ model: "demo", steps: "many", prompt: 5, lock: "yes", width: null }, NOW, facts);
  assert.deepEqual(kept, { model: "demo", width: null });
});

test("an aspect has its model's size again, whatever a limit had left of it, and a size of one's own stays", () => {
  const [width, height] = facts.models.demo.sizes["2:3"];
  assert.deepEqual(fitting({ model: "demo", aspect: "2:3", width: 8, height: 16 }, NOW, facts), { model: "demo", aspect: "2:3", width, height });
  const own = { model: "demo", aspect: "W×H", width: 8, height: 16 };
  assert.deepEqual(fitting(own, NOW, facts), own);
});

test("an axis that is gone takes its values along", () => {
  const saved = { model: "demo", mode: "grid", x_axis: "Mood", x_values: "sad", y_axis: "Seed", y_values: "1-4" };
  assert.deepEqual(fitting(saved, NOW, facts), { model: "demo", mode: "grid", y_axis: "Seed", y_values: "1-4" });
});

test("every setting that was saved has its facts", () => {
  for (const names of Object.values(facts.former)) for (const name of names) assert.ok(facts.settings[name], name);
});
