// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { Pace, cropsOf } from "../../sdgui/web/shared/dreams/strips.js";

test("pictures lie row by row in their strip", () => {
  const crops = cropsOf({ id: "s", revision: 7, columns: 2, width: 128, height: 96, pictures: [4, 5, 9] });
  assert.deepEqual(crops.get(4), { x: 0, y: 0, width: 128, height: 96, revision: 7 });
  assert.deepEqual(crops.get(5), { x: 128, y: 0, width: 128, height: 96, revision: 7 });
  assert.deepEqual(crops.get(9), { x: 0, y: 96, width: 128, height: 96, revision: 7 });
});

/** How many previews are taken of a dream. @param {number} steps @param {number} milliseconds of one step @param {boolean} isShared */
function taken(steps, milliseconds, isShared) {
  const pace = new Pace();
  pace.isShared = isShared;
  let count = 0;
  for (let step = 1; step <= steps; step += 1) {
    if (!pace.isDue({ step, steps }, step * milliseconds)) continue;
    pace.took({ step }, step * milliseconds);
    count += 1;
  }
  return count;
}

test("beside the engine on one processor at most four previews a second are taken", () => {
  assert.ok(taken(100, 50, true) <= 21);
  assert.equal(taken(25, 300, true), 25);
});

test("of 25 steps at least eight are shown, however quick", () => {
  for (const milliseconds of [5, 20, 60, 150, 300]) {
    assert.ok(taken(25, milliseconds, true) >= 8, `${milliseconds} ms a step`);
    assert.ok(taken(25, milliseconds, false) >= 8, `${milliseconds} ms a step`);
  }
});

test("the next batch begins at once", () => {
  const pace = new Pace();
  pace.took({ step: 25 }, 1000);
  assert.ok(pace.isDue({ step: 1, steps: 25 }, 1001));
});
