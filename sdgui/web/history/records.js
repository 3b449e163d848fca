// @ts-check
// What is known of the pictures that were found: asked for a block at a time where somebody looks, and given up where
// they have scrolled away before it came.

/**
 * @typedef {import("./told.js").ToldRecord} ToldRecord
 * @typedef {import("./layout.js").Section} Section
 * @typedef {import("./layout.js").Span} Span
 * @typedef {{ key: string, number: number, generation: number, control: AbortController }} Block
 * @typedef {(key: string, offset: number, limit: number, signal: AbortSignal) => Promise<(ToldRecord | null)[]>} Ask
 */

/** Pictures that are asked for at once. */
const BLOCK = 100;
/** Questions at the same time: browsers allow six, and the small pictures need some. */
const MOST = 3;
/** Milliseconds that somebody has to stay before they are asked: who scrolls past sees nothing anyway. */
const PAUSE = 40;
/** Blocks that are known at most: those that nobody looked at for longest are forgotten, and asked for again. */
const MOST_KNOWN = 200;

export class Records {
  /** @param {{ ask: Ask, arrived: () => void, failed: (error: unknown) => void }} calls */
  constructor({ ask, arrived, failed }) {
    this.asks = ask;
    this.arrived = arrived;
    this.failed = failed;
    /** @type {Map<string, (ToldRecord | undefined)[]>} */
    this.known = new Map();
    /** The same by their ids. @type {Map<string, ToldRecord>} */
    this.byId = new Map();
    /** What was done to pictures of which nothing is known now. @type {Map<string, Partial<ToldRecord>>} */
    this.done = new Map();
    /** How many newer pictures a section has that are not shown yet. @type {Map<string, number>} */
    this.held = new Map();
    /** The generation of each block that came. @type {Map<string, number>} */
    this.came = new Map();
    /** @type {Map<string, Block>} */
    this.coming = new Map();
    /** Blocks that did not come; they wait until somebody tries again. @type {Set<string>} */
    this.broken = new Set();
    /** @type {{ key: string, number: number, name: string }[]} */
    this.wanted = [];
    /** The blocks that are looked at. @type {Set<string>} */
    this.seen = new Set();
    this.generation = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
  }

  /** Another search: nothing is known. */
  clear() {
    for (const block of this.coming.values()) block.control.abort();
    for (const part of [this.known, this.byId, this.done, this.held, this.came, this.coming, this.broken]) part.clear();
    this.wanted = [];
    this.generation += 1;
  }

  /** All of it may have changed: it is asked for anew where somebody looks, and shown as it was until then. */
  age() {
    this.generation += 1;
    this.broken.clear();
    this.done.clear();
  }

  /** @param {string} key @param {number} offset */
  at(key, offset) {
    return this.known.get(key)?.[offset];
  }

  /** Where a picture is, as the key of its section and its place there; null where that is not known. @param {string} id @returns {[string, number] | null} */
  placeOf(id) {
    const record = this.byId.get(id);
    if (!record) return null;
    for (const [key, list] of this.known) {
      const offset = list.indexOf(record);
      if (offset >= 0) return [key, offset];
    }
    return null;
  }

  /** These are looked at, and nothing else. @param {readonly Section[]} sections @param {Span[]} spans */
  want(sections, spans) {
    /** @type {Set<string>} */
    const seen = new Set();
    this.wanted = spans.flatMap(({ section, from, to }) => {
      const { key } = sections[section];
      const blocks = [];
      for (let number = Math.floor(from / BLOCK); number * BLOCK < to; number += 1) {
        const name = `${number} ${key}`;
        seen.add(name);
        if (this.came.get(name) !== this.generation) blocks.push({ key, number, name });
      }
      return blocks;
    });
    this.seen = seen;
    const names = new Set(this.wanted.map(({ name }) => name));
    for (const [name, block] of this.coming) {
      if (names.has(name)) continue;
      block.control.abort();
      this.coming.delete(name);
    }
    if (!this.came.size && !this.coming.size) this.ask(); // nothing is shown yet, so nobody scrolls past
    if (this.wanted.length && this.timer === undefined) {
      this.timer = setTimeout(() => {
        this.timer = undefined;
        this.ask();
      }, PAUSE);
    }
  }

