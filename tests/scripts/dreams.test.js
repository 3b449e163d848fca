// @ts-check
// The dreams that the page knows, as the server tells of them again.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Dreams } from "../../sdgui/web/shared/dreams/dreams.js";

/** @typedef {import("../../sdgui/web/shared/dreams/told.js").ToldDream} ToldDream */
/** @typedef {import("../../sdgui/web/shared/gallery/list.js").List} List */

/** @param {string} id @param {string[]} pictures @param {number[]} [there] @returns {ToldDream} */
const told = (id, pictures, there = pictures.map((_, i) => i), gathered = false) => ({
  id, created: 1, state: "finished", message: "", hint: "", title: "a cat", sheet: null, gathered,
  prompt: "a cat", negative_prompt: "", model: "demo", width: 128, height: 128, steps: 8, guidance: 7, sampler: "Euler", emphasis: false,
  tiles: there.map((index) => ({ index, seed: index, picture: pictures[index], state: "done" })),
});

/** The dreams of a page, whose one list shows all of them. */
function page() {
  /** @type {string[]} */
  const forgotten = [];
  const nothing = () => {};
  const dreams = new Dreams({ ended: nothing, connection: nothing, dreaming: nothing, toast: nothing, failed: nothing, forgotten: (ids) => forgotten.push(...ids) });
  /** @type {Map<string, number>} */
  const views = new Map();
  const list = { views, fits: () => true, place: (/** @type {any} */ dream) => views.set(dream.id, dream.pictures.size), drop: (/** @type {string} */ id) => views.delete(id) };
  dreams.lists.push(/** @type {List} */ (/** @type {unknown} */ (list)));
  return { dreams, views, forgotten };
}

test("what was deleted elsewhere goes, wherever it is shown", () => {
  const { dreams, forgotten } = page();
  const dream = dreams.meet(told("j", ["p", "q"]));
  assert.equal(dreams.meet(told("j", ["p", "q"], [1])), dream);
  assert.deepEqual([dream.done.map(({ id }) => id), forgotten], [["q"], ["p"]]);
});

test("a picture that came back has its place in the row again", () => {
  const { dreams, views } = page();
  views.set("j", 1);
  dreams.meet(told("j", ["p", "q"], [1]));
  dreams.meet(told("j", ["p", "q"]));
  assert.deepEqual([dreams.known.get("j")?.done.map(({ id }) => id), views.get("j")], [["p", "q"], 2]);
});

test("a picture on a wall is that of its dream, and both are marked", () => {
  const { dreams } = page();
  dreams.meet(told("wall", ["p", "r"], [0, 1], true));
  dreams.meet(told("j", ["p", "q"]));
  assert.deepEqual([dreams.picture("p")?.dream.id, dreams.picture("r")?.dream.id, dreams.all("p").length], ["j", "wall", 2]);
});
