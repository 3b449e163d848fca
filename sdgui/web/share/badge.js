// @ts-check
// Who it is, small: a number in a colour, or the owner's heart.

import { make } from "../shared/dom/dom.js";

const COLOURS = 3;

/** @param {number} number 0 is the owner */
export function badge(number) {
  const colour = number > 0 ? ((number - 1) % COLOURS) + 1 : 0;
  return make("span", { className: "share-who", textContent: number > 0 ? String(number) : "♥", data: { colour }, aria: { hidden: true } });
}
