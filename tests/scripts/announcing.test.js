// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { Announcing } from "../../sdgui/web/shared/page/announcing.js";

test("of a dream its start, a quarter and half are said, each once, and nothing while it waits", () => {
  /** @type {string[]} */
  const said = [];
  const announcing = new Announcing((words) => said.push(words));
  const dream = /** @type {import("../../sdgui/web/shared/dreams/dream.js").Dream} */ (/** @type {unknown} */ ({ title: "a boat", hasBegun: false, fraction: 0 }));
  announcing.tell([dream]);
  dream.hasBegun = true;
  for (let percent = 0; percent <= 100; percent += 1) {
    dream.fraction = percent / 100;
    announcing.tell([dream]);
    announcing.tell([dream]);
  }
  assert.deepEqual(said, ["Started: “a boat”", "A quarter done: “a boat”", "Half done: “a boat”"]);
});

test("of what goes by too quickly only the latest is said", () => {
  /** @type {string[]} */
  const said = [];
  const announcing = new Announcing((words) => said.push(words));
  const dream = /** @type {import("../../sdgui/web/shared/dreams/dream.js").Dream} */ (/** @type {unknown} */ ({ title: "a boat", hasBegun: true, fraction: 0.7 }));
  announcing.tell([dream]);
  assert.deepEqual(said, ["Half done: “a boat”"]);
});
