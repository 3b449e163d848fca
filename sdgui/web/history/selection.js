// @ts-check
// Which pictures are selected: by their ids, for most of them are not in the page.

export class Selection {
  /** `changed` is called after every change. @param {() => void} changed */
  constructor(changed) {
    this.changed = () => {
      this.version += 1;
      changed();
    };
    /** Another one after each change. */
    this.version = 0;
    /** @type {Set<string>} */
    this.ids = new Set();
    /** What was selected when the range began that Shift extends. @type {Set<string>} */
    this.base = new Set();
    /** The index from which Shift extends; -1 where nothing was touched yet. */
    this.anchor = -1;
    /** A later extension overtakes one whose ids are still being asked for. */
    this.turn = 0;
  }

  get size() {
    return this.ids.size;
  }

  /** @param {string} id */
  has(id) {
    return this.ids.has(id);
  }

  /** One more, or one less; the next range begins there. @param {string} id @param {number} index */
  toggle(id, index) {
    this.turn += 1;
    if (!this.ids.delete(id)) this.ids.add(id);
    this.mark(index);
    this.changed();
  }

  /** The next range begins there, with what is selected now. @param {number} index */
  mark(index) {
    this.anchor = index;
    this.base = new Set(this.ids);
  }

  /**
   * From the anchor to there, whatever the range was before; `idsOf` asks for the ids of indices, both included.
   * @param {number} index @param {(from: number, to: number) => Promise<string[]> | string[]} idsOf
   */
  async extend(index, idsOf) {
    if (this.anchor < 0) this.mark(index);
    this.turn += 1;
    const { turn, anchor } = this;
    const asked = idsOf(Math.min(anchor, index), Math.max(anchor, index));
    const ids = asked instanceof Promise ? await asked : asked;
    if (turn !== this.turn) return;
    this.ids = new Set([...this.base, ...ids]);
    this.changed();
  }

  /** @param {Iterable<string>} ids */
  add(ids) {
    this.turn += 1;
    for (const id of ids) this.ids.add(id);
    this.base = new Set(this.ids);
    this.changed();
  }

  /** What is there no more. @param {Iterable<string>} ids */
  drop(ids) {
    this.turn += 1;
    for (const id of ids) this.ids.delete(id);
    this.base = new Set(this.ids);
    this.changed();
  }

  /** Whether there was something to clear. */
  clear() {
    this.turn += 1;
    const had = this.ids.size > 0;
    this.ids.clear();
    this.base.clear();
    this.anchor = -1;
    if (had) this.changed();
    return had;
  }
}
