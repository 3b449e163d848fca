// @ts-check
// The few buttons that act on a picture: on its tile, or on small screens in one bar; and in the viewer.

import { make, targetOf } from "../dom/dom.js";

/**
 * @typedef {import("../dreams/dream.js").Picture} Picture
 * @typedef {{ name: string, sign: string, word?: string, label: string, isOn?: boolean }} Action
 * @typedef {{ of(picture: Picture): Action[], do(name: string, picture: Picture): void,
 *   key(key: string, picture: Picture): boolean, flip(how?: { large?: boolean }): void }} Actions
 */

export class Tools {
  /**
   * `leave` gives the keyboard back after a press by mouse: else Space would press the same button again.
   * @param {Actions} actions
   * @param {() => void} leave
   */
  constructor(actions, leave) {
    this.actions = actions;
    this.leave = leave;
    /** @type {Picture | null} */
    this.picture = null;
    this.element = make("div", { className: "tools", role: "toolbar", aria: { label: "This picture" } });
    this.element.addEventListener("click", (event) => this.click(event));
  }

  /** @param {MouseEvent} event */
  click(event) {
    const button = targetOf(event).closest("button");
    event.stopPropagation();
    if (!button || !this.picture) return;
    this.actions.do(button.dataset.name ?? "", this.picture);
    this.fill(this.picture);
    if (event.detail > 0) this.leave();
  }

  /** Fills in the buttons for a picture; those that stay the same are kept, and with them the focus. @param {Picture} picture */
  fill(picture) {
    this.picture = picture;
    const wanted = this.actions.of(picture);
    while (this.element.children.length > wanted.length) this.element.lastElementChild?.remove();
    wanted.forEach(({ name, sign, word = "", label, isOn }, i) => {
      const there = this.element.children[i];
      const button = there instanceof HTMLButtonElement ? there : this.element.appendChild(
        make("button", { type: "button" }, make("span", { className: "sign", aria: { hidden: true } }), make("span", { className: "word", aria: { hidden: true } })));
      button.dataset.name = name;
      button.title = label;
      button.setAttribute("aria-label", label);
      if (isOn === undefined) button.removeAttribute("aria-pressed");
      else button.setAttribute("aria-pressed", String(isOn));
      const [first, last] = button.children;
      first.textContent = sign;
      last.textContent = word;
    });
  }
}
