// @ts-check
// One picture, as large as there is room, with what is said of it.

import { find, make, showSaid, showSigns } from "./seen.mjs";
import { ARROWS, KEYS } from "./keys.mjs";
import { inWords } from "./tally.js";

/**
 * @typedef {import("./tally.js").Said} Said
 * @typedef {import("./tally.js").Count} Count
 */

/**
 * @typedef {{ order(): number[], tile(number: number): HTMLElement | undefined, count(number: number): Count | undefined,
 *   captionOf(number: number): string, mine(number: number): Said | "", you(): number | null,
 *   say(number: number, said: Said): void, stand(number: number): void }} Wall the pictures that it shows, and what is said of them
 */

export class Big {
  /** @param {string} here @param {Wall} wall */
  constructor(here, wall) {
    this.here = here;
    this.wall = wall;
    this.element = /** @type {HTMLDialogElement} */ (find("#big"));
    /** @type {number | null} */
    this.number = null;
    this.image = make("img", { alt: "" });
    this.count = make("p", { className: "count" });
    this.signs = make("span", { className: "marks", ariaHidden: "true" });
    this.said = make("p", { className: "big-said" });
    /** @param {string} className @param {string} text @param {string} label @param {() => void} act */
    const button = (className, text, label, act) => {
      const element = make("button", { type: "button", className, textContent: text, ariaLabel: label });
      element.addEventListener("click", act);
      return element;
    };
    this.keep = make("button", { type: "button", className: "keep" }, make("span", { textContent: "♥", ariaHidden: "true" }), " Keep");
    this.reject = make("button", { type: "button", className: "reject" }, make("span", { textContent: "✕", ariaHidden: "true" }), make("span", { className: "word", textContent: " Reject" }));
    this.keep.addEventListener("click", () => this.say("kept"));
    this.reject.addEventListener("click", () => this.say("rejected"));
    this.before = button("step", "‹", "The picture before", () => this.go(-1));
    this.next = button("step", "›", "The next picture", () => this.go(1));
    this.acts = make("div", { className: "acts" }, this.before, this.keep, this.reject, this.next);
    this.element.append(
      make("div", { className: "big-head" }, this.count, button("close", "✕", "Close", () => this.element.close())),
      make("div", { className: "big-shown" }, this.image, this.signs), this.said, this.acts);
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("click", (event) => event.target === this.element && this.element.close());
    this.element.addEventListener("close", () => {
      if (this.number !== null) this.wall.stand(this.number);
      this.number = null;
    });
    let x = 0;
    this.image.draggable = false;
    this.element.addEventListener("touchstart", (event) => (x = event.changedTouches[0].clientX), { passive: true });
    this.element.addEventListener("touchend", (event) => {
      const moved = event.changedTouches[0].clientX - x;
      if (Math.abs(moved) > 60) this.go(moved < 0 ? 1 : -1);
    }, { passive: true });
  }

  get isOpen() {
    return this.element.open;
  }

  /** @param {number} number */
  open(number) {
    this.number = number;
    const image = /** @type {HTMLImageElement} */ (find("img", this.wall.tile(number)));
    Object.assign(this.image, { alt: image.alt, src: `${this.here}/${number}.png` });
    this.image.width = image.width;
    this.image.style.aspectRatio = `${image.getAttribute("width")} / ${image.getAttribute("height")}`;
    this.show();
    if (!this.isOpen) this.element.showModal();
    this.keep.focus({ preventScroll: true });
  }

  /** @param {number} by */
  go(by) {
    if (this.number === null) return;
    const shown = this.wall.order();
    const next = shown[shown.indexOf(this.number) + by];
    if (next !== undefined) this.open(next);
  }

  show() {
    const { number, wall } = this;
    if (number === null) return;
    const shown = wall.order();
    const place = shown.indexOf(number);
    const count = wall.count(number);
    if (!count) {
      this.element.close(); // it was deleted
      return;
    }
    showSaid(this.element, wall.mine(number));
    showSigns(this.signs, count, innerWidth);
    this.said.textContent = inWords(count, wall.you()) || "Nobody has said anything of it yet.";
    this.count.textContent = [`${place + 1} of ${shown.length}`, wall.captionOf(number)].filter(Boolean).join(" · ");
    this.before.disabled = place === 0;
    this.next.disabled = place === shown.length - 1;
  }

  /** @param {Said} said */
  say(said) {
    if (this.number !== null) this.wall.say(this.number, said);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const said = KEYS[event.key.toLowerCase()];
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && said) return;
    if (said) this.say(said);
    else if (event.key in ARROWS) this.go(ARROWS[event.key][0] || ARROWS[event.key][1]);
    else return;
    event.preventDefault();
  }
}
