// @ts-check
// Who is here: what each made, sent away or blocked by asking twice.

import { button, make } from "../shared/dom/dom.js";
import { tell } from "../shared/fetch/ask.js";
import { badge } from "./badge.js";
import { icon } from "./icons.js";
import { More } from "./more.js";
import { Part } from "./part.js";
import { tellRows } from "./rows.js";
import { Standing } from "./standing.js";
import { twice } from "./twice.js";
import { countOf, deedsOf, goneOf } from "./words.js";

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
    /** @type {Map<string, any>} */
    this.goneRows = new Map();
    this.standing = new Standing();
    this.list = make("ul", {});
    this.more = new More(this.list);
    this.goneWords = document.createTextNode("");
    this.apart = make("button", { type: "button", className: "share-apart", hidden: true, aria: { expanded: "false", controls: "share-gone" } }, this.goneWords, icon("down"));
    this.apart.addEventListener("click", () => this.fold(!this.gone.hidden));
    this.gone = make("ul", { id: "share-gone", hidden: true });
    this.moreGone = new More(this.gone);
    this.none = make("p", { className: "share-none", textContent: "Guests stand here once they come." });
    this.back = make("div", { className: "share-hint", hidden: true },
      make("p", { textContent: "Who is blocked and has no name can come back as a new guest: only invitations keep them out. Whoever came without one is out then, too." }),
      button("Only who is invited", "quiet-button", () => this.part.act(invite)));
    this.part.body.append(this.list, this.more.button, this.none, this.apart, this.gone, this.moreGone.button, this.back);
  }

  /** The panel is opened. */
  renew() {
    this.standing.renew();
    this.fold(true);
    this.more.forget();
    this.moreGone.forget();
  }

  /** Who is gone is shown, or not. @param {boolean} isFolded */
  fold(isFolded) {
    this.gone.hidden = isFolded;
    this.apart.setAttribute("aria-expanded", String(!isFolded));
    this.tellMore();
  }

  tellMore() {
    this.more.tell();
    this.moreGone.tell();
    if (this.gone.hidden) this.moreGone.button.hidden = true;
  }

  /** `isOpen`: who has no invitation comes in; `isHeld`: nobody comes or goes just now. @param {Guest[]} people @param {QueuedDream[]} queue @param {{ isOpen: boolean, isHeld: boolean }} how */
  tell(people, queue, { isOpen, isHeld }) {
    const now = Date.now() / 1000;
    const { here, gone } = isHeld ? { here: people, gone: people } : this.standing.place(people);
    this.count.textContent = countOf(people);
    this.none.hidden = people.length > 0;
    if (!isHeld) {
      this.apart.hidden = !gone.length;
      this.goneWords.data = goneOf(gone);
    }
    this.all.hidden = !people.some((one) => one.pictures);
    this.back.hidden = !isOpen || !people.some((one) => one.blocked && one.anonymous);
    for (const [list, rows, guests] of /** @type {[HTMLElement, Map<string, any>, Guest[]][]} */ ([[this.list, this.rows, here], [this.gone, this.goneRows, gone]])) {
      tellRows(list, rows, guests, { key: ({ id }) => id, make: (guest) => this.row(guest, list === this.gone), home: this.part.heading, isHeld });
      for (const guest of guests) rows.get(guest.id)?.say(guest, deedsOf(guest, queue, now));
    }
    this.list.hidden = !this.rows.size;
    this.tellMore();
  }

  /** `isGone`: nobody sends them away. @param {Guest} guest @param {boolean} isGone */
  row(guest, isGone) {
    const { id, number } = guest;
    let { name } = guest;
    const seen = button("", "link-button", () => this.look({ ...guest, name }));
    const rest = make("span", {});
    const deeds = make("small", {}, seen, rest);
    const title = make("b", {});
    const away = twice({ text: "Send away", sure: "Send away?", name, act: () => this.act(id, "send-away") });
    const block = twice({ text: "Block", sure: "Block?", name, className: "is-danger", act: () => this.act(id, "block") });
    const back = button("Let in again", "quiet-button", () => this.act(id, "unblock"));
    const element = make("li", { className: "share-row", data: { testid: "guest" } }, badge(number),
      make("div", { className: "share-words" }, title, deeds), make("div", { className: "share-acts" }, away, back, block));
    let said = "";
    /** @param {Guest} now @param {string} text */
    const say = (now, text) => {
      if (said === `${now.name}\n${text}`) return;
      said = `${now.name}\n${text}`;
      const [count] = /^.*?pictures?/.exec(text) ?? [""];
      seen.textContent = count;
      seen.setAttribute("aria-label", `${count} of ${name}: look at them`);
      rest.textContent = text.slice(seen.textContent.length);
    };
    return {
      element,
      say,
      /** @param {Guest} now */
      tell: (now) => {
        const isOut = now.blocked || now.sent_away;
        const had = element.contains(document.activeElement);
        ({ name } = now);
        title.textContent = title.title = name;
        away.rename(name);
        block.rename(name);
        back.setAttribute("aria-label", `Let in again ${name}`);
        element.classList.toggle("is-away", isOut || now.state === "away");
        away.hidden = isOut || isGone;
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
