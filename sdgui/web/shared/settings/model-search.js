// @ts-check
// Models found by some of their names, by family.

import { MOST, searched } from "../dom/search.js";

/** @typedef {import("../dreams/told.js").ModelName} ModelName */

export { MOST };

/**
 * Those whose title, name or family holds all words of `text`, in the order in which they are told; `more` were left out.
 * @param {ModelName[]} all
 * @param {string} text
 */
export function grouped(all, text) {
  const found = searched(all, text, ({ model, title, family }) => `${title} ${model} ${family}`);
  /** @type {Map<string, ModelName[]>} */
  const groups = new Map();
  for (const one of found.slice(0, MOST)) groups.set(one.family, [...(groups.get(one.family) ?? []), one]);
  return { groups: [...groups].map(([family, models]) => ({ family, models })), more: Math.max(0, found.length - MOST) };
}
