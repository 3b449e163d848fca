// @ts-check
// Which tile lies beside another: the geometry of arrow keys.

/** @typedef {{ left: number, top: number, width: number, height: number }} Box */

/** @param {Box} box */
const middle = (box) => box.left + box.width / 2;

/**
 * The place of the next tile to one side of that at `from`; in a wall, a line's end goes on with the next line. Null
 * where there is none.
 * @param {number} from
 * @param {Box[]} boxes
 * @param {[number, number]} arrow right and down
 * @param {boolean} wraps
 * @returns {number | null}
 */
export function neighbour(from, boxes, [right, down], wraps) {
  if (right && wraps) return boxes[from + right] ? from + right : null;
  const here = boxes[from];
  /** @param {Box} box */
  const isBeside = (box) => (right
    ? Math.abs(box.top - here.top) < here.height / 2 && right * (box.left - here.left) > 1
    : down * (box.top - here.top) > here.height / 2);
  return nearest(here, boxes, right ? (box) => right * box.left : (box) => down * box.top, isBeside);
}

/**
 * The place of the tile that comes first by `distance`, and of several the one that is least aside.
 * @param {Box} from
 * @param {Box[]} boxes
 * @param {(box: Box) => number} distance
 * @param {(box: Box) => boolean} [counts]
 * @returns {number | null}
 */
export function nearest(from, boxes, distance, counts = () => true) {
  const aside = middle(from);
  /** @type {{ place: number, rank: [number, number] } | null} */
  let found = null;
  for (const [place, box] of boxes.entries()) {
    if (!counts(box)) continue;
    /** @type {[number, number]} */
    const rank = [Math.round(distance(box)), Math.abs(middle(box) - aside)];
    if (!found || rank[0] < found.rank[0] - 2 || (rank[0] <= found.rank[0] + 2 && rank[1] < found.rank[1])) found = { place, rank };
  }
  return found?.place ?? null;
}
