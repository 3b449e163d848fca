// @ts-check
// Emptying the bin, which alone deletes for good: asked twice.

import { dialog } from "../shared/dom/dialog.js";
import { button, make } from "../shared/dom/dom.js";
import { grey } from "../shared/dom/grey.js";
import { size } from "../shared/dreams/words.js";
import { tell, wordsOf } from "../shared/fetch/ask.js";
import { pictures } from "./wall.js";

export class Emptying {
  /** @param {import("../shared/dom/toasts.js").Toasts} toasts @param {() => void} emptied */
  constructor(toasts, emptied) {
    this.toasts = toasts;
    this.emptied = emptied;
    this.words = make("p", {});
    this.go = button("", "quiet-button", () => this.step());
    this.keep = button("Keep them", "quiet-button is-main", () => this.element.close());
    this.isAskedAgain = false;
    this.count = 0;
    this.size = "";
    this.element = dialog({ id: "history-emptying", aria: { label: "Empty the bin" } },
      make("h2", { textContent: "Empty the bin" }), this.words, make("div", { className: "history-emptying-acts" }, this.keep, this.go));
  }

  /** @param {import("./told.js").ToldFacets} facets */
  open({ bin, bin_bytes: bytes }) {
    this.count = bin;
    this.size = bytes === undefined ? "" : ` (${size(bytes)})`;
    this.isAskedAgain = false;
    this.words.textContent = `${pictures(bin)}${this.size} will be deleted for good.`;
    this.go.textContent = "Delete for good…";
    this.go.classList.remove("is-grave");
    this.element.showModal();
    this.keep.focus();
  }

  async step() {
    if (!this.isAskedAgain) {
      this.isAskedAgain = true;
      this.words.textContent = `Nothing brings ${this.count === 1 ? "it" : "them"} back after that. Delete ${pictures(this.count)}${this.size} for good?`;
      this.go.textContent = `Yes, delete ${pictures(this.count)}`;
      this.go.classList.add("is-grave");
      this.keep.focus();
      return;
    }
    grey(this.go, "The bin is being emptied");
    try {
      /** @type {{ pictures: number, bytes: number }} */
      const done = await tell("/bin/empty", {});
      this.toasts.show(`${pictures(done.pictures)} deleted for good, which freed ${size(done.bytes)}.`);
      this.element.close();
      this.emptied();
    } catch (error) {
      this.toasts.show(wordsOf(error), "The bin was not emptied.", true);
    } finally {
      grey(this.go, "");
    }
  }
}
