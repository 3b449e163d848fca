// @ts-check
// The owner's other browsers: how many pictures they made, in a line where one looks for them, and whose they are in a
// list that is asked for. What is brought is seen in both from then on.

import { dialog } from "../shared/dom/dialog.js";
import { button, make } from "../shared/dom/dom.js";
import { ago, pictures } from "../shared/dreams/words.js";
import { at } from "../shared/fetch/address.js";
import { ask, tell, wordsOf } from "../shared/fetch/ask.js";
import { tellRows } from "./rows.js";
import { twice } from "./twice.js";
import { broughtOf, kindOf, madeElsewhere } from "./words.js";

/**
 * @typedef {import("../shared/page/page.js").Page} Page
 * @typedef {import("./told.js").OtherBrowser} OtherBrowser
 * @typedef {{ element: HTMLElement, tell: (one: OtherBrowser) => void }} Row
 */

export class OtherBrowsers {
  /** @param {Page} page */
  constructor(page) {
    this.page = page;
    /** Where it is told, each with the way to the list. */
    this.lines = [page.inOtherBrowsers, make("div", { className: "in-other-browsers", hidden: true })];
    page.choices.add(this.lines[1]);
    /** @type {Map<string, Row>} */
    this.rows = new Map();
    this.list = make("ul", {});
    this.fault = make("p", { className: "share-fault", role: "alert" });
    this.close = button("Close", "quiet-button", () => this.element.close());
    this.all = twice({ text: "Bring all", sure: "Yes, bring all", name: "", act: () => this.bring([...this.rows.keys()]) });
    const title = make("h2", { id: "other-browsers-title", textContent: "Made in other browsers" });
    this.element = dialog({ id: "other-browsers", aria: { labelledby: title.id } }, title,
      make("p", { textContent: "What you bring is one person’s from then on: both browsers show all of it, and nothing takes that back. Where several people use this machine, bring only what is yours." }),
      this.list, this.fault, make("div", { className: "other-browsers-acts" }, this.all, this.close));
  }

  /** Asks what there is; what went wrong is said in the list. */
  async look() {
    try {
      this.tell(await ask("/me/browsers"));
    } catch (error) {
      this.fault.textContent = wordsOf(error);
    }
  }

  /** @param {{ pictures: number, browsers: OtherBrowser[] }} told */
  tell({ pictures: count, browsers }) {
    for (const line of this.lines) {
      line.hidden = !count;
      line.replaceChildren(...(count ? [make("p", { textContent: madeElsewhere(count) }), button("Show them…", "quiet-button", () => this.open())] : []));
    }
    tellRows(this.list, this.rows, browsers, { key: ({ id }) => id, make: (one) => this.row(one), home: this.close });
    this.all.hidden = browsers.length < 2;
    if (!count) this.element.close();
  }

  open() {
    this.page.choices.element.close();
    this.fault.textContent = "";
    this.element.showModal();
    this.look();
  }

  /** @param {OtherBrowser} one @returns {Row} */
  row({ id, kind: what, pictures: made, thumbs }) {
    const strip = make("span", { className: "other-browsers-thumbs" }, ...Array.from({ length: thumbs }, (_, i) =>
      make("img", { src: at(`/me/browsers/${id}/${i}`), alt: "", loading: "lazy", decoding: "async", draggable: false })));
    const count = make("b", {});
    const kind = make("small", {});
    const them = made === 1 ? "it" : "them";
    const act = twice({ text: `Bring ${them}`, sure: `Yes, bring ${them}`, name: `(${pictures(made)}, ${kindOf(what)})`, act: () => this.bring([id]) });
    const element = make("li", { data: { testid: "other-browser" } }, strip, make("span", { className: "other-browsers-words" }, count, kind), act);
    return {
      element,
      tell: (now) => {
        count.textContent = pictures(now.pictures);
        kind.textContent = `${kindOf(now.kind)} · last used ${ago(now.last)}`;
      },
    };
  }

  /** Brings what these made. @param {string[]} browsers */
  async bring(browsers) {
    if (this.list.ariaBusy === "true") return;
    this.list.ariaBusy = "true";
    this.fault.textContent = "";
    try {
      const { pictures: count } = await tell("/me/browsers", { browsers });
      this.page.toasts.show(broughtOf(count, browsers.length));
      this.page.returned();
      await Promise.all([this.look(), this.page.dreams.refresh({ isWhole: true })]);
    } catch (error) {
      await this.look();
      this.fault.textContent = wordsOf(error);
    } finally {
      this.list.ariaBusy = "false";
    }
  }
}
