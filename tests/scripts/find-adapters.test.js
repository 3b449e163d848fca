// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { between, called, fitting } from "../../sdgui/web/shared/adapters/find.js";

/** @typedef {import("../../sdgui/web/shared/dreams/told.js").AdapterFacts} AdapterFacts */

/** @type {AdapterFacts} */
const INK = { name: "Ink wash", kind: "LoRA", base_model: "sd_v1", trigger_words: ["by hand"], vectors: 0, misfit: null };
/** @type {AdapterFacts} */
const HANDS = { name: "bad-hands", kind: "embedding", base_model: "", trigger_words: [], vectors: 3, misfit: null };

test("what was typed is searched in names, trigger words and base models", () => {
  const all = [INK, HANDS];
  assert.deepEqual(fitting(all, ""), all);
  assert.deepEqual(fitting(all, "  HAND ink "), [INK]);
  assert.deepEqual(fitting(all, "v1"), [INK]);
  assert.deepEqual(fitting(all, "embed"), [HANDS]);
  assert.deepEqual(fitting(all, "x"), []);
});

test("a LoRA is called by a tag, an embedding by its name", () => {
  assert.equal(called(INK), "<lora:Ink wash:0.8>");
  assert.equal(called(HANDS), "bad-hands");
});

test("words are put in between commas, and tags as they are", () => {
  assert.equal(between("a cat", "<lora:x:1>", " b"), "<lora:x:1>");
  assert.equal(between("", "ink", ""), "ink");
  assert.equal(between("a cat", "ink", ""), ", ink");
  assert.equal(between("a cat,", "ink", ""), " ink");
  assert.equal(between("a cat, ", "ink", "red"), "ink, ");
  assert.equal(between("(", "ink", ")"), "ink");
});
