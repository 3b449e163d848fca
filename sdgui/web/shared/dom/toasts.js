// @ts-check
// Sentences that come and go, and words for those who do not see the page.

import { comeAgain, countDown } from "./come-again.js";
import { button, make, targetOf } from "./dom.js";

/** @typedef {{ close: () => void }} Toast */

const MOST = 3;
/** Milliseconds for which something is offered. */
const OFFERED = 10_000;
/** Milliseconds for which a sentence is there. */
const READ = 9000;

export class Toasts {
  constructor() {
    this.element = make("div", { className: "toasts" });
    this.status = make("div", { className: "sr-only-live", role: "status" });
    document.body.append(this.element, this.status);
    // What stands in a dialog is still to be read when that is closed.
    document.addEventListener("close", (event) => targetOf(event).contains(this.element) && document.body.append(this.element), true);
    document.addEventListener("keydown", (event) => event.key === "F6" && !event.ctrlKey && !event.altKey && this.enter(event));
    /** Where the keyboard was before it came to a toast. @type {HTMLElement | null} */
    this.from = null;
    /** Whether somebody who waited as long as they were told may dream now. @type {() => Promise<boolean>} */
    this.mayAgain = async () => true;
  }

  /**
   * One sentence and its hint; it goes by itself, or stays where `milliseconds` is 0.
   * @param {string} message
   * @param {string} [hint]
   */
  show(message, hint = "", isError = false, milliseconds = READ) {
    const close = button("×", "", () => this.remove(toast), { aria: { label: "Close the message" } });
    const toast = make(
      "div",
      { className: `toast${isError ? " is-error" : ""}`, role: isError ? "alert" : "status", data: { testid: "toast" } },
      make("div", {}, make("p", { textContent: message }), ...(hint ? [make("p", { textContent: hint })] : [])),
      close,
    );
    const host = document.querySelector("dialog[open]") ?? document.body;
    host.append(this.element);
    for (const other of [...this.element.children]) {
      if (other.textContent === toast.textContent) other.remove();
    }
    this.element.append(toast);
    while (this.element.children.length > MOST) this.element.firstElementChild?.remove();
    if (milliseconds) setTimeout(() => toast.remove(), milliseconds);
    return toast;
  }

  /** What may be asked for again in so many seconds: they are counted down in it. @param {string} message @param {number} seconds */
  tooSoon(message, seconds) {
    this.take(message); // it counts anew
    const toast = this.show(message, comeAgain(seconds), true, 0);
    toast.classList.add("is-counted");
    const hint = /** @type {HTMLElement} */ (toast.querySelector("p + p"));
    countDown(hint, seconds, "You can dream again.", () => setTimeout(() => toast.remove(), READ), () => this.mayAgain());
    return toast;
  }

  /**
   * A sentence and what can be done about it, for ten seconds, longer while somebody points at it or stands on it; or
   * until it is closed, where it `lasts`.
   * @param {string} message
   * @param {{ text: string, act: () => void, title?: string, lasts?: boolean, ended?: () => void }} action
   * @returns {Toast}
   */
  offer(message, { text, act, title = "", lasts = false, ended = () => {} }) {
    const toast = this.show(message, "", false, 0);
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    let timer;
    const close = () => {
      clearTimeout(timer);
      this.remove(toast);
      ended();
    };
    const wait = () => {
      clearTimeout(timer);
      if (!lasts && !toast.matches(":hover, :focus-within")) timer = setTimeout(close, OFFERED);
    };
    for (const type of ["pointerenter", "focusin"]) toast.addEventListener(type, () => clearTimeout(timer));
    for (const type of ["pointerleave", "focusout"]) toast.addEventListener(type, () => setTimeout(wait));
    toast.lastElementChild?.addEventListener("click", close);
    toast.lastElementChild?.before(button(text, "toast-action", act, { title, aria: { keyshortcuts: "F6" } }));
    wait();
    return { close };
  }

  /** The keyboard goes to what the newest toast offers, and back again. @param {KeyboardEvent} event */
  enter(event) {
    const focused = document.activeElement;
    const isHere = this.element.contains(focused);
    /** @type {HTMLElement | null | undefined} */
    const newest = this.element.lastElementChild?.querySelector("button");
    const next = isHere ? this.from : newest;
    if (!next?.isConnected) return;
    event.preventDefault();
    if (!isHere && focused instanceof HTMLElement) this.from = focused;
    next.focus({ preventScroll: true });
  }

  /** A toast goes; the keyboard that stood on it goes back to where it was. @param {HTMLElement} toast */
  remove(toast) {
    const stood = toast.contains(document.activeElement);
    toast.remove();
    if (stood && this.from?.isConnected) this.from.focus({ preventScroll: true });
  }

  /** Something is seen, or written, elsewhere: what was wrong before is of no use there. */
  leave() {
    for (const toast of this.element.querySelectorAll(".is-of-place")) toast.remove();
  }

  /** @param {string} message */
  take(message) {
    for (const toast of [...this.element.children]) if (toast.querySelector("p")?.textContent === message) toast.remove();
  }

  /** Errors of what was tried before: it has worked now. */
  clearErrors() {
    for (const toast of this.element.querySelectorAll(".is-error")) toast.remove();
  }

  /** Nothing of it is of use any more. */
  clear() {
    this.element.replaceChildren();
  }

  /** For those who do not see the page. @param {string} words */
  say(words) {
    this.status.textContent = words;
  }
}
