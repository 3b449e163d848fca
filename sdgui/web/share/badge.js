// @ts-check
// Who it is, small: a number in a colour and a shape, or the owner's heart.

import { make } from "../shared/dom/dom.js";
import { toldApart } from "../shared/dom/told-apart.js";

/** @param {number} number 0 is the owner */
export function badge(number) {
  const isGuest = number > 0;
  return make("span", { className: "share-who", textContent: isGuest ? String(number) : "♥", data: isGuest ? toldApart(number) : { colour: 0 }, aria: { hidden: true } });
}
