// @ts-check
// What the owner does with one picture of somebody: hidden, deleted or its maker blocked at once, and taken back there.

import { button, make } from "../shared/dom/dom.js";
import { tell } from "../shared/fetch/ask.js";

/**
 * @typedef {import("./told.js").Theirs} Theirs
 * @typedef {{ act: (act: () => Promise<unknown>) => Promise<boolean>, changed: () => void, block?: string, more?: HTMLElement[] }} How
 */

const STATES = { shown: "", hidden: "Hidden", deleted: "Deleted" };

export class Judging {
  /** `act` says what fails, `changed` is told of what was done, `block` says that button, `more` are others. @param {Theirs} one @param {How} how */
  constructor(one, { act, changed, block = "Block", more = [] }) {
    this.one = one;
    this.act = act;
    this.changed = changed;
    this.blocks = one.person !== null;
    const of = `“${one.prompt || "a picture"}” of ${one.name}`;
    this.state = make("b", { className: "share-judged" });
    this.hide = this.button("Hide", `Hide ${of}`, () => this.decide("hide", "hidden"));
    this.remove = this.button("Delete", `Delete ${of}`, () => this.decide("delete", "deleted"), "is-danger");
    this.show = this.button("Show", `Show again ${of}`, () => this.decide("show", "shown"));
    this.undo = this.button("Undo", `Bring back ${of}`, () => this.decide("restore", "shown"));
    this.block = this.button(block, `${block}: ${one.name}`, () => this.bar(true), "is-danger");
    this.back = this.button("Let in", `Let in again ${one.name}`, () => this.bar(false));
    this.element = make("div", { className: "share-acts" }, this.state, this.hide, this.show, this.undo, this.remove, this.block, this.back, ...more);
    this.tell(one);
  }

  /** @param {string} text @param {string} label @param {() => void} act @param {string} [className] */
  button(text, label, act, className = "") {
    return button(text, `quiet-button ${className}`, act, { aria: { label } });
  }

  /** @param {Theirs} one */
  tell(one) {
    this.one = one;
    const { state, blocked } = one;
    const had = this.element.contains(document.activeElement);
    this.state.textContent = STATES[state];
    this.state.hidden = state === "shown";
    this.hide.hidden = state !== "shown";
    this.show.hidden = state !== "hidden";
    this.undo.hidden = state !== "deleted";
    this.remove.hidden = state === "deleted";
    this.block.hidden = !this.blocks || blocked;
    this.back.hidden = !this.blocks || !blocked;
    // the way back stands where the keyboard was
    if (had && document.activeElement instanceof HTMLElement && document.activeElement.hidden) [this.undo, this.show, this.hide].find((way) => !way.hidden)?.focus();
  }

  /** @param {string} deed @param {Theirs["state"]} state */
  async decide(deed, state) {
    const isDone = await this.act(() => tell("/share/pictures", { pictures: [this.one.picture], do: deed }));
    if (!isDone) return;
    this.tell({ ...this.one, state });
    this.changed();
  }

  /** @param {boolean} isBlocked */
  async bar(isBlocked) {
    const isDone = await this.act(() => tell(`/share/people/${this.one.person}`, { do: isBlocked ? "block" : "unblock" }));
    if (!isDone) return;
    this.tell({ ...this.one, blocked: isBlocked });
    (isBlocked ? this.back : this.block).focus();
    this.changed();
  }
}
