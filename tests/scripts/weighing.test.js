// @ts-check
// Emphasis by key.

import assert from "node:assert/strict";
import { test } from "node:test";

import { weighed } from "../../sdgui/web/shared/page/weighing.js";

/** The prompt with what is selected between bars, then what it is written as. @type {[string, number, string | null][]} */
const CASES = [
  ["a r||ed boat", 0.1, "a (|red|:1.1) boat"],
  ["a |red boat|", 0.1, "a (|red boat|:1.1)"],
  ["a | red| boat", -0.1, "a  (|red|:0.9) boat"],
  ["a (|red|:1.1) boat", 0.1, "a (|red|:1.2) boat"],
  ["a (|red|:1.1) boat", -0.1, "a |red| boat"],
  ["a |(red:1.3)| boat", 0.1, "a (|red|:1.4) boat"],
  ["a (red b||oat:1.25), sea", 0.1, "a (|red boat|:1.35), sea"],
  ["a (r||ed)", 0.1, "a (|red|:1.2)"],
  ["(a:1.1) b||", 0.1, "(a:1.1) (|b|:1.1)"],
  ["a (x:0.05||)", -0.1, "a (|x|:0)"],
  ["sea <lora:in||k:0.8>", 0.1, "sea <lora:ink:|0.9|>"],
  ["sea <lora:in||k>", 0.1, null],
  ["a, || b", 0.1, null],
  ["", 0.1, null],
];

test("the words that are selected, or the one at the cursor, weigh a tenth more or less", () => {
  for (const [said, by, wanted] of CASES) {
    const [before, within = "", after = ""] = said.split("|");
    const prompt = before + within + after;
    const done = weighed(prompt, before.length, before.length + within.length, by);
    const text = done && prompt.slice(0, done.from) + done.text + prompt.slice(done.to);
    const shown = done && text && `${text.slice(0, done.select[0])}|${text.slice(...done.select)}|${text.slice(done.select[1])}`;
    assert.equal(shown, wanted, said);
  }
});
