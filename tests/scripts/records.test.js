// @ts-check
// What the history knows of its pictures.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Records } from "../../sdgui/web/history/records.js";

const BLOCK = 100;

/** @param {number} count */
function past(count) {
  const day = { key: "2026-11-28", count };
  /** @type {() => void} */
  let came = () => {};
  const records = new Records({
    ask: async (_, offset, limit) => Array.from({ length: limit }, (_none, i) => /** @type {any} */ ({ id: `picture ${offset + i}` })),
    arrived: () => came(),
    failed: (error) => assert.fail(String(error)),
  });
  /** @param {number} from */
  const look = (from) => new Promise((done) => {
    came = () => done(undefined);
    records.want([day], [{ section: 0, from, to: from + BLOCK }]);
    records.ask();
  });
  return { day, records, look };
}

test("who scrolls past everything does not have all of it kept", async () => {
  const { day, records, look } = past(100_000);
  await look(0);
  for (let from = 0; from < 30_000; from += BLOCK) await look(from + BLOCK);
  assert.equal(records.byId.size, 20_000);
  assert.equal(records.at(day.key, 0), undefined);
  assert.equal(records.at(day.key, 30_000)?.id, "picture 30000");
  await look(0);
  assert.equal(records.at(day.key, 0)?.id, "picture 0");
});

test("what is looked at first is asked for at once", async () => {
  const { day, records } = past(1000);
  records.want([day], [{ section: 0, from: 0, to: 50 }]);
  assert.equal(records.coming.size, 1);
});

test("what was found before and is there no more is not known by its id either", async () => {
  const { records, look, day } = past(200);
  await look(0);
  records.asks = async (_, offset, limit) => Array.from({ length: limit }, (_none, i) => /** @type {any} */ ({ id: `picture ${offset + i + 1}` }));
  records.age();
  await look(0);
  assert.equal(records.byId.size, 100);
  assert.equal(records.byId.get("picture 0"), undefined);
  assert.equal(records.byId.get("picture 5"), records.at(day.key, 4));
});
