// @ts-check
// The owner's panel, over the page: the link, what guests may do, who is here, everybody's queue, invitations.

import { dialog } from "../shared/dom/dialog.js";
import { button, make } from "../shared/dom/dom.js";
import { QuietLine } from "../shared/dom/quiet-line.js";
import { ask, tell, wordsOf } from "../shared/fetch/ask.js";
import { Barred } from "./barred.js";
import { Fold, NARROW } from "./fold.js";
import { icon } from "./icons.js";
import { Invitations } from "./invitations.js";
import { LimitsPart } from "./limits.js";
import { Link } from "./link.js";
import { People } from "./people.js";
import { Queue } from "./queue.js";
import { Reports } from "./reports.js";
import { TheirPictures } from "./their-pictures.js";
import { present, whoComes } from "./words.js";

/**
 * @typedef {import("./told.js").Guest} Guest
 * @typedef {import("./told.js").Shared} Shared
 */

/** Milliseconds between two looks: while it is open, while a link is opened, and while guests may come. */
const OPEN = 3000;
const OPENING = 1000;
const SHARED = 15_000;
const CALM = 30_000;
/** For so long after the pointer moved over a button of a row, or while one is asked twice, no row comes or goes. */
const AIM = 2000;
const USES = ["pointermove", "pointerdown", "keydown", "focus"];

export class Panel {
  /** `say` is for those who do not see the page; `notes` are the lines below the prompt. @param {{ say: (words: string) => void, notes: HTMLElement }} calls */
  constructor({ say, notes }) {
    this.held = new QuietLine(notes, "queue-held");
    this.dot = make("i", { className: "share-dot", hidden: true, aria: { hidden: true } });
    this.count = document.createTextNode("");
    this.words = make("span", { className: "share-button-words", textContent: "Guests" });
    this.reported = make("span", { className: "share-reported", hidden: true });
    this.button = make("button", { type: "button", id: "share-button", className: "quiet-button", aria: { label: "Guests", haspopup: "dialog", expanded: "false" } }, this.dot, icon("guests"), this.words, this.count, this.reported);
    this.button.addEventListener("click", () => this.open());
    this.aimed = -Infinity;
    const changed = () => {
      this.aimed = -Infinity; // it was done
      this.look();
    };
    this.link = new Link({ changed, say });
    this.limits = new LimitsPart((limits) => {
      if (this.told) this.told = { ...this.told, limits };
      this.look();
    });
    this.barred = new Barred((words) => {
      this.barred.tell(words);
      this.look();
    });
    this.people = new People({ changed, look: (person) => this.lookAt(person), invite: async () => {
      this.limits.tell(await tell("/share/limits", { invited_only: true }, "PUT"), this.told?.models ?? []);
      this.look();
    } });
    this.reports = new Reports(changed);
    this.theirs = new TheirPictures({ changed, leave: () => this.leave() });
    this.queue = new Queue(changed);
    this.invitations = new Invitations({ changed, say });
    this.fault = make("p", { className: "share-fault is-whole", role: "alert" });
    this.may = new Fold(this.limits.element, this.barred.element);
    this.now = make("div", {}, this.people.element, this.queue.element, this.invitations.element);
    this.columns = make("div", { className: "share-columns", hidden: true });
    const close = button("", "share-drop", () => this.element.close(), { aria: { label: "Close" } });
    close.append(icon("close"));
    this.title = make("h2", { id: "share-title", textContent: "Guests", tabIndex: -1 });
    this.element = dialog({ id: "share", aria: { labelledby: "share-title" } }, make("div", { className: "share-inside" },
      make("div", { className: "share-head" }, this.title, make("p", { textContent: "Friends dream on this machine, within what you allow." }), close),
      this.fault, this.reports.element, this.columns, this.theirs.element));
    this.arrange();
    this.element.addEventListener("pointermove", (event) => {
      if (event.target instanceof Element && event.target.closest(".share-row button")) this.aimed = performance.now();
    }, { passive: true });
    NARROW.addEventListener("change", () => this.arrange());
    this.element.addEventListener("cancel", (event) => {
      if (this.theirs.element.hidden) return;
      event.preventDefault(); // one step back, not all
      this.leave();
    });
    this.element.addEventListener("close", () => {
      this.button.setAttribute("aria-expanded", "false");
      this.reports.forget();
      this.leave();
      this.rest();
    });
    /** @type {Shared | null} */
    this.told = null;
    /** What was asked last; an answer to something before is stale. */
    this.turn = 0;
    this.asked = -Infinity;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    for (const type of USES) addEventListener(type, () => performance.now() - this.asked > CALM && this.look(), { capture: true, passive: true });
    document.addEventListener("visibilitychange", () => document.hidden || this.rest());
  }

