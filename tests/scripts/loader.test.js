// @ts-check

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { load } from "../../sdgui/web/shared/fetch/loader.js";

test("finished pictures come before previews, a few at once, and of a preview only the newest", async () => {
  /** @type {string[]} */
  const begun = [];
  /** @type {(() => void)[]} */
  const ends = [];
  /** @param {string} name */
  const slow = (name) => () => {
    begun.push(name);
    return new Promise((/** @type {(value: void) => void} */ resolve) => ends.push(() => resolve()));
  };
  for (const name of ["a", "b", "c", "d"]) load({}, slow(name));
  const strip = {};
  load(strip, slow("old preview"), { isPreview: true });
  load(strip, slow("new preview"), { isPreview: true });
  load({}, slow("picture"));
  assert.deepEqual(begun, ["a", "b", "c", "d"]);
  while (ends.length) {
    ends.shift()?.();
    await new Promise((resolve) => setImmediate(resolve));
  }
  assert.deepEqual(begun.slice(4), ["picture", "new preview"]);
});

test("one that fails does not hold up the others", async () => {
  const said = mock.method(console, "error", () => {});
  const other = new Promise((resolve) => {
    load({}, () => Promise.reject(new Error("gone")));
    load({}, async () => resolve("loaded"));
  });
  assert.equal(await other, "loaded");
  assert.equal(said.mock.callCount(), 1);
});
