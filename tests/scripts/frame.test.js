// @ts-check
// Work that waits for a frame.

import assert from "node:assert/strict";
import { test } from "node:test";

/** @type {Map<number, () => void>} */
const frames = new Map();
let last = 0;
/** What is done when no frame comes. @type {() => void} */
let timer = () => {};
Object.assign(globalThis, {
  requestAnimationFrame: (/** @type {() => void} */ act) => {
    frames.set(last += 1, act);
    return last;
  },
  cancelAnimationFrame: (/** @type {number} */ number) => frames.delete(number),
  setTimeout: (/** @type {() => void} */ act) => {
    timer = act;
    return 0;
  },
});
const { inFrame } = await import("../../sdgui/web/shared/dom/frame.js");

/** A frame: all that was asked for before it is called. */
function pass() {
  const asked = [...frames.values()];
  frames.clear();
  for (const act of asked) act();
}

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
  assert.equal(frames.size, 0);
});

test("after a frame that came too late there is one turn a frame again", () => {
  let turns = 0;
  const act = () => {
    turns += 1;
    inFrame(act, act);
  };
  inFrame(act, act);
  timer();
  assert.equal(turns, 1);
  pass();
  assert.equal(turns, 2);
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
