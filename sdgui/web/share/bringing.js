// @ts-check
// Pictures that a browser made before its person was known by name, or by the owner's link: they come along when asked.

import { QuietLine } from "../shared/dom/quiet-line.js";
import { pictures } from "../shared/dreams/words.js";
import { ask, wordsOf } from "../shared/fetch/ask.js";

/**
 * @typedef {import("../shared/page/page.js").Page} Page
 * @typedef {import("./told.js").Me} Me
 */

export class Bringing {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    this.line = new QuietLine(page.bar.notes, "bring-along");
  }

  /** @param {Me} me */
  tell(me) {
    const words = me.role === "owner" ? "Pictures that this browser made before are not among yours yet" : "Pictures that this browser made before are not under your name yet";
    if (me.bring) this.line.say(words, { text: "Bring them", act: () => this.take(me) });
    else this.line.clear();
  }

  /** @param {Me} me */
  async take(me) {
    try {
      const { pictures: count } = await ask("/me/bring", { method: "POST" });
      this.page.toasts.show(`${pictures(count)} brought.`);
      for (const told of this.page.returning) told();
      await this.page.dreams.refresh();
    } catch (error) {
      this.page.toasts.show(wordsOf(error), "", true);
      this.tell(me);
    }
  }
}
