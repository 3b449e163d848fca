// @ts-check

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { knownPart, randomPrompt, saidIn, swapped, unknownIn } from "../../sdgui/web/shared/page/known-words.js";

/** @type {import("../../sdgui/web/shared/dreams/told.js").Vocabulary} */
const known = JSON.parse(readFileSync(new URL("../../sdgui/demo/weights/words.json", import.meta.url), "utf8"));
/** @type {string[]} */
const examples = JSON.parse(readFileSync(new URL("../../sdgui/demo/weights/sdgui.json", import.meta.url), "utf8")).examples;

test("words that nobody taught it are named once, as they are written", () => {
  assert.deepEqual(unknownIn("an Astronaut riding a horse, an astronaut in the desert, watercolor", known), ["Astronaut", "riding", "horse"]);
});

test("what captions say is known in any case, beside numbers, weights and tags", () => {
  assert.deepEqual(unknownIn("A (RED:1.3) T-rex on the sand, 8-bit BREAK <lora:glow dark:0.5> papercraft, 4", known), []);
  for (const example of examples) assert.deepEqual(unknownIn(example, known), [], example);
});

test("plurals are other words to it", () => {
  assert.deepEqual(unknownIn("two red cats", known), ["two", "cats"]);
});

test("a prompt is read by its longest phrases", () => {
  const said = saidIn("an orange hot-air balloon over a green hill, paper cut-out", known);
  assert.deepEqual(Object.fromEntries(Object.entries(said).map(([kind, { name }]) => [kind, name])), {
    colours: "orange", things: "balloon", places: "on a green hill", styles: "paper cut-out",
  });
});

test("a word is put in the place of its kind, with its article", () => {
  const prompt = "an orange balloon over a green hill, paper cut-out";
  assert.equal(swapped(prompt, "colours", "red", known), "a red balloon over a green hill, paper cut-out");
  assert.equal(swapped(prompt, "places", "at sea", known), "an orange balloon at sea, paper cut-out");
  assert.equal(swapped(prompt, "things", "elephant", known), "an orange elephant over a green hill, paper cut-out");
  assert.equal(swapped("a cat", "things", "octopus", known), "an octopus");
});

test("what it already says goes, and what it does not say yet is put in", () => {
  assert.equal(swapped("a red boat at sea, watercolor", "styles", "watercolor", known), "a red boat at sea");
  assert.equal(swapped("a red boat at sea", "colours", "red", known), "a boat at sea");
  let prompt = "";
  for (const [kind, name] of /** @type {const} */ ([["styles", "neon"], ["places", "in the snow"], ["things", "elephant"], ["colours", "pink"]])) prompt = swapped(prompt, kind, name, known);
  assert.deepEqual(unknownIn(prompt, known), []);
  assert.deepEqual(Object.values(saidIn(prompt, known)).map(({ name }) => name).sort(), ["elephant", "in the snow", "neon", "pink"]);
});

test("of a prompt with unknown words the known ones stay", () => {
  assert.equal(knownPart("an astronaut on a horse in the desert, watercolor", known), "in the desert, watercolor");
  assert.equal(knownPart("an astronaut", known), "");
  assert.equal(knownPart("a knight rides a red ship", known), "a red boat");
});

test("a prompt by chance says one of each and nothing else", () => {
  const prompt = randomPrompt(known, (most) => most - 1);
  assert.equal(prompt, "a black octopus in the forest, paper cut-out");
  assert.equal(randomPrompt(known, () => 0), "a grey car on paper, plain");
});
