// @ts-check
// What is said of models: sizes, times, and whether they fit.

import assert from "node:assert/strict";
import test from "node:test";

import { fit, left, sharing, size, used } from "../../sdgui/web/models/words.js";

const GB = 1e9;

test("sizes are told in the unit in which they are read", () => {
  assert.deepEqual([2.13e9, 999e6, 38_400_000, 7300, 12].map(size), ["2.1 GB", "999 MB", "38 MB", "7 kB", "0 kB"]);
});

test("a part and its whole have one unit where they can", () => {
  assert.deepEqual([sharing(5.3e9, 8.6e9), sharing(38e6, 8.6e9)], ["5.3 of 8.6 GB", "38 MB of 8.6 GB"]);
});

test("a model that leaves some room fits", () => {
  const memory = { bytes: 12 * GB, place: "cuda", main: 64 * GB };
  assert.equal(fit(3 * GB, memory)?.kind, "fits");
  assert.equal(fit(3 * GB, memory)?.share, 0.25);
  assert.equal(fit(34 * GB, memory)?.kind, "parts");
  assert.equal(fit(64 * GB, memory)?.kind, "large");
});

test("where all memory is main memory nothing is done in parts", () => {
  const memory = { bytes: 16 * GB, place: "main memory", main: 16 * GB };
  assert.equal(fit(20 * GB, memory)?.kind, "large");
});

test("what is not known is not told", () => {
  assert.equal(fit(0, { bytes: 16 * GB, place: "", main: null }), null);
  assert.equal(fit(3 * GB, { bytes: null, place: "", main: null }), null);
});

test("when a model was used is told in words", () => {
  const now = 1_700_000_000;
  assert.deepEqual([null, now, now - 1200, now - 7200, now - 100_000].map((last) => used(last, now)), [
    "never used", "used just now", "used 20 min ago", "used 2 h ago", "used yesterday",
  ]);
  assert.match(used(now - 30 * 86_400, now), /^used [A-Z]\w+ \d+$|^used \d+ [A-Z]\w+$/);
});

test("how long a download still takes is told in words", () => {
  assert.deepEqual([0.2, 42, 185, 9000].map(left), ["1 s left", "42 s left", "3 min left", "2.5 h left"]);
});
