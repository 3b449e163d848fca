// @ts-check
// Controls that cannot be used say why.

import assert from "node:assert/strict";
import { test } from "node:test";

import { grey } from "../../sdgui/web/shared/dom/grey.js";

/** A button as far as it matters here. @param {string} title */
function buttonOf(title) {
  /** @type {Record<string, string>} */
  const attributes = {};
  const control = {
    title, disabled: false, attributes,
    setAttribute: (/** @type {string} */ name, /** @type {string} */ value) => (attributes[name] = value),
    removeAttribute: (/** @type {string} */ name) => delete attributes[name],
  };
  return /** @type {HTMLButtonElement & { attributes: any }} */ (/** @type {unknown} */ (control));
}

test("what is grey says why, and what it does once it can be used", () => {
  const control = buttonOf("As large as the window");
  for (let i = 0; i < 2; i++) {
    grey(control, "The two are not loaded yet");
    assert.deepEqual([control.disabled, control.title], [true, "The two are not loaded yet"]);
    assert.equal(control.attributes["aria-description"], "The two are not loaded yet");
  }
  grey(control, "");
  assert.deepEqual([control.disabled, control.title, control.attributes], [false, "As large as the window", {}]);
  grey(control, null, "As A and B");
  assert.equal(control.title, "As A and B");
});
