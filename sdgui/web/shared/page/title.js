// @ts-check
// The tab's title says how far a dream is, and then how it ended, until somebody looks.

/** @typedef {import("../dreams/dream.js").Dream} Dream */

const TITLE = "sdgui";
/** @type {Record<string, string>} */
const ENDS = { finished: "done", cancelled: "stopped", failed: "failed" };

export class Title {
  constructor() {
    /** The dream that it tells of. @type {Dream | null} */
    this.dreamt = null;
    this.ending = "";
    for (const type of ["focus", "pointerdown", "keydown"]) window.addEventListener(type, () => this.seen(), true);
  }

  /** @param {Dream[]} active */
  tell(active) {
    const dream = active.find(({ hasBegun }) => hasBegun) ?? active.at(-1);
    if (dream) {
      this.set(`${dream.hasBegun ? `${dream.done.length} of ${dream.pictures.size}` : "waiting"} · ${TITLE}`);
      this.dreamt = dream;
    } else if (this.dreamt) {
      this.ending = ENDS[this.dreamt.state] ?? "";
      this.dreamt = null;
      this.set(this.ending ? `${this.ending} · ${TITLE}` : TITLE);
    }
  }

  seen() {
    if (!this.ending) return;
    this.ending = "";
    this.set(TITLE);
  }

  /** @param {string} words */
  set(words) {
    if (document.title !== words) document.title = words;
  }
}
