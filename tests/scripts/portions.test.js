// @ts-check
// Many at once go in portions.

import assert from "node:assert/strict";
import { test } from "node:test";

import { PORTION, Partly, inPortions } from "../../sdgui/web/shared/fetch/portions.js";

const ids = Array.from({ length: 2 * PORTION + 1 }, (_, i) => String(i));

test("all are sent, each once and in their order, and it is told how far it is", async () => {
  /** @type {number[]} */
  const told = [];
  const answers = await inPortions(ids, async (portion) => portion, (sent) => told.push(sent));
  assert.deepEqual(answers.flat(), ids);
  assert.deepEqual([answers.map(({ length }) => length), told], [[PORTION, PORTION, 1], [PORTION, 2 * PORTION]]);
  assert.deepEqual(await inPortions([], async (portion) => portion), []);
});

test("where one fails it is known what was sent, and nothing more is", async () => {
  let count = 0;
  const send = async (/** @type {string[]} */ portion) => {
    count += 1;
    if (count === 2) throw new Error("The disk is full.");
    return portion.length;
  };
  const fault = await inPortions(ids, send).catch((error) => error);
  assert.ok(fault instanceof Partly);
  assert.deepEqual([fault.message, fault.sent, fault.answers, count], ["The disk is full.", PORTION, [PORTION], 2]);
});
