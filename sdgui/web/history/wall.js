// @ts-check
// The pictures that are on the screen, of all that were found: tiles are placed by arithmetic and used again, so that
// the page is as light with a hundred thousand as with a hundred.

import { button, make } from "../shared/dom/dom.js";
import { inFrame } from "../shared/dom/frame.js";
import { dayWords, today } from "./days.js";
import { Layout } from "./layout.js";
import { Recycling } from "./recycling.js";

/**
 * @typedef {import("./layout.js").Section} Section
 * @typedef {import("./layout.js").TileSize} TileSize
 * @typedef {import("./records.js").Records} Records
 * @typedef {import("./selection.js").Selection} Selection
 * @typedef {import("./tile.js").HistoryTile} HistoryTile
 * @typedef {{ element: HTMLElement, words: Text, count: HTMLElement, all: HTMLElement, told: string }} Head
 */

/** What is kept ready above and below what is seen, in parts of its height. */
const MARGIN = 0.5;
/** The only section where the order is not by days. */
export const ALL = "all";
const isTouched = () => matchMedia("(pointer: coarse)").matches;

export class Wall {
  /** @param {{ records: Records, selection: Selection, selectAll: (section: number) => void, moved: () => void }} parts */
  constructor({ records, selection, selectAll, moved }) {
    this.records = records;
    this.selection = selection;
    this.selectAll = selectAll;
    this.moved = moved;
    /** @type {readonly Section[]} */
    this.sections = [];
    /** @type {TileSize} */
    this.size = "middle";
    /** Whether what is shown lies in the bin. */
    this.isBin = false;
    /** How much of it is seen at once, in pixels; measured where it changes, for asking would have the page laid out. */
    this.seen = 0;
    this.layout = new Layout([], { width: 0, size: this.size, head: 0 });
    /** The index that the keyboard is on, or would come to. */
    this.active = 0;
    /** The ids of sections that were asked for as a whole, by their keys. @type {Map<string, string[]>} */
    this.whole = new Map();
    /** Selected while a box is being drawn. @type {Set<number>} */
    this.drawn = new Set();
    /** @type {Map<string, HistoryTile>} */
    this.tiles = new Map();
    /** @type {Map<string, Head>} */
    this.heads = new Map();
    this.headings = make("div", { className: "history-heads" });
    this.list = make("div", { className: "history-list", role: "listbox", aria: { multiselectable: true, label: "Pictures" } });
    this.recycling = new Recycling(this.list);
    this.space = make("div", { className: "history-space" }, this.headings, this.list);
    this.element = make("div", { className: "history-scroll" }, this.space);
    this.element.addEventListener("scroll", () => {
      this.renderSoon();
      this.moved();
    }, { passive: true });
    this.list.addEventListener("focusin", (event) => {
      const tile = this.tileOf(event.target);
      if (tile && tile.index !== this.active) {
        this.active = tile.index;
        this.render();
      }
    });
    new ResizeObserver(() => this.fit()).observe(this.element);
  }

  get total() {
    return this.layout.total;
  }

  /** @param {EventTarget | null} target @returns {HistoryTile | undefined} */
  tileOf(target) {
    const element = target instanceof Element ? target.closest(".history-tile") : null;
    return element ? this.recycling.of(element) : undefined;
  }

  /** @param {number} index */
  recordAt(index) {
    if (index < 0 || index >= this.total) return undefined;
    const section = this.layout.sectionOf(index);
    return this.records.at(this.sections[section].key, index - this.layout.starts[section]);
  }

  /** Where a picture that is known lies; -1 where it is not. @param {string} id */
  indexOf(id) {
    const place = this.records.placeOf(id);
    const section = place ? this.sections.findIndex(({ key }) => key === place[0]) : -1;
    return place && section >= 0 ? this.layout.starts[section] + place[1] : -1;
  }

  /** Other pictures were found: shown from the first on. @param {readonly Section[]} sections */
  begin(sections) {
    this.sections = sections.filter(({ count }) => count > 0);
    this.whole.clear();
    this.active = 0;
    this.arrange();
    this.element.scrollTop = 0;
    this.render();
  }

  /**
   * Some came or went: what one looks at stays where it is, and so does the keyboard.
   * @param {() => readonly Section[]} change what happens to the records at the same time; the sections after it
   */
  change(change) {
    const focused = this.recordAt(this.active)?.id;
    this.whole.clear();
    this.hold(() => {
      this.sections = change().filter(({ count }) => count > 0);
    });
    const index = focused ? this.indexOf(focused) : -1;
    this.active = Math.max(0, Math.min(index < 0 ? this.active : index, this.total - 1));
    const hadKeyboard = this.list.contains(document.activeElement);
    this.render();
    if (hadKeyboard && !this.list.contains(document.activeElement)) this.focus(this.active);
  }

  /** @param {TileSize} size */
  resize(size) {
    if (this.size === size) return;
    this.hold(() => (this.size = size));
    this.render();
  }

