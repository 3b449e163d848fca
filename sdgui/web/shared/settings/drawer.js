// @ts-check
// On phones the settings are a drawer over the page.

import { find, make } from "../dom/dom.js";

export class Drawer {
  constructor() {
    document.body.append(make("div", { className: "drawer-shade", onclick: () => this.set(false) }));
    find("#settings-button").addEventListener("click", () => this.set(!this.isOpen));
    find("#settings-close").addEventListener("click", () => this.set(false));
  }

  get isOpen() {
    return document.body.classList.contains("shows-settings");
  }

  /** @param {boolean} isOpen */
  set(isOpen) {
    if (this.isOpen === isOpen) return;
    document.body.classList.toggle("shows-settings", isOpen);
    find("#settings-button").setAttribute("aria-expanded", String(isOpen));
    find(isOpen ? "#settings-close" : "#settings-button").focus();
  }

  /** Whether there was something to close. */
  close() {
    const wasOpen = this.isOpen;
    this.set(false);
    return wasOpen;
  }

  /** What lies on top of the settings is to be seen, where they are a drawer. */
  showTop() {
    if (!matchMedia("(width <= 700px)").matches) return;
    const dialog = document.querySelector("dialog[open]");
    if (dialog instanceof HTMLDialogElement) dialog.close();
    this.set(true);
    find("#settings").scrollTo({ top: 0 });
  }
}
