// @ts-check
// What is said where our routes are not reached, or refuse.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Refused, Unanswered, ask, wordsOf } from "../../sdgui/web/shared/fetch/ask.js";

/** @param {import("node:test").TestContext} t @param {() => Promise<Response>} answer */
const answers = (t, answer) => t.mock.method(globalThis, "fetch", answer);

test("where nobody answers that is said, and not what the browser calls it", async (t) => {
  answers(t, async () => {
    throw new TypeError("Failed to fetch");
  });
  const error = await ask("/status").catch((fault) => fault);
  assert.ok(error instanceof Unanswered);
  assert.equal(wordsOf(error), "The server does not answer.");
});

test("a route that refuses is heard in its own words", async (t) => {
  answers(t, async () => Response.json({ detail: "Not yours." }, { status: 403 }));
  const error = await ask("/models").catch((fault) => fault);
  assert.ok(error instanceof Refused);
  assert.deepEqual([wordsOf(error), error.status], ["Not yours.", 403]);
});
test("a sentence of the doors is told whole", async (t) => {
  answers(t, async () => new Response("You were sent away for an hour.", { status: 403, headers: { "content-type": "text/plain; charset=utf-8" } }));
  await assert.rejects(ask("/me"), { message: "You were sent away for an hour.", status: 403 });
});

