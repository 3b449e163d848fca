// @ts-check
// What is begun once, however often somebody presses.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Twice } from "../../sdgui/web/shared/page/twice.js";

test("a press that follows another at once is its second one, unless it asks for something else", () => {
  const twice = new Twice();
  const presses = /** @type {[string, number][]} */ ([["a cat", 0], ["a cat", 200], ["a cat", 500], ["a dog", 600], ["a dog", 1200]]);
  assert.deepEqual(presses.map(([what, now]) => twice.isSecond(what, now)), [false, true, true, false, false]);
});

test("the same is found among what is not made yet, and nowhere else", () => {
  const twice = new Twice();
  twice.began("j", "a cat");
  const active = [{ id: "i", hasBegun: true }, { id: "j", hasBegun: false }];
  assert.equal(twice.alike("a cat", active), active[1]);
  assert.equal(twice.alike("a dog", active), undefined);
  assert.equal(twice.alike("a cat", [active[0]]), undefined);
  assert.equal(twice.alike("a cat", active), undefined);
});