  /** Where it is narrow, who is here and what waits come first; the order is that of the keyboard, too. */
  arrange() {
    if (NARROW.matches) {
      this.queue.element.after(this.link.element);
      this.columns.append(this.now, this.may.element);
    } else {
      this.columns.before(this.link.element);
      this.columns.append(this.may.element, this.now);
    }
  }

  /** Whether somebody is about to press a button of a row. */
  get isAimedAt() {
    return performance.now() - this.aimed < AIM || this.element.querySelector(".is-asked") !== null;
  }

  open() {
    for (const part of [this.people, this.queue, this.invitations]) part.renew();
    this.element.showModal();
    this.button.setAttribute("aria-expanded", "true");
    this.title.focus();
    this.look();
  }

  /** Shows the pictures of one guest, or of all, in the place of all else. @param {Guest | null} person */
  lookAt(person) {
    this.from = /** @type {HTMLElement | null} */ (document.activeElement);
    this.element.classList.add("is-looking");
    this.theirs.element.hidden = false;
    this.element.scrollTop = 0;
    this.theirs.open(person);
  }

  /** Back from the pictures. */
  leave() {
    if (this.theirs.element.hidden) return;
    this.element.classList.remove("is-looking");
    this.theirs.element.hidden = true;
    if (this.element.open) this.from?.focus();
  }

  /** Asks how all stands, and shows it. */
  async look() {
    this.turn += 1;
    const { turn } = this;
    this.asked = performance.now();
    clearTimeout(this.timer);
    try {
      /** @type {Shared} */
      const told = await ask("/share");
      if (turn !== this.turn) return;
      this.tell(told);
    } catch (error) {
      if (turn !== this.turn) return;
      this.fault.textContent = wordsOf(error);
    }
    this.rest();
  }

  /** Looks again after a while, as long as somebody sees it and there is something that changes. */
  rest() {
    clearTimeout(this.timer);
    const state = this.told?.link.state;
    const mayCome = state === "on" || (this.told?.reach ?? "machine") !== "machine" || (this.told?.people ?? []).some((one) => one.state !== "away");
    const wait = state === "opening" ? OPENING : this.element.open ? OPEN : mayCome ? SHARED : null;
    if (wait !== null && !document.hidden) this.timer = setTimeout(() => this.look(), wait);
  }

  /** @param {Shared} told */
  tell(told) {
    this.told = told;
    this.columns.hidden = false;
    const guests = present(told.people);
    const words = guests ? `Guests · ${guests}` : "Guests";
    this.words.textContent = guests ? "Guests ·" : "Guests";
    this.count.data = guests ? String(guests) : "";
    const reports = told.reports ?? [];
    const fault = told.fault ?? "";
    if (this.fault.textContent !== fault) this.fault.textContent = fault;
    this.reported.textContent = fault ? "!" : String(reports.length);
    this.reported.hidden = !reports.length && !fault;
    const here = guests ? `${words} ${guests === 1 ? "is" : "are"} here` : words;
    this.button.setAttribute("aria-label", [here, ...(reports.length ? [`${reports.length} reported`] : []), ...(fault ? ["something is wrong"] : [])].join(", "));
    this.button.title = fault;
    if (!told.paused) this.held.clear();
    else if (!this.held.element.hasChildNodes()) this.held.say("You have paused everybody’s queue: nothing new begins", { text: "Go on", act: () => this.queue.hold(false) });
    this.dot.hidden = told.link.state !== "on" && !guests;
    const asksNames = told.asks_names ?? false;
    this.link.tell(told.link, { ...told, who: whoComes({ asksNames, isInvited: told.limits.invited_only }) });
    if (!this.element.open) return;
    this.may.tell(told.limits, told.words);
    this.limits.tell(told.limits, told.models);
    this.barred.tell(told.words);
    const isHeld = this.isAimedAt;
    this.reports.tell(reports, isHeld);
    this.people.tell(told.people, told.queue, { isOpen: !told.limits.invited_only && !asksNames, isHeld });
    this.queue.tell(told.queue, told.paused, isHeld);
    this.invitations.tell(told.invitations, { base: told.guests.replace(/\/+$/, ""), reach: told.reach, isHeld });
  }
}
