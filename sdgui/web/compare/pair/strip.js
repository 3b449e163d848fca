// @ts-check
// Where the settings are a drawer, A and B are seen below the sheets, and what is pinned opens from there.

import { button, find, make } from "../../shared/dom/dom.js";
import { grey } from "../../shared/dom/grey.js";
import { at } from "../../shared/fetch/address.js";

export const LOADING = "The two are not loaded yet";
const MISSING = "Pin another to compare the two";

export class Strip {
  /** @param {import("./pair.js").Pair} pair */
  constructor(pair) {
    this.pair = pair;
    this.pictures = make("span", { className: "pair-strip-pictures" });
    this.words = make("span", { className: "pair-strip-words" });
    this.element = make("button", { type: "button", className: "pair-strip", hidden: true },
      this.pictures, this.words, make("span", { textContent: "⌃", className: "pair-strip-sign", aria: { hidden: true } }));
    this.element.addEventListener("click", () => pair.large.open());
    this.clear = button("✕", "quiet-button pair-strip-clear", () => pair.clear(), { title: "Forget A and B; the pictures stay", aria: { label: "Clear A and B" }, hidden: true });
  }

  show() {
    const { pins, stage } = this.pair;
    const pinned = /** @type {const} */ (["a", "b"]).flatMap((which) => (pins[which] ? [{ which, pin: pins[which] }] : []));
    if (!pinned.length && document.activeElement === this.clear) find("#dream-button").focus({ preventScroll: true });
    this.element.hidden = this.clear.hidden = !pinned.length;
    grey(this.element, stage.isFull ? "" : pinned.length === 2 ? LOADING : MISSING);
    this.pictures.replaceChildren(...pinned.map(({ which, pin }) => make("span", {},
      make("img", { alt: "", src: at(`/thumb/${pin.id}`), draggable: false }), make("b", { textContent: which.toUpperCase() }))));
    const seeds = pinned.map(({ pin }) => pin.facts?.seed ?? "…");
    this.words.textContent = pinned.length === 2 ? `Compare ${seeds.join(" and ")}` : MISSING;
  }
}
