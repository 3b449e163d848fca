// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { FormerPrompts, KEY } from "../../sdgui/web/shared/page/former-prompts.js";

/** @param {string | null} [kept] */
function storage(kept = null) {
  const values = new Map([[KEY, kept]]);
  return { values, getItem: (/** @type {string} */ key) => values.get(key) ?? null, setItem: (/** @type {string} */ key, /** @type {string} */ value) => void values.set(key, value) };
}

test("an empty prompt walks to older ones and back", () => {
  const former = new FormerPrompts(storage());
  for (const prompt of ["a", "b", "c"]) former.add(prompt);
  assert.equal(former.walk("", 1), "c");
  assert.equal(former.walk("c", 1), "b");
  assert.equal(former.walk("b", 1), "a");
  assert.equal(former.walk("a", 1), null);
  assert.equal(former.walk("a", -1), "b");
  assert.equal(former.walk("b", -1), "c");
  assert.equal(former.walk("c", -1), "");
  assert.equal(former.walk("", -1), null);
});

test("what was just dreamt stands untouched, and walks on from there", () => {
  const former = new FormerPrompts(storage());
  former.add("a");
  former.add("b");
  assert.equal(former.walk("b", 1), "a");
});

test("what somebody writes is never replaced", () => {
  const former = new FormerPrompts(storage());
  former.add("a");
  former.add("b");
  assert.equal(former.walk("b and more", 1), null);
  assert.equal(former.walk("", 1), "b");
  assert.equal(former.walk("b!", 1), null);
});

test("each is there once, they outlive the page, and what was dreamt elsewhere is older", () => {
  const kept = storage();
  const former = new FormerPrompts(kept);
  for (const prompt of ["a", "b", "a", "  "]) former.add(prompt);
  const again = new FormerPrompts(storage(kept.values.get(KEY)));
  again.meet(["x", "a", "y", "x"]);
  assert.deepEqual(again.all, ["y", "x", "b", "a"]);
});

test("what is kept by others is left alone", () => {
  for (const kept of ["no json", "{}", "[1, null]"]) assert.deepEqual(new FormerPrompts(storage(kept)).all, []);
});
