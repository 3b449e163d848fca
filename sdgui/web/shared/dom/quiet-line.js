// @ts-check
// One quiet sentence in its place, with something to do about it: what was changed, and the way back.

import { button, make } from "./dom.js";

/** @typedef {{ text: string, act: () => void }} Way */

export class QuietLine {
  /** It is the last of `host`. @param {HTMLElement} host @param {string} id */
  constructor(host, id) {
    this.element = make("p", { id, className: "quiet-line", role: "status" });
    host.append(this.element);
  }

  /** @param {string} words @param {Way[]} ways */
  say(words, ...ways) {
    const buttons = ways.flatMap(({ text, act }) => [" · ", button(text, "link-button", () => {
      this.clear();
      act();
    })]);
    this.element.replaceChildren(make("span", { textContent: words, title: words }), ...buttons);
  }

  clear() {
    this.element.replaceChildren();
  }
}
