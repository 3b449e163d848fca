// @ts-check
// A picture that is pinned: it may still be on its way. And what of the pins outlives the page: their ids.

import { ask } from "../../shared/fetch/ask.js";
import { loaded } from "../../shared/fetch/image.js";

/**
 * @typedef {import("../../shared/dreams/told.js").ToldPicture} ToldPicture
 * @typedef {{ a: string | null, b: string | null }} Pins
 */

const STORED = "sdgui-pair-1";
const ID = /^[A-Za-z0-9_-]{1,64}$/;

export class Pin {
  /** @param {string} id */
  constructor(id) {
    this.id = id;
    /** @type {ToldPicture | null} */
    this.facts = null;
    /** @type {HTMLImageElement | null} */
    this.image = null;
    this.isCompared = false;
  }

  /** Facts and pixels; calls `show` with what the wall shows already, then with the original. @param {() => void} show */
  async load(show) {
    const [facts, small] = await Promise.all([
      ask(`/picture/${this.id}/facts`),
      loaded(`/thumb/${this.id}`).catch(() => null),
    ]);
    if (small) {
      Object.assign(this, { facts, image: small });
      show();
    }
    const image = await loaded(`/picture/${this.id}`);
    Object.assign(this, { facts, image });
    show();
  }
}

/** The ids of the last visit: {a, b}, each an id or null. @returns {Pins} */
export function remembered() {
  let stored = null;
  try {
    stored = JSON.parse(localStorage.getItem(STORED) ?? "null");
  } catch {
    // Not ours, or a browser that keeps nothing.
  }
  /** @param {unknown} value */
  const id = (value) => (typeof value === "string" && ID.test(value) ? value : null);
  return { a: id(stored?.a), b: id(stored?.b) };
}

/** @param {Pins} pins */
export function remember({ a, b }) {
  try {
    localStorage.setItem(STORED, JSON.stringify({ a, b }));
  } catch {
    // A browser that keeps nothing: the pins last as long as the page.
  }
}
