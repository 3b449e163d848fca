// @ts-check
// What can be chosen of the page itself, in a dialog of its own name, and the one button for it and for help on phones.

import { dialog } from "../dom/dialog.js";
import { button, find, make } from "../dom/dom.js";

export class Choices {
  /** @param {import("../dom/menu.js").Menu} menu @param {import("./help.js").Help} help */
  constructor(menu, help) {
    const close = button("Close", "quiet-button", () => this.element.close());
    const title = make("h2", { id: "choices-title", textContent: "Preferences" });
    this.element = dialog({ id: "choices", aria: { labelledby: title.id } }, make("div", { className: "help-head" }, title, close));
    find("#choices-button").addEventListener("click", () => this.open());
    const more = find("#more-button");
    more.addEventListener("click", () => menu.open(more, [
      { text: "Preferences", act: () => this.open() },
      { text: "Help and keys", act: () => help.element.showModal() },
    ]));
  }

  open() {
    this.element.showModal();
  }

  /** One more of them, below the others. @param {HTMLElement} choice */
  add(choice) {
    this.element.append(choice);
  }
}
