// @ts-check
// What strangers reported, at the top of the panel: each with what can be done about it.

import { button, make } from "../shared/dom/dom.js";
import { at } from "../shared/fetch/address.js";
import { ask } from "../shared/fetch/ask.js";
import { badge } from "./badge.js";
import { blurred } from "./blurred.js";
import { Judging } from "./judging.js";
import { More } from "./more.js";
import { Part } from "./part.js";
import { tellRows } from "./rows.js";
import { asTheyStood } from "./standing.js";
import { reportedOf } from "./words.js";

/** @typedef {import("./told.js").Report} Report */

export class Reports {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.part = new Part("reports", "Reported", make("small", { textContent: "by people who see shared pages" }));
    this.element = this.part.element;
    /** @type {Map<string, any>} */
    this.rows = new Map();
    /** What is dealt with stays in its place until the panel is closed. @type {Map<string, Report>} */
    this.dealt = new Map();
    /** @type {string[]} */
    this.order = [];
    this.list = make("ul", {});
    this.more = new More(this.list, 4);
    this.part.body.append(this.list, this.more.button);
    this.element.hidden = true;
  }

  /** The panel is closed. */
  forget() {
    this.dealt.clear();
    this.order = [];
    this.more.forget();
  }

  /** `isHeld`: none comes or goes just now. @param {Report[]} reports @param {boolean} isHeld */
  tell(reports, isHeld) {
    const open = new Set(reports.map(({ picture }) => picture));
    const items = [...reports, ...[...this.dealt.values()].filter(({ picture }) => !open.has(picture))];
    items.sort((a, b) => b.last - a.last || a.picture.localeCompare(b.picture));
    const placed = asTheyStood(items, this.order, ({ picture }) => picture);
    if (!isHeld) {
      this.order = placed.map(({ picture }) => picture);
      this.element.hidden = !items.length;
    }
    tellRows(this.list, this.rows, placed, { key: ({ picture }) => picture, make: (one) => this.row(one), home: this.part.heading, isHeld });
    this.more.tell();
  }

  /** @param {Report} one */
  row(one) {
    const reasons = make("p", { className: "share-reasons" });
    const facts = make("span", {});
    const dismiss = button("Dismiss", "quiet-button", () => this.dismiss(one.picture), { aria: { label: `Dismiss the report of “${one.prompt || "a picture"}”` } });
    /** @type {Judging} */
    const judging = new Judging(one, {
      act: (act) => this.part.act(act),
      changed: () => {
        this.dealt.set(one.picture, { ...one, ...judging.one });
        this.changed();
      },
      block: "Block guest",
      more: [dismiss],
    });
    const page = make("a", { href: at(one.place), target: "_blank", rel: "noreferrer", textContent: "the page", aria: { label: "Open the page where it is shown" } });
    const element = make("li", { className: "share-row is-reported", data: { testid: "report" } }, blurred(one),
      make("div", { className: "share-words" }, reasons, make("small", { className: "share-by" }, badge(one.number), make("span", {}, facts, page))), judging.element);
    return {
      element,
      /** @param {Report} now */
      tell: (now) => {
        const said = now.reasons.length ? now.reasons.map((reason) => `“${reason}”`).join(" ") : "No reason was given.";
        if (reasons.textContent !== said) reasons.textContent = said;
        facts.textContent = reportedOf(now, Date.now() / 1000);
        const dealt = this.dealt.get(now.picture);
        judging.tell(dealt ? { ...now, state: dealt.state } : now);
        dismiss.hidden = judging.one.state !== "shown";
      },
    };
  }

  /** @param {string} picture */
  async dismiss(picture) {
    if (await this.part.act(() => ask(`/share/reports/${picture}`, { method: "DELETE" }))) this.dealt.delete(picture);
    this.changed();
  }
}
