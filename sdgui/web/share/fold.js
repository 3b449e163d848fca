// @ts-check
// What guests may do, behind one line that says it in short, where the panel is narrow; beside all else where it is wide.

import { make } from "../shared/dom/dom.js";
import { icon } from "./icons.js";
import { termsInShort } from "./words.js";

/** Where the panel has one column; its styles say the same of its own width. */
export const NARROW = matchMedia("(width <= 712px)");

export class Fold {
  /** @param {...HTMLElement} parts */
  constructor(...parts) {
    this.short = make("small", {});
    this.button = make("button", { type: "button", className: "share-fold", aria: { expanded: "false", controls: "share-may" } },
      make("span", {}, make("b", { textContent: "What guests may do" }), this.short), icon("down"));
    this.body = make("div", { id: "share-may" }, ...parts);
    this.element = make("div", {}, this.button, this.body);
    this.button.addEventListener("click", () => this.open(this.button.getAttribute("aria-expanded") !== "true"));
  }

  /** @param {boolean} isOpen */
  open(isOpen) {
    this.button.setAttribute("aria-expanded", String(isOpen));
  }

  /** @param {import("./told.js").Limits} limits @param {string[]} words */
  tell(limits, words) {
    const text = termsInShort(limits, words.length);
    if (this.short.textContent !== text) this.short.textContent = text;
  }
}
