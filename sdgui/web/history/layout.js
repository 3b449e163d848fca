// @ts-check
// Where every picture lies, from the counts of its sections alone: nothing has to be in the page to be measured.

/**
 * A section with a heading above its tiles; all lengths in CSS pixels.
 * @typedef {{ key: string, count: number }} Section
 * @typedef {{ left: number, top: number, width: number, height: number }} Box
 * @typedef {{ section: number, from: number, to: number }} Span pictures of one section, `to` not included
 * @typedef {"small" | "middle" | "large"} TileSize
 */

const NARROW = 500;
/** At least so wide, or on phones so many beside each other. */
const SIZES = { small: { width: 72, columns: 5 }, middle: { width: 100, columns: 3 }, large: { width: 204, columns: 2 } };
const FOOT = 12;

/** How many tiles stand beside each other, and how wide they are. @param {number} width @param {TileSize} size */
export function fit(width, size) {
  const isNarrow = width < NARROW;
  const gap = isNarrow ? 4 : 8;
  const columns = isNarrow ? SIZES[size].columns : Math.max(1, Math.floor((width + gap) / (SIZES[size].width + gap)));
  return { columns, gap, tile: Math.max(1, Math.floor((width - gap * (columns - 1)) / columns)), pitch: (width + gap) / columns };
}

export class Layout {
  /**
   * `head` is the height of a heading, 0 where sections have none.
   * @param {readonly Section[]} sections
   * @param {{ width: number, size: TileSize, head: number }} how
   */
  constructor(sections, { width, size, head }) {
    const { columns, gap, tile, pitch } = fit(width, size);
    this.sections = sections;
    this.columns = columns;
    this.tile = tile;
    this.pitch = pitch;
    this.row = tile + gap;
    this.head = head;
    /** The index of each section's first picture, and then how many there are. */
    this.starts = new Int32Array(sections.length + 1);
    /** Where each section begins, and then where all end. */
    this.tops = new Float64Array(sections.length + 1);
    sections.forEach(({ count }, i) => {
      this.starts[i + 1] = this.starts[i] + count;
      this.tops[i + 1] = this.tops[i] + head + Math.ceil(count / columns) * this.row + FOOT;
    });
  }

  get total() {
    return this.starts[this.sections.length];
  }

  get height() {
    return this.tops[this.sections.length];
  }

  /** The section of a picture. @param {number} index */
  sectionOf(index) {
    return last(this.starts, index, this.sections.length);
  }

  /** The section at a height, or the nearest. @param {number} y */
  sectionAt(y) {
    return last(this.tops, Math.max(0, y), this.sections.length);
  }

  /** @param {number} index @returns {Box} */
  boxOf(index) {
    const section = this.sectionOf(index);
    const place = index - this.starts[section];
    return {
      left: Math.round((place % this.columns) * this.pitch),
      top: this.tops[section] + this.head + Math.floor(place / this.columns) * this.row,
      width: this.tile,
      height: this.tile,
    };
  }

  /** The pictures any of which is seen between two heights, as the first and the one behind the last. @param {number} top @param {number} bottom @returns {[number, number]} */
  between(top, bottom) {
    if (!this.total) return [0, 0];
    return [this.firstFrom(top), this.firstFrom(bottom + this.row)];
  }

  /** The first picture that ends below a height. @param {number} y */
  firstFrom(y) {
    const section = this.sectionAt(y);
    if (section >= this.sections.length) return this.total;
    const row = Math.floor((y - this.tops[section] - this.head) / this.row);
    const count = this.starts[section + 1] - this.starts[section];
    return this.starts[section] + Math.min(count, Math.max(0, row) * this.columns);
  }

  /** The sections any of which is seen, as the first and the one behind the last. @param {number} top @param {number} bottom @returns {[number, number]} */
  sectionsBetween(top, bottom) {
    if (!this.sections.length) return [0, 0];
    return [this.sectionAt(top), this.sectionAt(bottom) + 1];
  }

  /** Pictures by their sections. @param {number} from @param {number} to not included @returns {Span[]} */
  spans(from, to) {
    const found = [];
    for (let index = Math.max(0, from), end = Math.min(to, this.total); index < end;) {
      const section = this.sectionOf(index);
      const stop = Math.min(end, this.starts[section + 1]);
      found.push({ section, from: index - this.starts[section], to: stop - this.starts[section] });
      index = stop;
    }
    return found;
  }

  /** So many rows further down, or up where it is negative, in the same column where there is one. @param {number} index @param {number} rows */
  below(index, rows) {
    let at = index;
    const step = Math.sign(rows);
    for (let left = Math.abs(rows); left > 0; left -= 1) {
      const next = this.beside(at, step);
      if (next === at) break;
      at = next;
    }
    return at;
  }

  /** @param {number} index @param {number} step 1 for the row below, -1 for the one above */
  beside(index, step) {
    const section = this.sectionOf(index);
    const place = index - this.starts[section];
    const column = place % this.columns;
    const row = Math.floor(place / this.columns) + step;
    const count = this.starts[section + 1] - this.starts[section];
    const rows = Math.ceil(count / this.columns);
    if (row >= 0 && row < rows) return this.starts[section] + Math.min(row * this.columns + column, count - 1);
    let next = section + step;
    while (next >= 0 && next < this.sections.length && !this.sections[next].count) next += step;
    if (next < 0 || next >= this.sections.length) return index;
    const others = this.sections[next].count;
    const first = step > 0 ? 0 : (Math.ceil(others / this.columns) - 1) * this.columns;
    return this.starts[next] + Math.min(first + column, others - 1);
  }

  /** The pictures that a box touches, as runs of indices. @param {Box} box @returns {[number, number][]} */
  touched({ left, top, width, height }) {
    /** @type {[number, number][]} */
    const runs = [];
    const first = Math.max(0, Math.ceil((left - this.tile) / this.pitch));
    const behind = Math.min(this.columns, Math.floor((left + width) / this.pitch) + 1);
    if (first >= behind || !this.total) return runs;
    const [from, to] = this.sectionsBetween(top, top + height);
    for (let section = from; section < to; section += 1) {
      const begin = this.tops[section] + this.head;
      const count = this.sections[section].count;
      const rows = Math.ceil(count / this.columns);
      const upper = Math.max(0, Math.ceil((top - begin - this.tile) / this.row));
      const lower = Math.min(rows, Math.floor((top + height - begin) / this.row) + 1);
      for (let row = upper; row < lower; row += 1) {
        const start = this.starts[section] + row * this.columns;
        const stop = Math.min(start + behind, this.starts[section] + count);
        if (start + first < stop) runs.push([start + first, stop]);
      }
    }
    return runs;
  }
}

/** The last place of a growing list whose value is not above this one. @param {Int32Array | Float64Array} list @param {number} value @param {number} count */
function last(list, value, count) {
  let low = 0;
  let high = Math.max(0, count - 1);
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (list[middle] <= value) low = middle;
    else high = middle - 1;
  }
  return low;
}
