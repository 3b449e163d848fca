// @ts-check
// What a model needs against what there is: a bar, and the same in words.

import { make } from "../shared/dom/dom.js";
import { fit, sharing, size } from "./words.js";

/** @typedef {import("../shared/dreams/told.js").ModelMemory} ModelMemory */

/** The bar alone; nothing where that is not known. @param {number} need @param {ModelMemory} memory @returns {Node[]} */
export function meter(need, memory) {
  const fits = fit(need, memory);
  if (!fits) return [];
  const part = make("i");
  part.style.width = `${Math.max(2, Math.round(fits.share * 100))}%`;
  return [make("span", { className: "meter", data: { fit: fits.kind }, ariaHidden: "true" }, part)];
}

/** "needs 2.9 of 11.5 GB · fits". @param {number} need @param {ModelMemory} memory @returns {(Node | string)[]} */
export function needs(need, memory) {
  const fits = fit(need, memory);
  if (!need) return ["memory not known"];
  if (!fits || !memory.bytes) return [`needs ${size(need)}`];
  return [`needs ${sharing(need, memory.bytes)} · `, make("em", { className: "fit", data: { fit: fits.kind }, textContent: fits.words })];
}
