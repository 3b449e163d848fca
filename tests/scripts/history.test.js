// @ts-check
// The history: where its tiles lie, what is selected, and how the address holds the search.

import assert from "node:assert/strict";
import { test } from "node:test";

import { before, dayWords, marks } from "../../sdgui/web/history/days.js";
import { Layout, fit } from "../../sdgui/web/history/layout.js";
import { compare, without } from "../../sdgui/web/history/news.js";
import { EVERYTHING, clearingWords, fragmentOf, isNarrowed, read, widened } from "../../sdgui/web/history/search.js";
import { Records } from "../../sdgui/web/history/records.js";
import { Selection } from "../../sdgui/web/history/selection.js";
import { Source } from "../../sdgui/web/history/source.js";

/** Three days: 5, 1 and 7 pictures, in rows of three. */
const DAYS = [{ key: "2026-11-28", count: 5 }, { key: "2026-11-27", count: 1 }, { key: "2025-12-31", count: 7 }];
const layout = new Layout(DAYS, { width: 316, size: "middle", head: 40 });

test("a phone has so many beside each other, and a wide screen as many as are wide enough", () => {
  assert.deepEqual(["small", "middle", "large"].map((size) => fit(366, /** @type {"small"} */ (size)).columns), [5, 3, 2]);
  const { columns, tile, gap } = fit(1312, "middle");
  assert.equal(columns, 12);
  assert.ok(tile >= 100 && tile * columns + gap * (columns - 1) <= 1312);
});

test("tiles lie in rows below their heading", () => {
  assert.equal(layout.total, 13);
  assert.deepEqual(layout.boxOf(0), { left: 0, top: 40, width: 102, height: 102 });
  assert.deepEqual([4, 5].map((index) => layout.boxOf(index).left), [107, 0]);
  assert.equal(layout.boxOf(5).top, layout.tops[1] + 40);
  assert.equal(layout.height, layout.boxOf(12).top + layout.row + 12);
});

test("what is seen between two heights is told, and no more than that", () => {
  assert.deepEqual(layout.between(0, 40), [0, 3]);
  assert.deepEqual(layout.between(layout.tops[1], layout.tops[2]), [5, 6]);
  assert.deepEqual(layout.between(0, layout.height), [0, 13]);
  assert.deepEqual(layout.sectionsBetween(0, layout.tops[1] - 1), [0, 1]);
  assert.deepEqual(new Layout([], { width: 316, size: "middle", head: 40 }).between(0, 900), [0, 0]);
});

test("a hundred thousand pictures are arranged by their counts", () => {
  const many = Array.from({ length: 1000 }, (_, i) => ({ key: before("2026-11-28", i), count: 100 }));
  const large = new Layout(many, { width: 1312, size: "middle", head: 40 });
  const [from, to] = large.between(large.tops[500], large.tops[500] + 900);
  assert.equal(large.total, 100_000);
  assert.equal(from, 50_000);
  assert.ok(to - from < 150);
});

test("down and up keep the column, from day to day, also where a row is short", () => {
  assert.deepEqual([layout.below(1, 1), layout.below(4, 1), layout.below(5, 1), layout.below(2, 1)], [4, 5, 6, 4]);
  assert.deepEqual([layout.below(6, -1), layout.below(5, -1), layout.below(0, -1)], [5, 3, 0]);
  assert.equal(layout.below(0, 99), 12);
});

test("a run of pictures is told by days", () => {
  assert.deepEqual(layout.spans(3, 8), [{ section: 0, from: 3, to: 5 }, { section: 1, from: 0, to: 1 }, { section: 2, from: 0, to: 2 }]);
});

test("a box touches what lies under any of it", () => {
  assert.deepEqual(layout.touched({ left: 50, top: 60, width: 80, height: 100 }), [[0, 2], [3, 5]]);
  assert.deepEqual(layout.touched({ left: 103, top: 60, width: 2, height: 10 }), []);
  assert.deepEqual(layout.touched({ left: 0, top: layout.tops[1], width: 316, height: 60 }), [[5, 6]]);
});

test("the address holds the search, and what it says wrongly is not asked for", () => {
  const search = { ...EVERYTHING, q: "a boat & sea", model: "owner/one", size: "512x768", from: "2026-11-01", kept: true, rating: 4, sort: /** @type {const} */ ("match") };
  assert.deepEqual(read(`#${fragmentOf(search)}`), search);
  const rejected = { ...EVERYTHING, rejected: true };
  assert.deepEqual([read(`#${fragmentOf(rejected)}`), isNarrowed(rejected)], [rejected, true]);
  assert.equal(fragmentOf(EVERYTHING), "history");
  assert.deepEqual(read("#history?rating=9&size=large&from=yesterday&sort=worst&kept=yes"), EVERYTHING);
});

