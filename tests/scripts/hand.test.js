// @ts-check
// A finger, and a mouse, on the pictures of the history.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Hand } from "../../sdgui/web/history/hand.js";

test("a long press selects the picture that was pressed, wherever it is by then and whatever its tile shows", (t) => {
  /** @type {() => void} */
  let waits = () => assert.fail("nothing waits");
  t.mock.method(globalThis, "setTimeout", (/** @type {() => void} */ act) => (waits = act));
  /** @type {number[]} */
  const selected = [];
  const tile = { index: 3, record: { id: "pressed" } };
  const hand = {
    wall: { tileOf: () => tile, indexOf: (/** @type {string} */ id) => (id === "pressed" ? 7 : -1) },
    acts: { toggle: (/** @type {number} */ index) => selected.push(index) },
    long: Hand.prototype.long, isSpent: false, at: {}, pressing: undefined,
  };
  Object.assign(globalThis, { Element: class {} });
  Hand.prototype.down.call(/** @type {any} */ (hand), /** @type {any} */ ({ pointerType: "touch", button: 0, clientX: 0, clientY: 0, target: null }));
  Object.assign(tile, { index: 4, record: { id: "another" } });
  waits();
  assert.deepEqual(selected, [7]);
});

test("a plain click opens, and selects while something is selected", () => {
  Object.assign(globalThis, { Element: class {} });
  /** @type {string[]} */
  const done = [];
  const acts = { open: () => done.push("opened"), toggle: () => done.push("selected"), isSelecting: () => done.length > 0 };
  const hand = { wall: { tileOf: () => ({ index: 1 }) }, acts, isSpent: false };
  for (let i = 0; i < 2; i += 1) Hand.prototype.click.call(/** @type {any} */ (hand), /** @type {any} */ ({ target: null, detail: 1 }));
  assert.deepEqual(done, ["opened", "selected"]);
});
