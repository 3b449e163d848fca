// @ts-check
// Deleting and bringing back, however many and whatever the server says.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Deeds } from "../../sdgui/web/history/deeds.js";
import { Records } from "../../sdgui/web/history/records.js";
import { Undoing } from "../../sdgui/web/shared/dom/undoing.js";
import { Bin } from "../../sdgui/web/shared/gallery/bin.js";

const ids = Array.from({ length: 2001 }, (_, i) => `p${i}`);

/**
 * A page whose server answers by `answer`, or does not where that throws. `said` are its toasts.
 * @param {(address: string, body: any) => unknown} answer
 */
function page(answer) {
  /** @type {string[]} */
  const said = [];
  /** @type {any[]} */
  const asked = [];
  /** @type {string[]} */
  const gone = [];
  /** @type {string[][]} */
  const back = [];
  Object.assign(globalThis, {
    fetch: async (/** @type {string} */ address, /** @type {{ body: string }} */ { body }) => {
      asked.push([address, JSON.parse(body)]);
      const reply = answer(address, JSON.parse(body));
      return { ok: true, status: 200, json: async () => reply };
    },
  });
  const toast = { close: () => {}, remove: () => {} };
  const toasts = {
    show: (/** @type {string[]} */ ...words) => (said.push(words.slice(0, 2).filter(Boolean).join(" ")), toast),
    offer: (/** @type {string} */ words, /** @type {{ lasts?: boolean }} */ { lasts }) => (said.push(`${words} · Undo${lasts ? " (stays)" : ""}`), toast),
    say: () => {}, take: () => {},
  };
  const dreams = { known: new Map(), drop: () => {}, settle: () => {}, restore: async (/** @type {string[]} */ jobs) => back.push(jobs) };
  const undoing = new Undoing(/** @type {any} */ (toasts));
  const parts = { dreams, toasts, undoing, forget: (/** @type {string[]} */ all) => gone.push(...all), returned: () => {}, tell: () => {} };
  const bin = new Bin(/** @type {any} */ (parts));
  return { bin, said, asked, gone, back, toasts, undoing };
}

const noAnswer = () => {
  throw new TypeError("Failed to fetch");
};

test("thousands are deleted in portions, with one undo for all of them", async () => {
  const { bin, said, asked, gone, back, undoing } = page((address, { pictures, undo }) =>
    address === "/bin" ? { pictures: pictures.length, undo: `u${pictures.length}${pictures[0]}` } : { pictures: 1, dreams: [undo.slice(0, 2), "j"] });
  assert.equal(await bin.put({ pictures: ids }), true);
  assert.deepEqual([gone.length, said.at(-1)], [2001, "2,001 pictures deleted · Undo"]);
  await undoing.undo();
  assert.deepEqual(asked.slice(3).map(([, { undo }]) => undo), ["u1000p0", "u1000p1000", "u1p2000"]);
  assert.deepEqual(back, [["u1", "j"]]);
});

test("where a portion fails it is said what was deleted, which can be undone", async () => {
  const { bin, said, gone } = page((_, { pictures }) => (pictures[0] === "p1000" ? noAnswer() : { pictures: pictures.length, undo: "u" }));
  assert.equal(await bin.put({ pictures: ids }), false);
  assert.equal(gone.length, 1000);
  assert.deepEqual(said.slice(-2), [
    "The server does not answer. 1,000 of 2,001 pictures were deleted, and the others were not.", "1,000 pictures deleted · Undo",
  ]);
});

test("an undo that nobody answered can be pressed again, for what is still in the bin", async () => {
  let isThere = false;
  const { bin, said, asked, back, undoing } = page((address, { pictures, undo }) => {
    if (address === "/bin") return { pictures: pictures.length, undo: pictures[0] };
    return undo === "p0" || isThere ? { pictures: 1, dreams: [undo] } : noAnswer();
  });
  await bin.put({ pictures: ids.slice(0, 1001) });
  await undoing.undo();
  assert.deepEqual(said.slice(-2), ["The server does not answer. Some of it is still in the bin.", "1,001 pictures deleted · Undo (stays)"]);
  isThere = true;
  await undoing.undo();
  assert.deepEqual([back, asked.at(-1)[1]], [[["p0"], ["p1000"]], { undo: "p1000" }]);
  assert.equal(undoing.last, null);
});

