// @ts-check
// Work that waits for a frame.

import assert from "node:assert/strict";
import { test } from "node:test";

/** @type {(() => void)[]} */
const frames = [];
Object.assign(globalThis, { requestAnimationFrame: (/** @type {() => void} */ act) => frames.push(act) });
const { inFrame } = await import("../../sdgui/web/shared/dom/frame.js");

const pass = () => frames.shift()?.();

test("what asks for more while it works has its next turn in the next frame", () => {
  let turns = 0;
  const act = () => {
    turns += 1;
    if (turns < 3) inFrame(act, act);
  };
  inFrame(act, act);
  pass();
  assert.equal(turns, 1);
  pass();
  pass();
  assert.equal(turns, 3);
  assert.equal(frames.length, 0);
});

test("however often something changes before a frame, the last is written, once", () => {
  /** @type {string[]} */
  const written = [];
  const key = {};
  inFrame(key, () => written.push("first"));
  inFrame(key, () => written.push("last"));
  pass();
  assert.deepEqual(written, ["last"]);
});
