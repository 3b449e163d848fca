// @ts-check
// In how many columns pictures are seen: in even rows, all at once where that can be, and as large as may be.

/**
 * The place that pictures have, in pixels: `gap` lies between them, `below` is what stands below each; none is smaller
 * than `least` or larger than `most`; a row has `row` of them, where there are so many.
 * @typedef {{ width: number, height: number, aspect: number, gap: number, below: number, least: number, most: number, row?: number }} Place
 */

/** How much rows that are not even count against the size of the pictures, and, of equal ones, a width that is not used. */
const EVEN = 0.5;
const FULL = 0.05;
/** The same where they are scrolled through. */
const LONG = 4;

/**
 * The columns for so many pictures, and how wide each is.
 * @param {number} count
 * @param {Place} place
 * @returns {{ columns: number, size: number }}
 */
export function columnsFor(count, { width, height, aspect, gap, below, least, most, row = 1 }) {
  const ways = Array.from({ length: Math.max(1, count) }, (_, i) => i + 1).map((columns) => {
    const rows = Math.ceil(count / columns);
    const across = Math.min((width - (columns - 1) * gap) / columns, most);
    const inSight = Math.min(across, (height / rows - below) * aspect);
    const evenness = count / (rows * columns);
    const used = (columns * inSight + (columns - 1) * gap) / width;
    return { columns, across, inSight, evenness, worth: inSight * evenness ** EVEN * used ** FULL };
  });
  const wide = ways.filter(({ columns, across }) => columns >= Math.min(count, row) && (columns === 1 || columns <= row || across >= least));
  const all = wide.filter(({ inSight }) => inSight >= Math.min(least, most));
  if (all.length) {
    const best = all.reduce((one, other) => (other.worth > one.worth ? other : one));
    return { columns: best.columns, size: Math.floor(best.inSight) };
  }
  // They are scrolled through: many in sight, in even rows that fill the width.
  const worth = (/** @type {typeof ways[number]} */ { evenness, columns }) => evenness ** LONG * columns;
  const best = wide.reduce((one, other) => (worth(other) > worth(one) ? other : one));
  return { columns: best.columns, size: Math.floor(best.across) };
}
