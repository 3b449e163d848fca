// @ts-check
// In which order people stand: who is here first, and as they stood when the panel was opened, so that nobody else comes
// to lie under a finger or a pointer.

import { inOrder, isGone } from "./words.js";

/** @typedef {import("./told.js").Guest} Guest */

/** Those of `items` that stood in `order` as they stood, the others behind them as they are. @template T @param {T[]} items @param {string[]} order @param {(item: T) => string} key */
export function asTheyStood(items, order, key) {
  const places = new Map(order.map((name, i) => [name, i]));
  const placeOf = (/** @type {T} */ item) => places.get(key(item)) ?? order.length;
  return [...items].sort((a, b) => placeOf(a) - placeOf(b));
}

export class Standing {
  constructor() {
    /** @type {string[]} */
    this.here = [];
    /** Who was gone when it was opened, who was here last first. @type {string[]} */
    this.gone = [];
    this.isNew = true;
  }

  /** The panel is opened: all stand anew. */
  renew() {
    this.isNew = true;
  }

  /** @param {Guest[]} people @returns {{ here: Guest[], gone: Guest[] }} */
  place(people) {
    const known = new Map(people.map((one) => [one.id, one]));
    if (this.isNew) {
      this.here = [];
      this.gone = people.filter(isGone).sort((a, b) => b.seen - a.seen || a.number - b.number).map(({ id }) => id);
    }
    this.isNew = false;
    const isBack = (/** @type {string} */ id) => !isGone(/** @type {Guest} */ (known.get(id)));
    this.gone = this.gone.filter((id) => known.has(id) && !isBack(id));
    const apart = new Set(this.gone);
    const stood = this.here.filter((id) => known.has(id));
    const standing = new Set(stood);
    const came = inOrder(people.filter(({ id }) => !standing.has(id) && !apart.has(id)));
    this.here = [...stood, ...came.map(({ id }) => id)];
    const told = (/** @type {string[]} */ ids) => ids.map((id) => /** @type {Guest} */ (known.get(id)));
    return { here: told(this.here), gone: told(this.gone) };
  }
}
