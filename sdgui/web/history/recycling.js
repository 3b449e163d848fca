// @ts-check
// Which tile shows which picture: what is scrolled out of sight is used again where something new comes into it.

import { HistoryTile } from "./tile.js";

/**
 * @typedef {{ index: number, behind: number }} Place a picture, and how many of the tiles that stay come before it
 * @typedef {{ isOut: (index: number) => number, isNear: (top: number) => boolean }} Sight `isOut`: the higher, the later
 *   it is needed; `isNear`: whether a tile at this height may be seen
 */

/** Tiles that are given another picture in one frame. */
const MOST = 16;

export class Recycling {
  /** @param {HTMLElement} list where the tiles stand, in the order of their pictures */
  constructor(list) {
    this.list = list;
    /** @type {WeakMap<Element, HistoryTile>} */
    this.made = new WeakMap();
  }

  /** @param {Element} element */
  of(element) {
    return this.made.get(element);
  }

  /**
   * Gives what is not shown yet the tiles of what is not seen any more. Where the order allows it they stay in the page:
   * one that leaves it and comes in again has all its styles found anew, which takes longer than all else.
   * `waiting` stand in the page out of sight, for a later frame.
   * @param {Place[]} missing in their order @param {ReadonlySet<HistoryTile>} kept @param {Sight} sight
   */
  fill(missing, kept, { isOut, isNear }) {
    const free = this.others(kept);
    const pairs = missing.map((place, i) => ({ ...place, tile: free[i]?.tile, isInPlace: free[i]?.behind === place.behind }));
    for (const { tile } of free.slice(missing.length)) tile.remove();
    /** @type {Set<Element>} */
    const waiting = new Set();
    const isAll = pairs.length <= MOST;
    if (!isAll) {
      // After a jump all are new: those that are seen come first.
      pairs.sort((a, b) => isOut(a.index) - isOut(b.index) || a.index - b.index);
      for (const { tile } of pairs.splice(MOST)) {
        if (tile && isNear(tile.top)) tile.remove(); // it shows what is not there any more
        else if (tile) waiting.add(tile.element);
      }
    }
    /** @type {Map<number, HistoryTile>} */
    const filled = new Map();
    for (const { index, tile, isInPlace } of pairs) {
      // The keyboard stays with its picture: an element that has it would carry it over to another one.
      if (tile && (!isInPlace || tile.element === document.activeElement)) tile.element.remove();
      filled.set(index, tile ?? this.make());
    }
    return { filled, waiting, isAll };
  }

  /** The other tiles as they stand, each with how many that stay come before it. @param {ReadonlySet<HistoryTile>} kept */
  others(kept) {
    /** @type {{ tile: HistoryTile, behind: number }[]} */
    const found = [];
    let behind = 0;
    for (const element of this.list.children) {
      const tile = this.made.get(element);
      if (tile && kept.has(tile)) behind += 1;
      else if (tile) found.push({ tile, behind });
    }
    return found;
  }

  make() {
    const tile = new HistoryTile();
    this.made.set(tile.element, tile);
    return tile;
  }
}
