// @ts-check
// Who it is, small: a number in a colour and a shape, or the owner's heart.

import { make } from "../shared/dom/dom.js";

const COLOURS = 8;
const SHAPES = 4;

/** By what a guest is told from others; of eight colours each shape has all. @param {number} number */
export const signOf = (number) => ({ colour: ((number - 1) % COLOURS) + 1, shape: Math.floor((number - 1) / COLOURS) % SHAPES });

/** @param {number} number 0 is the owner */
export function badge(number) {
  const isGuest = number > 0;
  return make("span", { className: "share-who", textContent: isGuest ? String(number) : "♥", data: isGuest ? signOf(number) : { colour: 0 }, aria: { hidden: true } });
}
