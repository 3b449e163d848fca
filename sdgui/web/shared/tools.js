// The few buttons that act on a picture: on its tile, or on small screens in one bar; and in the viewer.

import { make } from "./dom.js";

export class Tools {
  /** `leave` gives the keyboard back after a press by mouse: else Space would press the same button again. */
  constructor(actions, leave) {
    Object.assign(this, { actions, leave });
    this.picture = null;
    this.element = make("div", { className: "tools", role: "toolbar", aria: { label: "This picture" } });
    this.element.addEventListener("click", (event) => this.click(event));
  }

  click(event) {
    const button = event.target.closest("button");
    event.stopPropagation();
    if (!button || !this.picture) return;
    this.actions.do(button.dataset.name, this.picture);
    this.fill(this.picture);
    if (event.detail > 0) this.leave();
  }

  /** Fills in the buttons for a picture; those that stay the same are kept, and with them the focus. */
  fill(picture) {
    this.picture = picture;
    const wanted = this.actions.of(picture);
    while (this.element.children.length > wanted.length) this.element.lastChild.remove();
    wanted.forEach(({ name, sign, word = "", label, isOn }, i) => {
      const button = this.element.children[i] ?? this.element.appendChild(
        make("button", { type: "button" }, make("span", { className: "sign", aria: { hidden: true } }), make("span", { className: "word", aria: { hidden: true } })));
      button.dataset.name = name;
      button.title = label;
      button.setAttribute("aria-label", label);
      if (isOn === undefined) button.removeAttribute("aria-pressed");
      else button.setAttribute("aria-pressed", isOn);
      button.firstChild.textContent = sign;
      button.lastChild.textContent = word;
    });
  }
}
