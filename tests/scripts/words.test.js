// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { ago, agoFor, doing, duration, heldBack, inQueue, left, renew, settings, settingsOf } from "../../sdgui/web/shared/dreams/words.js";

test("durations are a person's", () => {
  const said = [0, 1.4, 59.6, 60, 80, 2861, 3599, 3600, 7500].map(duration);
  assert.deepEqual(said, ["1 s", "1 s", "1 min", "1 min", "1 min", "48 min", "1 h", "1 h", "2 h 5 min"]);
  assert.deepEqual([12, 59.6, 2861].map(left), ["12 s left", "about 1 min left", "about 48 min left"]);
});

test("settings are called by their prompt, and are none of “” where they have none", () => {
  assert.equal(settingsOf(" a red boat\n at sea "), "Settings of “a red boat at sea”");
  assert.equal(settingsOf("x".repeat(49)), `Settings of “${"x".repeat(48)}…”`);
  assert.deepEqual(["", " \n"].map(settingsOf), ["Settings without a prompt", "Settings without a prompt"]);
});

test("what was held back is counted in a whole sentence", () => {
  const end = "held back by the model’s safety checker.";
  assert.deepEqual([heldBack(1, 1), heldBack(1, 4), heldBack(3, 4), heldBack(4, 4)], [
    `The picture was ${end}`, `1 of 4 pictures was ${end}`, `3 of 4 pictures were ${end}`, `All 4 pictures were ${end}`,
  ]);
});

test("a moment is told by how long ago it was, then by its day", () => {
  const now = Date.now() / 1000;
  assert.equal(ago(now - 5), "just now");
  assert.equal(ago(now - 200), "3 min ago");
  assert.equal(ago(now - 7300), "2 h ago");
  assert.match(ago(0), /1970/);
});

test("what is said of a moment holds for as long as it is told", (t) => {
  const now = 1_700_000_000;
  t.mock.method(Date, "now", () => now * 1000);
  for (const age of [0, 5, 59, 61, 200, 3599, 3700, 7300, 86_000]) {
    const [said, holds] = [ago(now - age), agoFor(now - age)];
    assert.equal(ago(now - age - holds + 1), said);
    assert.notEqual(ago(now - age - holds - 1), said);
  }
  assert.equal(agoFor(now - 90_000), Infinity);
});

test("settings that vary from picture to picture are left out", () => {
  const made = { sampler: "Euler", steps: 1, guidance: 5 };
  assert.equal(settings(made), "Euler · 1 step · cfg 5");
  assert.equal(settings(made, new Set(["steps"])), "Euler · cfg 5");
});

test("places are counted in dreams, and who is dreamt together stands at one and is told so", () => {
  assert.equal(inQueue({ dreams: 0, beside: 0 }), "next");
  assert.equal(inQueue({ dreams: 1, beside: 0 }), "2nd in the queue");
  assert.equal(inQueue({ dreams: 1, beside: 1 }), "2nd in the queue, with 1 other");
  assert.equal(inQueue({ dreams: 3, beside: 2 }, true), "4th, together");
});

test("who waits is told how many are ahead", () => {
  assert.equal(doing({ type: "queued", job: "j", place: 0, wait: null, dreams: 0, beside: 0 }), "waiting: next");
  assert.equal(doing({ type: "queued", job: "j", place: 2, wait: 90, dreams: 1, beside: 0 }, 1, 4), "1 of 4 done · waiting: 2 batches of pictures ahead · about 2 min");
});

test("the last step is finishing, unless more batches follow", () => {
  /** @type {import("../../sdgui/web/shared/dreams/told.js").Progress} */
  const progress = { type: "progress", job: "j", done: 0, total: 4, step: 8, steps: 8, seconds_left: 0, live: [], over: [] };
  assert.equal(doing(progress), "step 8 of 8 · finishing");
  assert.equal(doing({ ...progress, seconds_left: 12 }), "step 8 of 8 · 12 s left");
  assert.equal(doing({ ...progress, done: 1, total: 4, step: 2, seconds_left: 300 }, 1, 4, true), "1 of 4 done · about 5 min left");
  assert.equal(doing({ type: "queued", job: "j", place: 2, wait: 90, dreams: 1, beside: 0 }, 1, 4, true), "1 of 4 done · 2 ahead · about 2 min");
  assert.equal(doing({ type: "queued", job: "j", place: 1, wait: 40, dreams: 1, beside: 0 }, 0, 4, true), "waiting: 1 ahead · about 40 s");
});

test("all words of time are of one moment, until that is renewed", () => {
  const now = Date.now() / 1000;
  const moment = now - 90;
  renew(now - 31);
  assert.equal(ago(moment), "just now");
  renew(now);
  assert.equal(ago(moment), "1 min ago");
  renew(now - 3600); // nobody has renewed it for long
  assert.equal(ago(moment), "1 min ago");
});
