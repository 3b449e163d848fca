// @ts-check
// When to come again, counted down.

import assert from "node:assert/strict";
import { test } from "node:test";

import { countDown, parted } from "../../sdgui/web/shared/dom/come-again.js";

test("a refusal is parted from when to come again, where it says so in the seconds that came with it", () => {
  assert.deepEqual(parted("You may begin 6 dreams a minute. Come again in 55 seconds.", 55), { error: "You may begin 6 dreams a minute.", seconds: 55 });
  assert.deepEqual(parted("Too many. Come again in a second.", 1), { error: "Too many.", seconds: 1 });
  assert.deepEqual(parted("As many people watch here as there is room for.", 10), { error: "As many people watch here as there is room for.", seconds: 0 });
  assert.deepEqual(parted("The server refused that.", 0), { error: "The server refused that.", seconds: 0 });
});

test("that it is over is asked before it is said, and not said where it is not so", async (context) => {
  const made = () => ({ setAttribute() {}, className: "", textContent: "" });
  const { document } = globalThis;
  Object.assign(globalThis, { document: { createElement: made } });
  context.after(() => Object.assign(globalThis, { document }));
  /** @param {boolean} answer */
  const said = async (answer) => {
    /** @type {any} */
    const element = { textContent: "", isConnected: true, contains: () => true, replaceChildren() {} };
    let ends = 0;
    countDown(element, 0, "You can dream again.", () => (ends += 1), async () => answer);
    await Promise.resolve();
    await Promise.resolve();
    return [element.textContent, ends];
  };
  assert.deepEqual(await said(true), ["You can dream again.", 1]);
  assert.deepEqual(await said(false), ["", 0]);
});
