// @ts-check
// A size on its side.

/** @typedef {{ aspect: string, width: number, height: number }} Size */

/**
 * The shape that has width and height the other way round: another of those that are offered, else one's own; null where
 * they are the same. `own` is what one's own is called.
 * @param {Size} size @param {Record<string, [number, number]>} sizes of the model, by aspect @param {string} own @returns {Size | null}
 */
export function turned({ aspect, width, height }, sizes, own) {
  const [w, h] = sizes[aspect] ?? [width, height];
  if (w === h) return null;
  const other = aspect.split(":").reverse().join(":");
  const known = sizes[other];
  return known ? { aspect: other, width: known[0], height: known[1] } : { aspect: own, width: h, height: w };
}
