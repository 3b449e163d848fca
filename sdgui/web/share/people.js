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
  /** `look` shows somebody's pictures, or everybody's; `invite` lets in only who is invited. @param {{ changed: () => void, look: (person: Guest | null) => void, invite: () => Promise<unknown> }} calls */
  constructor({ changed, look, invite }) {
    this.changed = changed;
    this.look = look;
    this.count = make("small", {});
    this.all = button("All pictures", "quiet-button", () => look(null), { aria: { label: "All pictures of guests" } });
    this.part = new Part("people", "Who is here", this.count, this.all);
    this.element = this.part.element;
    /** @type {Map<string, any>} */
    this.rows = new Map();
    this.list = make("ul", {});
    this.none = make("p", { className: "share-none", textContent: "Guests stand here once they come." });
    this.back = make("div", { className: "share-hint", hidden: true },
      make("p", { textContent: "Who is blocked and has no name can come back as a new guest: only invitations keep them out. Whoever came without one is out then, too." }),
      button("Only who is invited", "quiet-button", () => this.part.act(invite)));
    this.part.body.append(this.list, this.none, this.back);
  }

  /** `isOpen`: who has no invitation comes in. @param {Guest[]} people @param {QueuedDream[]} queue @param {boolean} isOpen */
  tell(people, queue, isOpen) {
    const now = Date.now() / 1000;
    const sorted = inOrder(people);
    this.count.textContent = countOf(people);
    this.none.hidden = people.length > 0;
    this.all.hidden = !people.some((one) => one.pictures);
    this.back.hidden = !isOpen || !people.some((one) => one.blocked && one.anonymous);
    this.list.hidden = !people.length;
    tellRows(this.list, this.rows, sorted, {
      key: ({ id }) => id,
      make: (guest) => this.row(guest),
      home: this.part.heading,
    });
    for (const guest of sorted) this.rows.get(guest.id).say(deedsOf(guest, queue, now));
  }

  /** @param {Guest} guest */
  row(guest) {
    const { id, number, name } = guest;
    const seen = button("", "link-button", () => this.look(guest));
    const rest = make("span", {});
    const deeds = make("small", {}, seen, rest);
    const title = make("b", { textContent: name });
    const away = twice({ text: "Send away", sure: "Send away?", name, act: () => this.act(id, "send-away") });
    const block = twice({ text: "Block", sure: "Block?", name, className: "is-danger", act: () => this.act(id, "block") });
    const back = button("Let in again", "quiet-button", () => this.act(id, "unblock"), { aria: { label: `Let in again ${name}` } });
    const element = make("li", { className: "share-row", data: { testid: "guest" } }, badge(number),
      make("div", { className: "share-words" }, title, deeds), make("div", { className: "share-acts" }, away, back, block));
    /** @param {string} text */
    const say = (text) => {
      if (deeds.textContent === text) return;
      const [first] = text.split(" · ", 1);
      seen.textContent = first ?? "";
      seen.setAttribute("aria-label", `${first} of ${name}: look at them`);
      rest.textContent = text.slice(seen.textContent.length);
    };
    return {
      element,
      say,
      /** @param {Guest} now */
      tell: (now) => {
        const isOut = now.blocked || now.sent_away;
        const had = element.contains(document.activeElement);
        title.textContent = now.name;
        element.classList.toggle("is-away", isOut || now.state === "away");
        away.hidden = isOut;
        block.hidden = now.blocked;
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