  /** The window is wider or narrower. */
  fit() {
    this.seen = this.element.clientHeight;
    if (this.space.clientWidth && this.space.clientWidth !== this.width) this.hold(() => {});
    this.render();
  }

  /** Arranges anew; the first picture that is seen stays at its height. @param {() => void} act */
  hold(act) {
    const { scrollTop } = this.element;
    const index = this.layout.total ? Math.min(this.layout.firstFrom(scrollTop), this.layout.total - 1) : -1;
    const isAtTop = scrollTop < Math.max(1, this.layout.head);
    const record = this.recordAt(index);
    const section = index < 0 ? null : this.layout.sectionOf(index);
    const key = section === null ? "" : this.sections[section].key;
    const offset = section === null ? 0 : index - this.layout.starts[section];
    const above = index < 0 ? 0 : this.layout.boxOf(index).top - scrollTop;
    act();
    this.arrange();
    if (index < 0 || isAtTop || !this.total) return;
    const known = record ? this.indexOf(record.id) : -1;
    const there = this.sections.findIndex((one) => one.key === key);
    const next = known >= 0 ? known : there < 0 ? Math.min(index, this.total - 1) : this.layout.starts[there] + Math.min(offset, this.sections[there].count - 1);
    this.element.scrollTop = this.layout.boxOf(next).top - above;
  }

  arrange() {
    this.width = this.space.clientWidth;
    const head = isTouched() ? 48 : 40;
    this.layout = new Layout(this.sections, { width: this.width, size: this.size, head });
    this.space.style.height = `${this.layout.height}px`;
    this.element.dataset.size = this.size;
    this.list.hidden = !this.total;
  }

  /** However often something comes, it is shown once a frame. */
  renderSoon() {
    inFrame(this, () => this.render());
  }

  /** Shows what is seen, and asks for what is not known of it. */
  render() {
    const { seen } = this;
    if (!seen) return;
    const { scrollTop } = this.element;
    const margin = seen * MARGIN;
    const [from, to] = this.layout.between(scrollTop - margin, scrollTop + seen + margin);
    const [first, behind] = this.layout.sectionsBetween(scrollTop - margin, scrollTop + seen + margin);
    const hadKeyboard = this.list.contains(document.activeElement);
    this.showHeads(first, behind);
    this.showTiles(from, to, scrollTop);
    // What is known of a picture may be asked anew: its tile then went, and the keyboard with it.
    if (hadKeyboard && !this.list.contains(document.activeElement)) this.tileAt(this.active)?.element.focus({ preventScroll: true });
    this.records.want(this.sections, this.layout.spans(from, to));
  }

  /** @param {number} from @param {number} to @param {number} scrollTop */
  showTiles(from, to, scrollTop) {
    const wanted = Array.from({ length: to - from }, (_, i) => from + i);
    const hasKeyboard = this.list.contains(document.activeElement) && this.active < this.total;
    // The keyboard is never lost because its picture was scrolled out of sight.
    if (hasKeyboard && this.active < from) wanted.unshift(this.active);
    if (hasKeyboard && this.active >= to) wanted.push(this.active);
    const inTurn = this.active >= from && this.active < to || hasKeyboard ? this.active : this.layout.firstFrom(scrollTop);
    /** @type {Map<string, HistoryTile>} */
    const next = new Map();
    /** Of each place: while a picture is known in two, as after a deletion elsewhere, there are two tiles of it. @type {Map<number, HistoryTile>} */
    const placed = new Map();
    /** @param {number} index @param {HistoryTile} tile */
    const place = (index, tile) => {
      const id = this.recordAt(index)?.id;
      next.set(id === undefined || next.has(id) ? `#${index}` : id, tile);
      placed.set(index, tile);
    };
    /** @type {Set<HistoryTile>} */
    const kept = new Set();
    /** @type {import("./recycling.js").Place[]} */
    const missing = [];
    for (const index of wanted) {
      const id = this.recordAt(index)?.id ?? "";
      const name = [id, `#${index}`].find((one) => this.tiles.has(one));
      const tile = name === undefined ? undefined : this.tiles.get(name);
      if (name === undefined || !tile) {
        missing.push({ index, behind: kept.size });
        continue;
      }
      this.tiles.delete(name);
      kept.add(tile);
      place(index, tile);
    }
    const [first, behind] = [this.layout.firstFrom(scrollTop), this.layout.firstFrom(scrollTop + this.seen + this.layout.row)];
    const { filled, waiting, isAll } = this.recycling.fill(missing, kept, {
      isOut: (index) => Number(index < first || index >= behind) - Number(index === this.active),
      isNear: (top) => Math.abs(top - scrollTop) < 2 * this.seen,
    });
    for (const [index, tile] of filled) place(index, tile);
    if (!isAll) this.renderSoon();
    this.tiles = next;
    let cursor = this.list.firstElementChild;
    const now = today();
    for (const index of wanted) {
      const record = this.recordAt(index);
      const tile = placed.get(index);
      if (!tile) continue;
      while (cursor && waiting.has(cursor)) cursor = cursor.nextElementSibling;
      const isSelected = record ? this.selection.has(record.id) || this.drawn.has(index) : this.drawn.has(index);
      tile.show({ record, index, total: this.total, box: this.layout.boxOf(index), isSelected, isActive: index === inTurn, day: this.dayOf(index, now), isBin: this.isBin });
      if (tile.element === cursor) cursor = cursor.nextElementSibling;
      else this.list.insertBefore(tile.element, cursor);
    }
  }

