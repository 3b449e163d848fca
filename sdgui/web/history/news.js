// @ts-check
// What is new between two answers about the same search.

/** @typedef {import("./layout.js").Section} Section */

/**
 * Pictures that came on top, and by how many a section that is shown has grown there; `isOther`: something else changed.
 * @param {readonly Section[]} shown @param {readonly Section[]} latest
 * @returns {{ onTop: number, grown: Map<string, number>, isOther: boolean }}
 */
export function compare(shown, latest) {
  const grown = new Map();
  const first = shown[0];
  const at = first ? latest.findIndex(({ key }) => key === first.key) : -1;
  if (!first || at < 0) return { onTop: 0, grown, isOther: shown.length !== latest.length || shown.length > 0 };
  const more = latest[at].count - first.count;
  if (more > 0) grown.set(first.key, more);
  const rest = latest.slice(at + 1);
  const isSame = rest.length === shown.length - 1 && rest.every(({ key, count }, i) => key === shown[i + 1].key && count === shown[i + 1].count);
  const newer = latest.slice(0, at).reduce((sum, { count }) => sum + count, 0);
  return { onTop: newer + Math.max(0, more), grown, isOther: more < 0 || !isSame };
}

/** The sections without so many pictures of theirs. @param {readonly Section[]} sections @param {ReadonlyMap<string, number>} gone */
export const without = (sections, gone) =>
  sections.map(({ key, count }) => ({ key, count: count - (gone.get(key) ?? 0) })).filter(({ count }) => count > 0);
