// @ts-check
// How far a dream is, for those who do not see it: its start, a quarter, half, and its end; never more.

/** @typedef {import("../dreams/dream.js").Dream} Dream */

/** @type {[number, string][]} */
const MARKS = [[0.5, "Half done"], [0.25, "A quarter done"], [0, "Started"]];

export class Announcing {
  /** @param {(words: string) => void} say */
  constructor(say) {
    this.say = say;
    /** The share up to which each dream was told of. @type {WeakMap<Dream, number>} */
    this.told = new WeakMap();
  }

  /** Says what is new of the dreams under way. @param {Dream[]} active */
  tell(active) {
    for (const dream of active) {
      if (!dream.hasBegun) continue;
      const [share, words] = MARKS.find(([least]) => dream.fraction >= least) ?? MARKS[2];
      if (share <= (this.told.get(dream) ?? -1)) continue;
      this.told.set(dream, share);
      this.say(`${words}: “${dream.title}”`);
    }
  }
}
