// @ts-check
// Of a long list the first rows, and a button for the others: what stands below it stays within reach.

import { button } from "../shared/dom/dom.js";

export class More {
  /** `few`: how many are shown; a quarter more is not worth a click. @param {HTMLElement} list @param {number} [few] */
  constructor(list, few = 12) {
    this.list = list;
    this.few = few;
    this.isAsked = false;
    this.button = button("", "quiet-button share-more", () => this.open());
  }

  open() {
    const first = /** @type {HTMLElement | undefined} */ (this.rows[this.few]);
    this.isAsked = true;
    this.tell();
    first?.querySelector("button")?.focus();
  }

  /** The panel is opened anew. */
  forget() {
    this.isAsked = false;
  }

  get rows() {
    return /** @type {HTMLElement[]} */ ([...this.list.children]);
  }

  /** The rows are others now. */
  tell() {
    const { rows, few } = this;
    const areAll = this.isAsked || rows.length <= few * 1.25;
    for (const [i, row] of rows.entries()) row.hidden = !areAll && i >= few;
    this.button.hidden = areAll;
    const words = `Show ${rows.length - few} more`;
    if (this.button.textContent !== words) this.button.textContent = words;
  }
}
