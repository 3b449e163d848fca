// @ts-check
// A small menu under a button: closes by itself when one looks elsewhere.

import { button, find, make } from "./dom.js";
import { stepOf } from "./keys.js";

/** `isOn` is for one of several choices: whether it is the one that is made. @typedef {string | { text: string, act: () => void, isOn?: boolean }} Item */

export class Menu {
  constructor() {
    /** @type {HTMLElement | null} */
    this.button = null;
    this.element = make("div", { className: "sd-menu", popover: "auto", role: "menu" });
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("toggle", (event) => /** @type {ToggleEvent} */ (event).newState === "closed" && this.closed());
    find("main").append(this.element); // of no landmark it would be lost to who goes from one to the next
  }

  /** `items`: a string is a title; `{ text, act }` something to choose. @param {HTMLElement} opener @param {Item[]} items */
  open(opener, items) {
    if (this.button === opener) return;
    this.element.replaceChildren(...items.map((item) => (typeof item === "string" ? this.title(item) : this.item(item))));
    this.element.showPopover();
    this.button = opener;
    opener.setAttribute("aria-expanded", "true");
    const at = opener.getBoundingClientRect();
    const { offsetWidth: width, offsetHeight: height } = this.element;
    const below = at.bottom + 6 + height < innerHeight;
    this.element.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
    this.element.style.top = `${below ? at.bottom + 6 : Math.max(8, at.top - height - 6)}px`;
    this.element.querySelector("button")?.focus();
  }

  /** @param {string} text */
  title(text) {
    return make("p", { textContent: text, title: text, role: "presentation" });
  }

  /** @param {{ text: string, act: () => void, isOn?: boolean }} item */
  item({ text, act, isOn }) {
    return button(text, "", () => {
      this.element.hidePopover();
      act();
    }, isOn === undefined ? { role: "menuitem" } : { role: "menuitemradio", aria: { checked: isOn } });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.key === "Escape") event.stopPropagation();
    const step = stepOf(event);
    if (!step) return;
    event.preventDefault();
    const items = [...this.element.querySelectorAll("button")];
    const at = items.findIndex((item) => item === document.activeElement);
    items[(at + step + items.length) % items.length]?.focus();
  }

  closed() {
    this.button?.setAttribute("aria-expanded", "false");
    if (this.element.contains(document.activeElement) || document.activeElement === document.body) this.button?.focus({ preventScroll: true });
    // A click on the same button closes the menu first; it must not open it at once again.
    setTimeout(() => (this.button = null));
  }
}
