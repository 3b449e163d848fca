// @ts-check
// The owner's look at what guests made: of one, or of all, newest first, blurred until it is asked for.

import { button, make } from "../shared/dom/dom.js";
import { ago } from "../shared/dreams/words.js";
import { at } from "../shared/fetch/address.js";
import { ask } from "../shared/fetch/ask.js";
import { badge } from "./badge.js";
import { blurred } from "./blurred.js";
import { icon } from "./icons.js";
import { Judging } from "./judging.js";
import { Part } from "./part.js";

/**
 * @typedef {import("./told.js").Theirs} Theirs
 * @typedef {{ id: string, name: string }} Person
 */

const AT_ONCE = 48;

export class TheirPictures {
  /** `changed` is told of what was decided, `leave` of going back. @param {{ changed: () => void, leave: () => void }} calls */
  constructor({ changed, leave }) {
    this.changed = changed;
    /** @type {Person | null} */
    this.person = null;
    /** @type {Judging[]} */
    this.judgings = [];
    /** Where older ones begin; null where there are none. @type {string | null} */
    this.next = null;
    /** An answer to something before the last is stale. */
    this.turn = 0;
    this.isAsked = false;
    this.back = button("", "share-drop", leave, { aria: { label: "Back to the guests" } });
    this.back.append(icon("back"));
    this.clear = make("button", { type: "button", className: "quiet-button", textContent: "Show all clearly", aria: { pressed: "false" } });
    this.clear.addEventListener("click", () => this.unblur(!this.list.classList.contains("is-clear")));
    this.part = new Part("theirs", "", this.clear);
    this.part.heading.before(this.back);
    this.element = this.part.element;
    this.list = make("ul", { className: "share-grid" });
    this.none = make("p", { className: "share-none", textContent: "There are no pictures of guests." });
    this.more = button("Older ones", "quiet-button", () => this.load());
    this.part.body.append(this.none, this.list, this.more);
    new IntersectionObserver((seen) => seen.some((one) => one.isIntersecting) && this.load(), { rootMargin: "600px" }).observe(this.more);
    this.element.hidden = true;
  }

  /** Shows the pictures of one guest, or of all. @param {Person | null} person */
  open(person) {
    this.person = person;
    this.part.heading.textContent = person ? `Pictures of ${person.name}` : "Pictures of guests";
    this.none.hidden = true;
    this.list.replaceChildren();
    this.judgings = [];
    this.unblur(false);
    this.next = null;
    this.isAsked = false;
    this.turn += 1;
    this.load(true);
    this.part.heading.focus();
  }

  /** @param {boolean} isClear */
  unblur(isClear) {
    this.list.classList.toggle("is-clear", isClear);
    this.clear.setAttribute("aria-pressed", String(isClear));
    this.clear.textContent = isClear ? "Blur them" : "Show all clearly";
  }

  /** Puts the next ones below those that are there. */
  async load(isFirst = false) {
    if (this.isAsked || (!isFirst && this.next === null)) return;
    this.isAsked = true;
    const { turn } = this;
    const asked = new URLSearchParams({ limit: String(AT_ONCE) });
    if (this.person) asked.set("person", this.person.id);
    if (this.next !== null) asked.set("before", this.next);
    await this.part.act(async () => {
      /** @type {{ pictures: Theirs[], next: string | null }} */
      const told = await ask(`/share/pictures?${asked}`);
      if (turn !== this.turn) return;
      this.next = told.next;
      this.list.append(...told.pictures.map((one) => this.tile(one)));
      this.none.hidden = this.list.children.length > 0;
    });
    if (turn !== this.turn) return;
    this.isAsked = false;
    this.more.hidden = this.next === null;
  }

  /** Something was decided of one: whoever made it is kept out, or let in, with all others of theirs. @param {Theirs} one */
  judged({ person, blocked }) {
    for (const other of this.judgings) if (other.one.person === person && other.one.blocked !== blocked) other.tell({ ...other.one, blocked });
    this.changed();
  }

  /** @param {Theirs} one */
  tile(one) {
    const judging = new Judging(one, { act: (act) => this.part.act(act), changed: () => this.judged(judging.one) });
    this.judgings.push(judging);
    const { element: acts } = judging;
    const by = make("small", { className: "share-by" }, badge(one.number), make("span", { textContent: `${this.person ? "" : `${one.name} · `}${ago(one.created)}` }));
    const original = make("a", { href: at(`/share/picture/${one.picture}`), target: "_blank", rel: "noreferrer", className: "share-large", title: "Open it at its size", aria: { label: `Open at its size: ${one.prompt || "a picture"}` } }, icon("large"));
    return make("li", { className: "share-tile", data: { testid: "theirs" } }, blurred(one), original, by, acts);
  }
}
