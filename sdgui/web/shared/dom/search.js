// @ts-check
// Lists that are searched by some of a name.

/** More are not shown at once: a list of thousands would hold the page up. */
export const MOST = 60;

/**
 * Those in whose text, which `textOf` tells, each word that was typed is found.
 * @template T @param {T[]} all @param {string} typed @param {(one: T) => string} textOf
 */
export function searched(all, typed, textOf) {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return all.filter((one) => {
    const text = textOf(one).toLowerCase();
    return words.every((word) => text.includes(word));
  });
}

/** What is to be said where so many were found. @param {number} found */
export function remark(found) {
  if (!found) return "Nothing has such a name.";
  return found > MOST ? `${(found - MOST).toLocaleString("en")} more: type some of a name.` : "";
}