test("a wall goes without its pictures, and it says so", async () => {
  const { bin, said, gone } = page(() => ({ pictures: 0, undo: "u" }));
  bin.dreams.known.set("w", /** @type {any} */ ({ isGathered: true, done: [{ id: "p" }] }));
  assert.equal(await bin.put({ dreams: ["w"] }), true);
  assert.deepEqual([gone, said], [[], ["The wall is removed; its pictures stay · Undo"]]);
});

test("thousands are restored and rated in portions, and it is said what was not", async () => {
  const { bin, said, back, toasts } = page((_, { pictures }) => (pictures[0] === "p2000" ? noAnswer() : { pictures: pictures.length, dreams: [pictures[0]] }));
  assert.equal((await bin.restore(ids)).length, 2000);
  assert.deepEqual([back, said.at(-1)], [[["p0", "p1000"]], "The server does not answer. 2,000 of 2,001 pictures were restored, and the others were not."]);
  const deeds = new Deeds(/** @type {any} */ ({ toasts }), /** @type {any} */ ({ change: () => {}, age: () => {} }), { shown: () => {}, changed: () => {} });
  await deeds.rate(ids, 4);
  assert.equal(said.at(-1), "The server does not answer. 2,000 of 2,001 pictures were changed, and the others were not.");
});

test("more than is known is kept with its progress told, and a second time not kept any more", async () => {
  /** @type {string[]} */
  const marks = [];
  const { said, toasts, undoing } = page((_, { pictures, mark }) => (marks.push(mark), { former: { [mark ? "" : "kept"]: pictures } }));
  const records = new Records({ ask: async () => [], arrived: () => {}, failed: () => {} });
  const deeds = new Deeds(/** @type {any} */ ({ toasts, undoing, marked: () => {} }), records, { shown: () => {}, changed: () => {} });
  await deeds.keep(ids);
  assert.deepEqual([deeds.areKept(ids), said], [true, ["Changing 2,001 pictures: 1,000 done…", "Changing 2,001 pictures: 2,000 done…", "2,001 pictures kept · Undo"]]);
  await Promise.all([deeds.keep(ids), deeds.keep(ids)]);
  const [kept, none] = [Array(3).fill("kept"), Array(3).fill("")];
  assert.deepEqual([deeds.areKept(ids), marks], [true, [...kept, ...none, ...kept]]);
});

test("what many were before they were rated or kept alike is given back to each", async () => {
  /** @type {[string, any][]} */
  const former = [["rating", { 0: ["p0"], 5: ["p1"] }], ["mark", { rejected: ["p0"], "": ["p1"] }]];
  for (const [what, told] of former) {
    const { said, asked, toasts, undoing } = page(() => ({ former: told }));
    const records = new Records({ ask: async () => [], arrived: () => {}, failed: () => {} });
    const others = { tell: () => {} };
    const deeds = new Deeds(/** @type {any} */ ({ toasts, undoing, others, marked: () => {} }), records, { shown: () => {}, changed: () => {} });
    if (what === "rating") await deeds.rate(["p0", "p1"], 3);
    else await deeds.keep(["p0", "p1"]);
    assert.deepEqual(deeds.judged(["p0", "p1"]), what === "rating" ? { kept: "none", least: 3, most: 3 } : { kept: "all", least: 0, most: 0 });
    assert.equal(said.at(-1), what === "rating" ? "2 pictures rated 3 of 5 · Undo" : "2 pictures kept · Undo");
    await undoing.undo();
    const given = Object.entries(told).map(([value, pictures]) => ({ pictures, [what]: what === "rating" ? Number(value) : value }));
    assert.deepEqual(asked.slice(1).map(([, body]) => body), given);
    assert.deepEqual(deeds.judged(["p0", "p1"]), what === "rating" ? { kept: "none", least: 0, most: 5 } : { kept: "none", least: 0, most: 0 });
    assert.deepEqual(deeds.judged(["p0"]).kept, "none");
  }
});
