// @ts-check
// Of a long list the first rows, and a button for the others: what stands below it stays within reach.

import { button } from "../shared/dom/dom.js";

/** How many of `count` rows are shown, where `shown` were already and `few` are enough: none goes because another comes; a quarter more is not worth a click. @param {number} count @param {number} shown @param {number} few */
export const shownOf = (count, shown, few) => (count <= Math.max(shown, few * 1.25) ? count : Math.max(shown, few));

export class More {
  /** `few`: how many are enough at first. @param {HTMLElement} list @param {number} [few] */
  constructor(list, few = 12) {
    this.list = list;
    this.few = few;
    this.shown = 0;
    this.button = button("", "quiet-button share-more", () => this.open());
  }

  open() {
    const first = this.rows.find((row) => row.hidden);
    this.shown = Infinity;
    this.tell();
    first?.querySelector("button")?.focus();
  }

  /** The panel is opened anew. */
  forget() {
    this.shown = 0;
  }

  get rows() {
    return /** @type {HTMLElement[]} */ ([...this.list.children]);
  }

  /** The rows are others now. */
  tell() {
    const { rows } = this;
    const shown = shownOf(rows.length, this.shown, this.few);
    this.shown = Math.max(this.shown, shown);
    for (const [i, row] of rows.entries()) row.hidden = i >= shown;
    this.button.hidden = rows.length <= shown;
    const words = `Show ${rows.length - shown} more`;
    if (this.button.textContent !== words) this.button.textContent = words;
  }
}
