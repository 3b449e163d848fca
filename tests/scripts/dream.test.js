// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { Dream } from "../../sdgui/web/shared/dreams/dream.js";

/** @typedef {import("../../sdgui/web/shared/dreams/told.js").ToldDream} ToldDream */

/** @param {number} count @returns {ToldDream} */
const told = (count) => ({
  id: "j", created: 1, state: "active", message: "", hint: "", title: "a cat", sheet: null,
  prompt: "a cat", negative_prompt: "", model: "demo", width: 128, height: 128, steps: 8, guidance: 7, sampler: "Euler", emphasis: false,
  tiles: Array.from({ length: count }, (_, index) => ({ index, seed: 500 + index, picture: null, state: "empty" })),
});

test("a dream that ends leaves no picture waiting", () => {
  const dream = new Dream(told(3));
  dream.apply({ type: "picture", job: "j", index: 0, picture: "p", match: 0.5 });
  dream.apply({ type: "cancelled", job: "j" });
  assert.deepEqual([...dream.pictures.values()].map(({ state }) => state), ["done", "stopped", "stopped"]);
});

test("a picture that could not be saved yet says so until it is", () => {
  const dream = new Dream(told(1));
  dream.apply({ type: "picture-unsaved", job: "j", index: 0, message: "The disk is full.", hint: "Free some space." });
  assert.equal(dream.pictures.get(0)?.state, "unsaved");
  assert.equal(dream.unsaved, "The disk is full. Free some space.");
  assert.ok(dream.isMade);
  dream.apply({ type: "picture", job: "j", index: 0, picture: "p", match: null });
  assert.deepEqual([dream.pictures.get(0)?.state, dream.unsaved, dream.isMade], ["done", "", false]);
});

test("a picture that was held back is over, and nothing that can be made", () => {
  const dream = new Dream(told(3));
  dream.apply({ type: "picture-held-back", job: "j", index: 0, message: "It was held back.", hint: "Try another seed." });
  dream.apply({ type: "picture", job: "j", index: 1, picture: "p", match: null });
  dream.apply({ type: "cancelled", job: "j" });
  assert.deepEqual([...dream.pictures.values()].map(({ state }) => state), ["held-back", "done", "stopped"]);
  assert.equal(dream.pictures.get(0)?.fault, "It was held back. Try another seed.");
  assert.deepEqual([dream.missing, dream.heldBack, dream.done.length], [1, 1, 1]);
});

test("how far it is never goes back", () => {
  const dream = new Dream(told(4));
  const strip = { id: "s", revision: 1, columns: 4, width: 128, height: 128, pictures: [0, 1, 2, 3] };
  /** @param {number} step */
  const at = (step) => dream.apply({ type: "progress", job: "j", done: 0, total: 4, step, steps: 8, seconds_left: 1, live: [strip], over: [] });
  at(4);
  assert.equal(dream.fraction, 0.5);
  at(2);
  assert.equal(dream.fraction, 0.5);
});

test("previews are told as they change, and stay until they are over", () => {
  const dream = new Dream(told(4));
  /** @param {string} id @param {number} revision @param {number[]} pictures */
  const strip = (id, revision, pictures) => ({ id, revision, columns: 2, width: 128, height: 128, pictures });
  /** @param {import("../../sdgui/web/shared/dreams/told.js").LiveStrip[]} live @param {string[]} over */
  const hear = (live, over = []) => {
    dream.apply({ type: "progress", job: "j", done: 0, total: 4, step: 1, steps: 8, seconds_left: 1, live, over });
    return dream.live.map(({ id, revision }) => `${id}${revision}`);
  };
  assert.deepEqual(hear([strip("a", 1, [0, 1])]), ["a1"]);
  assert.deepEqual(hear([strip("b", 1, [2, 3])]), ["a1", "b1"]);
  assert.deepEqual(hear([strip("b", 2, [2, 3])]), ["a1", "b2"]);
  assert.deepEqual(hear([], ["a"]), ["b2"]);
  dream.attach();
  assert.deepEqual(dream.live, []);
});

test("pictures are ranked by their match, and those without one are not", () => {
  const dream = new Dream(told(3));
  dream.apply({ type: "picture", job: "j", index: 0, picture: "p", match: 0.2 });
  dream.apply({ type: "picture", job: "j", index: 2, picture: "q", match: 0.4 });
  assert.deepEqual([...dream.ranks()], [[2, 1], [0, 2]]);
});

test("what is made again forms again", () => {
  const dream = new Dream(told(1));
  dream.apply({ type: "cancelled", job: "j" });
  dream.update(told(1));
  assert.deepEqual([dream.isActive, dream.pictures.get(0)?.state], [true, "empty"]);
});
