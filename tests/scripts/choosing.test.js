// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { inWords, nameOf, signOf, Tally } from "../../sdgui/web/links/choosing/tally.js";

/** @param {number} place @param {Record<string, "kept" | "rejected">} marks @param {string} [name] */
const person = (place, marks, name = "") => ({ place, name, here: true, marks });

test("everybody has a sign of their own, the first eight a colour of their own", () => {
  const signs = Array.from({ length: 33 }, (_, place) => signOf(place));
  assert.equal(new Set(signs.map(({ text }) => text)).size, 33);
  assert.equal(new Set(signs.map(({ colour, shape }) => `${colour} ${shape}`)).size, 33);
  assert.equal(new Set(signs.slice(0, 9).map(({ colour }) => colour)).size, 9);
});

test("what is said is counted, and the most kept come first", () => {
  const tally = new Tally();
  tally.take({ pictures: [0, 1, 2, 3], lookers: 1, people: [person(0, { 3: "kept" }, "Mara"), person(1, { 1: "kept", 2: "kept" }), person(2, { 2: "kept", 1: "rejected" }, "Ben")] });
  assert.deepEqual(tally.ranking.map(({ number, rank }) => [number, rank]), [[2, 1], [3, 2], [1, 2], [0, null]]);
  assert.deepEqual([tally.agreed, tally.favoured, tally.total, tally.voters], [[2], [2], 4, 3]);
  assert.equal(inWords(tally.counts[1], 1), "Kept by you; rejected by Ben");
  assert.equal(inWords(tally.counts[2], 2), "Kept by guest 1 and Ben (you)");
  assert.equal(inWords(tally.counts[0], null), "");
  tally.take({ pictures: [0, 1], people: [{ place: 2, gone: true }] });
  assert.deepEqual([tally.agreed, tally.counts.length, tally.choosers.length], [[1], 2, 1]);
});

test("nothing is agreed upon where nobody has chosen, and a maker who only looks is seen", () => {
  const tally = new Tally();
  tally.take({ pictures: [0], people: [person(0, { 0: "kept" }), person(1, {})] });
  assert.deepEqual([tally.agreed, tally.favoured], [[], []]);
  assert.deepEqual(tally.seen.map((one) => nameOf(one, null)), ["who shared this", "guest 1"]);
  tally.take({ people: [{ ...person(0, {}), here: false }] });
  assert.deepEqual(tally.seen.map(({ place }) => place), [1]);
});
