// @ts-check
// Who is here: what each made, sent away or blocked by asking twice.

import { button, make } from "../shared/dom/dom.js";
import { tell } from "../shared/fetch/ask.js";
import { badge } from "./badge.js";
import { Part } from "./part.js";
import { tellRows } from "./rows.js";
import { twice } from "./twice.js";
import { countOf, deedsOf, inOrder } from "./words.js";

/**
 * @typedef {import("./told.js").Guest} Guest
 * @typedef {import("./told.js").QueuedDream} QueuedDream
 */

export class People {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.count = make("small", {});
    this.part = new Part("people", "Who is here", this.count);
    this.element = this.part.element;
    /** @type {Map<string, any>} */
    this.rows = new Map();
    this.list = make("ul", {});
    this.none = make("p", { className: "share-none", textContent: "Guests stand here once they come." });
    this.part.body.append(this.list, this.none);
  }

  /** @param {Guest[]} people @param {QueuedDream[]} queue */
  tell(people, queue) {
    const now = Date.now() / 1000;
    const sorted = inOrder(people);
    this.count.textContent = countOf(people);
    this.none.hidden = people.length > 0;
    this.list.hidden = !people.length;
    tellRows(this.list, this.rows, sorted, {
      key: ({ id }) => id,
      make: (guest) => this.row(guest),
      home: this.part.heading,
    });
    for (const guest of sorted) this.rows.get(guest.id).say(deedsOf(guest, queue, now));
  }

  /** @param {Guest} guest */
  row({ id, number, name }) {
    const deeds = make("small", {});
    const title = make("b", { textContent: name });
    const away = twice({ text: "Send away", sure: "Send away?", name, act: () => this.act(id, "send-away") });
    const block = twice({ text: "Block", sure: "Block?", name, className: "is-danger", act: () => this.act(id, "block") });
    const back = button("Let in again", "quiet-button", () => this.act(id, "unblock"), { aria: { label: `Let in again ${name}` } });
    const element = make("li", { className: "share-row", data: { testid: "guest" } }, badge(number),
      make("div", { className: "share-words" }, title, deeds), make("div", { className: "share-acts" }, away, block, back));
    /** @param {string} text */
    const say = (text) => {
      if (deeds.textContent !== text) deeds.textContent = text;
    };
    return {
      element,
      say,
      /** @param {Guest} guest */
      tell: (guest) => {
        const isOut = guest.blocked || guest.sent_away;
        const had = element.contains(document.activeElement);
        title.textContent = guest.name;
        element.classList.toggle("is-away", isOut || guest.state === "away");
        away.hidden = isOut;
        block.hidden = guest.blocked;
        back.hidden = !isOut;
        if (had && document.activeElement instanceof HTMLElement && !document.activeElement.offsetParent) back.focus();
      },
    };
  }

  /** @param {string} person @param {string} deed */
  async act(person, deed) {
    await this.part.act(() => tell(`/share/people/${person}`, { do: deed }));
    this.changed();
  }
}
