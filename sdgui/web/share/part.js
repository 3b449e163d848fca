// @ts-check
// One part of the panel: its title, what stands beside that, what it holds, and what went wrong there.

import { make } from "../shared/dom/dom.js";
import { wordsOf } from "../shared/fetch/ask.js";

export class Part {
  /** @param {string} name @param {string} title @param {...Node} beside */
  constructor(name, title, ...beside) {
    this.heading = make("h3", { id: `share-${name}-title`, textContent: title, tabIndex: -1 });
    this.body = make("div", { className: "share-body" });
    this.fault = make("p", { className: "share-fault", id: `share-${name}-fault`, role: "alert" });
    this.element = make("section", { className: `share-part share-${name}`, aria: { labelledby: this.heading.id } },
      make("div", { className: "share-title" }, this.heading, ...beside), this.body, this.fault);
  }

  /** Does what was asked; what fails is said here. Whether it was done. @param {() => Promise<unknown>} act @returns {Promise<boolean>} */
  async act(act) {
    this.fault.textContent = "";
    try {
      await act();
      return true;
    } catch (error) {
      this.fault.textContent = wordsOf(error);
      return false;
    }
  }
}
