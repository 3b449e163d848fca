// @ts-check
// The keys of the page, and what a seed is.

import { dialog } from "../dom/dialog.js";
import { button, find, make, targetOf } from "../dom/dom.js";
import { ALT, KEY } from "../dom/keys.js";

/** @typedef {[names: string[], what: string][]} Keys */

export class Help {
  constructor() {
    this.close = button("Close", "quiet-button", () => this.element.close());
    this.seeds = make("p", { textContent: "A seed makes a picture repeatable: the same seed and settings give the same picture. Leave it empty for a new one each time; the lock keeps it." });
    const head = make("div", { className: "help-head" }, make("h2", { textContent: "Help" }), this.close);
    this.element = dialog({ id: "help", aria: { label: "Help" } }, head, this.seeds);
    find("#help-button").addEventListener("click", () => this.element.showModal());
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /** Where nobody writes a question. @param {KeyboardEvent} event */
  key(event) {
    if (event.key !== "?" || event.ctrlKey || event.metaKey || event.altKey) return;
    if (targetOf(event).closest("input:not([type=checkbox], [type=radio], [type=range]), textarea, select, dialog, [popover]")) return;
    event.preventDefault();
    this.element.showModal();
  }

  /** @param {string} title @param {Keys} keys */
  add(title, keys) {
    this.seeds.before(
      make("h2", { textContent: title }),
      make("dl", {}, ...keys.flatMap(([names, what]) => [make("dt", {}, ...names.flatMap(key)), make("dd", { textContent: what })])));
  }
}

/** @param {string} name @param {number} i @param {string[]} names @returns {(Node | string)[]} */
function key(name, i, names) {
  const isHeld = names[0] === KEY || names[0] === ALT;
  const between = i === 0 ? [] : [isHeld ? " + " : " "];
  return [...between, make("kbd", { textContent: name })];
}
