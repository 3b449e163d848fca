// @ts-check
// What is begun once: the second press of a double click means nothing more, and who asks for exactly the same while it
// is being made already is told so.

/** Milliseconds within which a second press belongs to the first. */
const DOUBLE = 400;

/** @typedef {Pick<import("../dreams/dream.js").Dream, "id" | "hasBegun">} Active */

export class Twice {
  constructor() {
    this.last = "";
    this.time = -Infinity;
    /** What each dream was asked with, by its job. @type {Map<string, string>} */
    this.asked = new Map();
  }

  /** Whether a press is the second of two, or one more of many; each is seen here. @param {string} what @param {number} [now] in milliseconds */
  isSecond(what, now = performance.now()) {
    const isSecond = what === this.last && now - this.time < DOUBLE;
    this.last = what;
    this.time = now;
    return isSecond;
  }

  /** Nothing was begun: who presses again means it. */
  reset() {
    this.time = -Infinity;
  }

  /** A dream was begun; what was `asked` would be that now. @param {string} job @param {string} what @param {string} [asked] */
  began(job, what, asked = what) {
    this.asked.set(job, what);
    if (this.last === asked) this.last = what;
  }

  /** The dream that was asked for in the same words, of those that are not made yet. @template {Active} Dream @param {string} what @param {Dream[]} active */
  alike(what, active) {
    const there = new Set(active.map(({ id }) => id));
    for (const job of this.asked.keys()) if (!there.has(job)) this.asked.delete(job);
    return active.find(({ id }) => this.asked.get(id) === what);
  }
}