test("clearing the filters keeps the place and the order", () => {
  const search = { ...EVERYTHING, bin: true, sort: /** @type {const} */ ("oldest"), q: "boat" };
  assert.equal(isNarrowed(search), true);
  assert.equal(isNarrowed(widened(search)), false);
  assert.deepEqual(widened(search), { ...EVERYTHING, bin: true, sort: "oldest" });
  assert.deepEqual([search, { ...search, kept: true }].map(clearingWords), ["Clear the search", "Clear filters"]);
});

test("Shift extends from where the last click was, and a shorter range takes back what was too much", async () => {
  const selection = new Selection(() => {});
  const ids = (/** @type {number} */ from, /** @type {number} */ to) => Array.from({ length: to - from + 1 }, (_, i) => `p${from + i}`);
  selection.toggle("p9", 9);
  selection.toggle("p2", 2);
  await selection.extend(5, ids);
  assert.deepEqual([...selection.ids].sort(), ["p2", "p3", "p4", "p5", "p9"]);
  await selection.extend(1, ids);
  assert.deepEqual([...selection.ids].sort(), ["p1", "p2", "p9"]);
  assert.equal(selection.clear(), true);
  assert.equal(selection.clear(), false);
});

test("a range whose ids come late does not undo what was selected meanwhile", async () => {
  const selection = new Selection(() => {});
  selection.mark(0);
  /** @type {(ids: string[]) => void} */
  let answer = () => {};
  const extended = selection.extend(3, () => new Promise((resolve) => (answer = resolve)));
  selection.clear();
  answer(["p0", "p1", "p2", "p3"]);
  await extended;
  assert.equal(selection.size, 0);
});

test("what came on top is told from what changed below", () => {
  const [today, ...rest] = DAYS;
  const more = compare(DAYS, [{ ...today, count: 8 }, ...rest]);
  assert.deepEqual([more.onTop, more.grown.get(today.key), more.isOther], [3, 3, false]);
  const tomorrow = compare(DAYS, [{ key: "2026-11-29", count: 2 }, ...DAYS]);
  assert.deepEqual([tomorrow.onTop, tomorrow.grown.size, tomorrow.isOther], [2, 0, false]);
  assert.equal(compare(DAYS, [today, rest[1]]).isOther, true);
  assert.equal(compare(DAYS, DAYS).isOther, false);
  assert.equal(compare([], [today]).isOther, true);
  assert.deepEqual(without(DAYS, new Map([["2026-11-27", 1], ["2025-12-31", 2]])), [DAYS[0], { key: "2025-12-31", count: 5 }]);
});

test("days are told as people call them", () => {
  const words = ["2026-11-28", "2026-11-27", "2026-11-14", "2025-11-14"].map((day) => dayWords(day, "2026-11-28"));
  assert.deepEqual(words, ["Today", "Yesterday", "14 November", "14 November 2025"]);
  assert.equal(before("2026-03-01", 1), "2026-02-28");
});

test("months beside the rail keep apart, and a year goes before a month", () => {
  const days = ["2026-11-28", "2026-10-31", "2026-10-02", "2026-01-05", "2025-12-24", "2025-11-01"].map((key) => ({ key }));
  const found = marks(days, (section) => [0, 40, 60, 70, 80, 120][section], 22);
  assert.deepEqual(found.map(({ text }) => text), ["Oct", "2025", "Nov"]);
});

test("the ids of days that follow each other are asked for at once, and each day's by itself where some came meanwhile", async (t) => {
  const ids = DAYS.map(({ key, count }) => Array.from({ length: count }, (_, i) => `${key} ${i}`));
  let isOther = false;
  /** @type {string[]} */
  const asked = [];
  t.mock.method(globalThis, "fetch", async (/** @type {string} */ address) => {
    const said = new URL(address, "http://localhost").searchParams;
    const section = said.get("section") ?? "";
    asked.push([section, said.get("from"), said.get("to")].filter(Boolean).join(" "));
    const pictures = section === "all" ? [...(isOther ? ["new"] : []), ...ids.flat()] : ids[DAYS.findIndex(({ key }) => key === section)];
    return Response.json({ pictures });
  });
  const source = new Source(() => EVERYTHING);
  const records = new Records({ ask: async () => [], arrived: () => {}, failed: () => {} });
  const spans = layout.spans(2, 9);
  const found = await source.ids(DAYS, spans, records);
  assert.deepEqual(found, ids.flat().slice(2, 9));
  assert.deepEqual(asked.splice(0), ["all 2025-12-31 2026-11-28"]);
  isOther = true;
  assert.deepEqual(await source.ids(DAYS, spans, records), found);
  assert.deepEqual(asked, ["all 2025-12-31 2026-11-28", ...DAYS.map(({ key }) => key)]);
});
