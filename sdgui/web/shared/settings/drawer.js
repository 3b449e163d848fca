// @ts-check
// Where the page is narrow the settings are a drawer over it: a dialog, behind which nothing can be reached.

import { COMPACT } from "../dom/compact.js";
import { find, make } from "../dom/dom.js";
import { closed, opened } from "../dom/layers.js";

export class Drawer {
  constructor() {
    this.element = find("#settings");
    document.body.append(make("div", { className: "drawer-shade", onclick: () => this.set(false) }));
    find("#settings-button").addEventListener("click", () => this.set(!this.isOpen));
    find("#settings-button").setAttribute("aria-haspopup", "dialog");
    find("#settings-close").addEventListener("click", () => this.set(false));
    COMPACT.addEventListener("change", () => this.set(false));
  }

  get isOpen() {
    return document.body.classList.contains("shows-settings");
  }

  /** @param {boolean} isOpen */
  set(isOpen) {
    if (this.isOpen === isOpen) return;
    document.body.classList.toggle("shows-settings", isOpen);
    find("#settings-button").setAttribute("aria-expanded", String(isOpen));
    for (const beside of this.element.parentElement?.children ?? []) {
      if (beside instanceof HTMLElement && beside !== this.element) beside.inert = isOpen;
    }
    if (isOpen) opened(this, () => this.set(false));
    else closed(this);
    /** @type {Record<string, string>} */
    const dialog = { role: "dialog", "aria-modal": "true", "aria-labelledby": "settings-title" };
    for (const [name, value] of Object.entries(dialog)) {
      if (isOpen) this.element.setAttribute(name, value);
      else this.element.removeAttribute(name);
    }
    if (isOpen || COMPACT.matches) find(isOpen ? "#settings-close" : "#settings-button").focus();
  }

  /** Whether there was something to close. */
  close() {
    const wasOpen = this.isOpen;
    this.set(false);
    return wasOpen;
  }
}
