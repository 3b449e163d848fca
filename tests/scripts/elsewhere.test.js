// @ts-check
// A page that is seen and not touched hears of what was done on another device.

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { CALM, Elsewhere } from "../../sdgui/web/shared/page/elsewhere.js";

mock.timers.enable();

test("what is stored otherwise than before is looked at, while somebody can see it", async () => {
  const page = Object.assign(new EventTarget(), { hidden: false });
  let [revision, asked, looks] = ["1", 0, 0];
  const answered = async () => {
    for (let turn = 0; turn < 5; turn += 1) await Promise.resolve();
  };
  const passes = () => {
    mock.timers.tick(CALM);
    return answered();
  };
  const ask = async () => {
    asked += 1;
    if (revision === "gone") throw new Error("nobody answers");
    return { revision };
  };
  new Elsewhere({ ask, changed: () => (looks += 1), page });
  await answered();
  await passes();
  assert.deepEqual([asked, looks], [2, 0]);
  revision = "2";
  await passes();
  await passes();
  assert.deepEqual([asked, looks], [4, 1]);
  revision = "gone";
  await passes();
  revision = "3";
  await passes();
  assert.deepEqual([asked, looks], [6, 2]);
  Object.assign(page, { hidden: true }).dispatchEvent(new Event("visibilitychange"));
  await passes();
  assert.equal(asked, 6);
  Object.assign(page, { hidden: false }).dispatchEvent(new Event("visibilitychange"));
  await passes();
  assert.equal(asked, 7);
});