  /** @param {number} index @param {string} now */
  dayOf(index, now) {
    const { key } = this.sections[this.layout.sectionOf(index)];
    return key === ALL ? "" : dayWords(key, now);
  }

  /** @param {number} first @param {number} behind */
  showHeads(first, behind) {
    const shown = this.sections.slice(first, behind);
    const keys = new Set(shown.map(({ key }) => key));
    for (const [key, head] of this.heads) {
      if (keys.has(key)) continue;
      head.element.remove();
      this.heads.delete(key);
    }
    shown.forEach(({ key, count }, i) => {
      const head = this.heads.get(key) ?? this.makeHead(key);
      const words = key === ALL ? "All" : dayWords(key);
      head.element.style.transform = `translateY(${this.layout.tops[first + i]}px)`;
      head.element.style.height = `${this.layout.head}px`;
      if (head.words.data !== words) head.words.data = words;
      if (head.count.textContent !== pictures(count)) head.count.textContent = pictures(count);
      this.showAll(head, { key, count }, words);
      if (head.element !== this.headings.children[i]) this.headings.insertBefore(head.element, this.headings.children[i] ?? null);
    });
  }

  /** What the button of a section does, looked at anew where something of it may be otherwise. @param {Head} head @param {Section} section @param {string} words */
  showAll(head, section, words) {
    const told = [this.selection.version, section.count, this.whole.get(section.key)?.length, this.records.came.size].join(" ");
    if (head.told === told) return;
    head.told = told;
    const act = this.isWhole(section) ? "Clear" : "Select all";
    if (head.all.textContent !== act) head.all.textContent = act;
    head.all.setAttribute("aria-label", section.key === ALL ? act : `${act}${act === "Clear" ? " the selection" : ""} of ${words}`);
  }

  /** Whether all of a section is selected, as far as that is known. @param {Section} section */
  isWhole({ key, count }) {
    if (this.selection.size < count) return false;
    const ids = this.whole.get(key);
    if (ids?.length === count && ids.every((id) => this.selection.has(id))) return true;
    for (let offset = 0; offset < count; offset += 1) {
      const record = this.records.at(key, offset);
      if (!record || !this.selection.has(record.id)) return false;
    }
    return true;
  }

  /** @param {string} key @returns {Head} */
  makeHead(key) {
    const words = document.createTextNode("");
    const count = make("span", {});
    const all = button("Select all", "history-all", () => this.selectAll(this.sections.findIndex((one) => one.key === key)));
    const element = make("div", { className: "history-head", data: { day: key } }, make("h2", {}, words), count, all);
    const head = { element, words, count, all, told: "" };
    this.heads.set(key, head);
    return head;
  }

  /** The keyboard goes to a picture, which comes into sight. @param {number} index */
  focus(index) {
    if (!this.total) return;
    this.active = Math.max(0, Math.min(index, this.total - 1));
    this.bring(this.active);
    this.render();
    this.tileAt(this.active)?.element.focus({ preventScroll: true });
    this.render();
  }

  /** @param {number} index */
  tileAt(index) {
    return this.tiles.get(this.recordAt(index)?.id ?? "") ?? this.tiles.get(`#${index}`);
  }

  /** Scrolls as little as it takes to see a picture, the first of a day with its heading. @param {number} index */
  bring(index) {
    const { top, height } = this.layout.boxOf(index);
    const section = this.layout.sectionOf(index);
    const upper = index - this.layout.starts[section] < this.layout.columns ? this.layout.tops[section] : top - 8;
    const { scrollTop } = this.element;
    if (upper < scrollTop) this.element.scrollTop = upper;
    else if (top + height + 8 > scrollTop + this.seen) this.element.scrollTop = top + height + 8 - this.seen;
  }

  /** Shows a day from its heading on. @param {number} section */
  jump(section) {
    this.element.scrollTop = this.layout.tops[Math.max(0, Math.min(section, this.sections.length - 1))];
    this.render();
  }

  /** How many rows are seen at once. */
  get rows() {
    return Math.max(1, Math.floor(this.seen / this.layout.row));
  }
}

/** "1 picture", "12,408 pictures". @param {number} count */
export const pictures = (count) => `${count.toLocaleString("en")} ${count === 1 ? "picture" : "pictures"}`;
