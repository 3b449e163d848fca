// @ts-check
// What can be done with the selected pictures, below them.

import { button, make } from "../shared/dom/dom.js";
import { grey } from "../shared/dom/grey.js";
import { icon } from "./icons.js";

/**
 * @typedef {{ keep: () => void, rate: (rating: number) => void, compare: () => void, share: () => void, save: () => void,
 *   clear: () => void, remove: () => void, restore: () => void }} Calls
 * @typedef {import("../shared/dom/menu.js").Menu} Menu
 */

/** Compare shows so many beside each other. */
export const MOST_COMPARED = 64;

export class Bar {
  /** @param {Menu} menu @param {Calls} calls */
  constructor(menu, calls) {
    this.count = make("b", { className: "history-selected" });
    this.keep = this.act("heart", "Keep", calls.keep);
    this.stars = new Stars((rating) => calls.rate(rating));
    this.rate = this.act("star", "Rate", () => menu.open(this.rate, [1, 2, 3, 4, 5, 0].map((rating) => ({
      text: rating ? "★".repeat(rating) : "No rating", act: () => calls.rate(rating),
    }))));
    this.rate.setAttribute("aria-haspopup", "menu");
    this.rate.classList.add("history-narrow");
    this.stars.element.classList.add("history-wide");
    this.compare = this.act("compare", "Compare", calls.compare);
    this.share = this.act("share", "Share", calls.share);
    this.save = this.act("export", "Export", calls.save);
    this.clear = button("Clear", "link-button history-unselect", calls.clear);
    this.restore = this.act("back", "Restore", calls.restore);
    this.remove = this.act("bin", "Delete", calls.remove);
    this.remove.classList.add("is-grave");
    this.element = make("div", { className: "history-bar", role: "toolbar", hidden: true, aria: { label: "The selected pictures" } },
      this.count, this.keep, this.stars.element, this.rate, this.compare, this.share, this.save, this.restore, this.clear, this.remove);
  }

  /** @param {"heart" | "star" | "compare" | "share" | "export" | "back" | "bin"} drawing @param {string} text @param {() => void} act */
  act(drawing, text, act) {
    const element = button("", "history-act", act);
    element.append(icon(drawing, 18), make("span", { textContent: text }));
    return element;
  }

  /**
   * `canShare`: something makes pages of pictures
   * @param {import("./deeds.js").Judged & { count: number, isBin: boolean, canShare: boolean }} selected
   */
  show({ count, kept, least, most, isBin, canShare }) {
    this.element.hidden = count === 0;
    if (!count) return;
    this.count.textContent = `${count.toLocaleString("en")} selected`;
    for (const element of [this.keep, this.stars.element, this.rate, this.compare, this.save, this.remove]) element.hidden = isBin;
    this.restore.hidden = !isBin;
    this.share.hidden = isBin || !canShare;
    grey(this.share, count > MOST_COMPARED ? `Select up to ${MOST_COMPARED} pictures to share them` : "", "Make a page to send");
    this.keep.classList.toggle("is-on", kept === "all");
    this.keep.classList.toggle("is-some", kept === "some");
    this.keep.setAttribute("aria-pressed", kept === "some" ? "mixed" : String(kept === "all"));
    this.keep.title = { none: "Keep them (K)", some: "Some are kept: keep all of them (K)", all: "All are kept: no longer (K)" }[kept];
    this.stars.show(least, most);
    const can = count >= 2 && count <= MOST_COMPARED;
    grey(this.compare, can ? "" : `Select 2 to ${MOST_COMPARED} pictures to compare them`, count === 2 ? "As A and B" : "As a wall");
  }
}

/** Five stars: a click on the one that is given takes it back. */
export class Stars {
  /** @param {(rating: number) => void} act */
  constructor(act) {
    this.rating = 0;
    this.buttons = [1, 2, 3, 4, 5].map((rating) => {
      const star = button("", "history-star", () => act(this.rating === rating ? 0 : rating), { aria: { label: `${rating} of 5`, pressed: false }, title: `Rate ${rating} (${rating})` });
      star.append(icon("star", 18));
      return star;
    });
    this.element = make("div", { className: "history-stars", role: "group", aria: { label: "Rating" } }, make("span", { textContent: "Rate" }), ...this.buttons);
  }

  /** What is rated, or all of them at least, and some of them at most. @param {number} rating @param {number} [most] */
  show(rating, most = rating) {
    this.rating = rating === most ? rating : -1;
    this.buttons.forEach((star, i) => {
      star.classList.toggle("is-on", i < rating);
      star.classList.toggle("is-some", i >= rating && i < most);
      star.setAttribute("aria-pressed", this.rating < 0 && i >= rating - 1 && i < most ? "mixed" : String(i + 1 === this.rating));
    });
  }
}
