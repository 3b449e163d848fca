// @ts-check
// Models found by some of their names, by family.

/** @typedef {import("../dreams/told.js").ModelName} ModelName */

/** Models that are shown at once. */
export const MOST = 60;

/**
 * Those whose title, name or family holds all words of `text`, in the order in which they are told; `more` were left out.
 * @param {ModelName[]} all
 * @param {string} text
 */
export function grouped(all, text) {
  const words = text.toLowerCase().split(/\s+/).filter(Boolean);
  const found = all.filter(({ model, title, family }) => {
    const said = `${title} ${model} ${family}`.toLowerCase();
    return words.every((word) => said.includes(word));
  });
  /** @type {Map<string, ModelName[]>} */
  const groups = new Map();
  for (const one of found.slice(0, MOST)) groups.set(one.family, [...(groups.get(one.family) ?? []), one]);
  return { groups: [...groups].map(([family, models]) => ({ family, models })), more: Math.max(0, found.length - MOST) };
}
