// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { reading, withAvoided } from "../../sdgui/web/shared/page/prompt-reading.js";

/** @typedef {import("../../sdgui/web/shared/dreams/told.js").PromptFacts} PromptFacts */

/** @type {PromptFacts} */
const PLAIN = { tokens: 5, chunks: 1, room: 77, emphasis: true };
/** @type {PromptFacts} */
const WEIGHED = { tokens: 4, chunks: 1, room: 75, emphasis: true, most_chunks: 32, weights: [["red", 1.4]], most: null, loras: [] };

test("a prompt that is read plainly says when its end is not read", () => {
  assert.deepEqual(reading(PLAIN, "a (cat)"), { words: ["5 of 77 tokens"], isOver: false, isRemarkable: false });
  assert.deepEqual(reading({ ...PLAIN, tokens: 93 }, ""), { words: ["93 of 77 tokens: the end is not read without emphasis"], isOver: true, isRemarkable: true });
});

test("a model that cannot weigh words says so", () => {
  const { words } = reading({ ...PLAIN, emphasis: false }, "a (cat)");
  assert.deepEqual(words, ["5 of 77 tokens", "this model reads brackets as plain text"]);
  assert.deepEqual(reading({ ...PLAIN, emphasis: false }, "a cat").words, ["5 of 77 tokens"]);
});

test("chunks and what is emphasised are told", () => {
  assert.deepEqual(reading(WEIGHED, ""), { words: ["4 of 75 tokens", "red 1.4"], isOver: false, isRemarkable: true });
  const long = { ...WEIGHED, tokens: 93, chunks: 2, weights: /** @type {[string, number][]} */ ([["a\n red", 0.909091], ["x".repeat(99), -2]]) };
  assert.deepEqual(reading(long, "").words, ["2 chunks, 93 tokens", "a red 0.91", `${"x".repeat(23)}… -2`]);
});

test("of many words some are named, and limits and LoRAs are told", () => {
  const weights = Array.from({ length: 9 }, (_, i) => /** @type {[string, number]} */ ([`w${i}`, 2]));
  const { words } = reading({ ...WEIGHED, weights, most: 10, loras: ["ink"] }, "");
  assert.deepEqual(words, ["4 of 75 tokens", "LoRA ink", "w0 2", "w1 2", "w2 2", "w3 2", "w4 2", "w5 2", "3 more", "weights end at 10"]);
});

test("a LoRA that cannot be used is told first, whatever the model makes of weights", () => {
  const fault = "There is no LoRA called “x” here.";
  assert.deepEqual(reading({ ...WEIGHED, loras: ["x"], fault }, ""), { words: ["There is no LoRA called “x” here", "4 of 75 tokens", "LoRA x", "red 1.4"], isOver: true, isRemarkable: true });
  assert.deepEqual(reading({ ...PLAIN, fault }, ""), { words: ["There is no LoRA called “x” here", "5 of 77 tokens"], isOver: true, isRemarkable: true });
});

test("more chunks than are read are told as too many", () => {
  const { words, isOver } = reading({ ...WEIGHED, chunks: 40, tokens: 1, weights: [] }, "");
  assert.deepEqual([words, isOver], [["40 chunks, 1 token: at most 32 chunks are read"], true]);
});

test("of what to avoid more is told than plain words need", () => {
  const prompt = reading(WEIGHED, "");
  assert.equal(withAvoided(prompt, null), prompt);
  assert.equal(withAvoided(prompt, reading(PLAIN, "")), prompt);
  assert.equal(withAvoided(prompt, reading({ ...WEIGHED, weights: [] }, "")), prompt);
  assert.deepEqual(withAvoided(prompt, reading(WEIGHED, "")).words, ["4 of 75 tokens", "red 1.4", "to avoid: 4 of 75 tokens, red 1.4"]);
  assert.ok(withAvoided(prompt, reading({ ...PLAIN, tokens: 93 }, "")).isOver);
});