  ask() {
    for (const { key, number, name } of this.wanted) {
      if (this.coming.size >= MOST) return;
      if (this.coming.has(name) || this.broken.has(name)) continue;
      const block = { key, number, generation: this.generation, control: new AbortController() };
      this.coming.set(name, block);
      this.fetch(name, block);
    }
  }

  /** @param {string} name @param {Block} block */
  async fetch(name, block) {
    const { key, number, generation, control } = block;
    const from = number * BLOCK;
    try {
      const records = await this.asks(key, from + (this.held.get(key) ?? 0), BLOCK, control.signal);
      if (this.coming.get(name) !== block) return;
      const list = this.known.get(key) ?? [];
      this.known.set(key, list);
      records.forEach((record, i) => {
        const former = list[from + i];
        if (former && this.byId.get(former.id) === former) this.byId.delete(former.id);
        list[from + i] = record ?? undefined; // none where it went just now
        if (record) {
          this.byId.set(record.id, record);
          this.done.delete(record.id);
        }
      });
      this.came.delete(name);
      this.came.set(name, generation);
      this.ended(name, block);
      this.forgetOldest();
      this.wanted = this.wanted.filter((one) => one.name !== name);
      this.arrived();
    } catch (error) {
      if (control.signal.aborted || this.coming.get(name) !== block) return;
      this.broken.add(name);
      this.ended(name, block);
      this.failed(error);
    }
    this.ask();
  }

  /** @param {string} name @param {Block} block */
  ended(name, block) {
    if (this.coming.get(name) === block) this.coming.delete(name);
  }

  /** What is known must not grow with all that somebody scrolls past. */
  forgetOldest() {
    for (const name of this.came.keys()) {
      if (this.came.size <= MOST_KNOWN) return;
      if (this.seen.has(name)) continue;
      this.came.delete(name);
      const at = name.indexOf(" ");
      const list = this.known.get(name.slice(at + 1)) ?? [];
      const from = Number(name.slice(0, at)) * BLOCK;
      for (let i = from; i < Math.min(from + BLOCK, list.length); i += 1) {
        const record = list[i];
        if (record) this.byId.delete(record.id);
        list[i] = undefined;
      }
    }
  }

  /** What did not come is asked for again. */
  again() {
    this.broken.clear();
    this.ask();
  }

  /** So many pictures came to the beginning of a section. @param {string} key @param {number} count */
  shift(key, count) {
    const list = this.known.get(key);
    if (!list) return;
    this.known.set(key, [...new Array(count), ...list]);
    this.forgetBlocks(key);
  }

  /**
   * Takes pictures out of what is known. Returns how many went from each section.
   * @param {ReadonlySet<string>} ids
   */
  take(ids) {
    /** @type {Map<string, number>} */
    const gone = new Map();
    for (const [key, list] of this.known) {
      const left = list.length ? Array.from(list).filter((record) => !record || !ids.has(record.id)) : list;
      const count = list.length - left.length;
      if (!count) continue;
      this.known.set(key, left);
      this.forgetBlocks(key);
      for (const id of ids) this.byId.delete(id);
      gone.set(key, count);
    }
    return gone;
  }

  /** What was asked for there was asked by other places. @param {string} key */
  forgetBlocks(key) {
    for (const [name, block] of this.coming) {
      if (block.key !== key) continue;
      block.control.abort();
      this.coming.delete(name);
    }
    for (const name of [...this.came.keys()]) if (name.slice(name.indexOf(" ") + 1) === key) this.came.delete(name);
  }

  /** The same, changed in place, wherever it is shown. @param {ReadonlySet<string>} ids @param {Partial<ToldRecord>} change */
  change(ids, change) {
    for (const id of ids) {
      const record = this.byId.get(id);
      if (record) Object.assign(record, change);
      else this.done.set(id, { ...this.done.get(id), ...change });
    }
  }

  /** What is known of a picture, be it only what was done to it. @param {string} id @returns {Partial<ToldRecord> | undefined} */
  of(id) {
    return this.byId.get(id) ?? this.done.get(id);
  }
}
