// @ts-check
// One dream of Compare: a wall of seeds, its refined ones, a row of variations, or a labelled grid.

import { COMPACT } from "../../shared/dom/compact.js";
import { button, make } from "../../shared/dom/dom.js";
import { grey } from "../../shared/dom/grey.js";
import { ago, left, pictures as counted, settings } from "../../shared/dreams/words.js";
import { columnsFor } from "../../shared/gallery/columns.js";
import { Row } from "../../shared/gallery/row.js";
import { Cell } from "./cell.js";

const WIDE = 5;
/**
 * Pixels, by mouse and by finger: the gap between tiles, what stands above them, the smallest tile, and of a grid what its
 * labels take.
 */
const LARGE = { gap: 10, head: 36, least: 108, labels: 70 };
const SMALL = { gap: 10, head: 98, least: 84, labels: 50 };
/** The same below each: its match, with the gap; what a row of variations, and what a gathered wall says of it. */
const [BELOW, CAPTION, LABEL] = [28, 22, 40];
/** Pixels from which down a long seed and a match have no room beside each other. */
const NARROW = 150;
/** The same from which down ten digits and a word would cover most of a picture. */
const TINY = 110;
const KEYS = "←↑→↓ move · K keep · X reject · A/B pin · V vary";
const VARIATION = "variation ";
const REMEMBERED = "sdgui-sort-1";
const FILLS = "sdgui-grid-fills-1";
/** How much wider a grid has to be across the whole width than with all its rows in sight, for somebody to be asked. */
const WORTH = 1.2;
/** Pixels of a line of what waits above, and of the space below: with one, and whatever waits when a grid opens, all its rows are in sight. */
const LINE = 54;
/** Why a grid is as wide as it is, though there is room. */
const [WHOLE, FILLED] = ["Larger, with rows to scroll to", "Smaller, with all rows in sight"];
const MUSH = "The pictures are seen at four times their pixels; larger, they would be mush";
/** Pixels that the labels of its rows take, and one gap. */
const [SIDE, BESIDE] = [120, 8];

/**
 * @typedef {import("../../shared/dreams/dream.js").Dream} Dream
 * @typedef {import("../../shared/dreams/dream.js").Picture} Picture
 * @typedef {import("../../shared/dreams/told.js").ToldSheet} ToldSheet
 * @typedef {import("./sheets.js").Sheets} Sheets
 */

/** The sheet that a dream of Compare is. @param {Dream} dream @returns {ToldSheet} */
const sheetOf = (dream) => dream.sheet ?? { kind: "wall", x: null, y: null, sources: [] };

export class Sheet extends Row {
  /** @param {Sheets} list @param {Dream} dream */
  constructor(list, dream) {
    super(list, dream);
    this.list = list;
    /** Pixels that are left to what waits above. */
    this.above = LINE;
    /** The places of its tiles, as they were sorted last. @type {Map<Cell, number> | null} */
    this.ordered = null;
    this.element.className = "sheet";
    this.element.dataset.testid = "sheet";
    this.element.dataset.kind = this.kind;
    this.element.classList.toggle("is-of-one-seed", this.isOfOneSeed);
    this.element.classList.toggle("is-scale", this.isScale);
    this.meta.after(make("span", { className: "sheet-keys", textContent: KEYS, aria: { hidden: true } }));
    this.wasActive = dream.isActive;
    if (this.sort && !dream.isActive) this.order();
    const [first] = this.cells;
    for (const { openButton } of this.unsorted) openButton.tabIndex = openButton === first?.openButton ? 0 : -1;
  }

  get kind() {
    return sheetOf(this.dream).kind;
  }

  get isGrid() {
    return this.kind === "grid";
  }

  /** Whether its seeds distinguish nothing; of a grid its labels say what does. */
  get isOfOneSeed() {
    return this.isGrid || new Set([...this.dream.pictures.values()].map(({ seed }) => seed)).size === 1;
  }

  /** Whether it goes from one strength to another. */
  get isScale() {
    const { kind, x } = sheetOf(this.dream);
    return kind === "variations" && x?.title === "Strength";
  }

  /** @override */
  actions() {
    const { dream } = this;
    const list = /** @type {Sheets} */ (this.list);
    const menu = button("Export ▾", "sheet-export", () => list.menu.open(menu, list.exports.of(dream)), { aria: { haspopup: "menu" } });
    return [this.isGrid ? this.makeWidth() : this.makeSort(), this.go, this.stop, menu, ...this.more(), this.reuse, this.removal];
  }

  makeSort() {
    const sort = make("select", { className: "sheet-sort", aria: { label: "Sort" } },
      make("option", { value: "seed", textContent: this.kind === "variations" || this.dream.isGathered ? "In order" : "By seed" }),
      make("option", { value: "match", textContent: "By match" }));
    sort.value = localStorage.getItem(REMEMBERED) === "match" ? "match" : "seed";
    sort.addEventListener("change", () => {
      localStorage.setItem(REMEMBERED, sort.value);
      this.order();
    });
    this.sort = sort;
    return make("span", { className: "sort-box" }, sort);
  }

  /** A grid opens below what waits and has stood above it; once it is open nothing of it moves. @override */
  opens() {
    if (!this.isGrid || !this.list.room.width) return;
    this.above = this.list.queue.offsetHeight - LINE;
    this.fit(this.list.room);
  }

  /** Whether grids fill the width, and are scrolled, or are seen whole. */
  get fills() {
    return localStorage.getItem(FILLS) === "yes";
  }

  makeWidth() {
    this.width = button("", "sheet-width", () => {
      localStorage.setItem(FILLS, this.fills ? "no" : "yes");
      for (const sheet of this.list.sheets) sheet.fit(this.list.room);
    }, { hidden: true });
    return this.width;
  }

  /** @override */
  fill() {
    for (const picture of this.dream.pictures.values()) this.tiles.set(picture.index, new Cell(this, picture));
    this.element.append(this.isGrid ? this.plot() : this.wall());
  }

  /** Whether it was put together from pictures that differ in more than their seeds. */
  get hasLabels() {
    return this.unsorted.some(({ picture }) => picture.label.length > 0);
  }

  /** Its tiles in the order of their pictures. */
  get unsorted() {
    return /** @type {Cell[]} */ ([...this.tiles.values()]);
  }

  wall() {
    const cells = this.unsorted;
    if (this.kind === "variations") for (const cell of cells) cell.caption(this.caption(cell.picture), this.varied(cell.picture));
    if (this.hasLabels) for (const cell of cells) cell.tellApart();
    this.grid = make("div", { className: "wall", role: "group", aria: { label: "Pictures" } }, ...cells.map((cell) => cell.frame));
    this.grid.style.setProperty("--count", String(cells.length));
    return this.grid;
  }

  /** A scale of strengths is one line: its styles fit it. @override @param {{ width: number, height: number }} room */
  fit({ width, height }) {
    const { grid } = this;
    if (!grid || !width) return;
    const { gap, head, least, labels } = COMPACT.matches ? SMALL : LARGE;
    const made = this.dream.settings;
    const aspect = made.width / made.height;
    const [most, count] = [this.most, this.tiles.size];
    if (this.isGrid) {
      const rows = sheetOf(this.dream).y?.labels.length ?? 1;
      const above = COMPACT.matches ? 0 : Math.max(this.above, LINE);
      const inSight = ((height - head - labels - above) / rows - BELOW) * aspect; // all rows, if they can be
      const columns = sheetOf(this.dream).x?.labels.length ?? 1;
      const across = (width - SIDE) / columns - BESIDE;
      if (this.width) {
        const now = Math.min(inSight, most);
        this.width.hidden = across < WORTH * now;
        this.width.textContent = this.fills ? "Show whole" : "Fill width";
        grey(this.width, Math.min(across, most) < WORTH * now ? MUSH : "", this.fills ? FILLED : WHOLE);
      }
      grid.style.setProperty("--in-sight", `${Math.floor(this.fills ? most : Math.min(inSight, most))}px`);
      return;
    }
    if (this.isScale) {
      grid.classList.toggle("is-narrow", count >= WIDE);
      return;
    }
    const below = BELOW + (this.kind === "variations" ? CAPTION : this.hasLabels ? LABEL : 0);
    const { columns, size } = columnsFor(count, { width, height: height - head, aspect, gap, below, least, most });
    grid.style.setProperty("--columns", String(columns));
    const isToTheEdge = size < most && columns * (size + 1 + gap) > width;
    grid.style.setProperty("--tile", isToTheEdge ? "1fr" : `${size}px`);
    grid.classList.toggle("is-narrow", size < NARROW);
    grid.classList.toggle("is-tiny", size < TINY);
  }

  /** Columns and rows with their labels, which stay in sight while it scrolls. */
  plot() {
    const { x, y } = sheetOf(this.dream);
    const columns = x?.labels.length ?? 1;
    /** @param {string} className @param {string} text @param {string} place @param {string} title */
    const label = (className, text, place, title) => {
      const element = make("div", { className, title: `${title}: ${text}` }, make("span", { textContent: text }));
      element.style.gridArea = place;
      return element;
    };
    const corner = make("div", { className: "plot-corner" },
      make("span", { textContent: `${x?.title} →` }), ...(y ? [make("span", { textContent: `${y.title} ↓` })] : []));
    const heads = (x?.labels ?? []).map((text, i) => label("plot-column", text, `1 / ${i + 2}`, x?.title ?? ""));
    const sides = (y?.labels ?? []).map((text, i) => label("plot-row", text, `${i + 2} / 1`, y?.title ?? ""));
    const cells = this.unsorted;
    for (const { picture: { index }, frame } of cells) {
      frame.style.gridArea = `${Math.floor(index / columns) + 2} / ${(index % columns) + 2}`;
    }
    this.grid = make("div", { className: "plot-grid" },
      corner, ...heads, ...sides, ...cells.map((cell) => cell.frame));
    this.grid.style.setProperty("--columns", String(columns));
    this.grid.style.setProperty("--pixels", `${this.most}px`);
    this.grid.classList.toggle("is-narrow", columns >= WIDE);
    const name = y ? `${x?.title} by ${y.title}` : x?.title;
    return make("div", { className: "plot", role: "group", aria: { label: name } }, this.grid);
  }

  /** What is special of a picture, for ears: where it lies in a grid, how it varies. @param {number} index @returns {string[]} */
  where(index) {
    const { x, y } = sheetOf(this.dream);
    const picture = this.dream.pictures.get(index);
    if (!this.isGrid || !x) return this.kind === "variations" && picture ? [this.varied(picture)] : picture?.label.filter((word) => !word.startsWith("seed ")) ?? [];
    const column = `${x.title} ${x.labels[index % x.labels.length]}`;
    return y ? [column, `${y.title} ${y.labels[Math.floor(index / x.labels.length)]}`] : [column];
  }

  /** @override */
  get again() {
    return this.isBare ? "Continue" : `Continue (${this.dream.missing})`;
  }

  /** Its cells say it themselves. @override */
  rank() {}

  /** The selection knows where the keyboard is; where that is not shown any more, the first that is can be reached. @override */
  roam() {
    const { cells } = this;
    if (cells.length && !cells.some(({ openButton }) => openButton.tabIndex === 0)) cells[0].openButton.tabIndex = 0;
  }

  /** The same. @override */
  key() {}

  /** How a picture of a row varies. @param {Picture} picture */
  varied(picture) {
    const { x } = sheetOf(this.dream);
    if (x) return `${x.title === "Strength" ? "strength " : VARIATION}${x.labels[picture.index] ?? ""}`;
    const { variation } = picture.settings;
    if (!variation) return "strength 0";
    const strengths = new Set([...this.dream.pictures.values()].map((other) => other.settings.variation?.strength ?? 0));
    return strengths.size > 1 ? `strength ${variation.strength}` : `${VARIATION}${variation.seed}`;
  }

  /** The same below a tile, where ten digits have room, and few words beside them. @param {Picture} picture */
  caption(picture) {
    const words = this.varied(picture);
    return words.startsWith(VARIATION) ? words.slice(VARIATION.length) : words;
  }

  /** Of one that was stopped, what is there is seen; a grid keeps its places, which its labels name. @param {Cell} cell */
  shows({ picture }) {
    return this.isGrid || this.dream.isActive || picture.state !== "stopped";
  }

  /** Its tiles in the order in which they are seen. */
  get cells() {
    const cells = this.unsorted.filter((cell) => this.shows(cell));
    const { ordered } = this;
    if (this.sort?.value !== "match" || !ordered) return cells;
    return cells.sort((a, b) => (ordered.get(a) ?? Infinity) - (ordered.get(b) ?? Infinity));
  }

  /** @override */
  get pictures() {
    return this.cells.map((cell) => cell.picture).filter(({ id }) => id !== null);
  }

  /** Sorts anew: when asked to, and when all are there; never while pictures come, so that nothing jumps. */
  order() {
    const active = document.activeElement;
    const held = active instanceof HTMLElement && this.grid?.contains(active) ? active : null;
    const ranks = this.dream.ranks();
    const cells = this.unsorted;
    if (this.sort?.value === "match") {
      cells.sort((a, b) => (ranks.get(a.picture.index) ?? Infinity) - (ranks.get(b.picture.index) ?? Infinity)
        || a.picture.index - b.picture.index);
    }
    this.ordered = new Map(cells.map((cell, place) => [cell, place]));
    this.grid?.append(...cells.map((cell) => cell.frame));
    held?.focus({ preventScroll: true });
  }

  /** @override */
  say() {
    super.say();
    if (!this.grid) return; // it is still being made
    const { dream } = this;
    if (dream.isGathered && dream.varied.has("prompt")) this.title.textContent = this.title.title = counted(dream.pictures.size);
    const ranks = dream.ranks();
    for (const cell of this.unsorted) {
      cell.place(ranks.get(cell.picture.index) ?? null);
      const isHidden = !this.shows(cell);
      if (isHidden && cell.frame.contains(document.activeElement)) this.title.focus({ preventScroll: true });
      cell.frame.hidden = isHidden;
    }
    /** @type {Sheets} */ (this.list).selection.pins(this);
    if (this.sort) {
      this.sort.options[1].disabled = !ranks.size && this.sort.value !== "match";
      this.sort.title = ranks.size ? "" : "No match was measured for these pictures";
      if (this.wasActive && !dream.isActive && this.sort.value === "match") this.order();
    }
    this.wasActive = dream.isActive;
  }

  /** @override */
  doing() {
    const { news, pictures, done, isMade } = this.dream;
    if (isMade || this.list.dreams.isOffline || news?.type !== "progress") return super.doing();
    const step = news.step ? `step ${news.step} of ${news.steps}` : done.length ? "" : "starting…";
    const rest = news.seconds_left === null ? step : left(news.seconds_left);
    return [`${done.length} of ${pictures.size}`, rest].filter(Boolean).join(" · ");
  }

  /** @override */
  made() {
    const { state, created, done, pictures } = this.dream;
    if (this.isBare) return super.made();
    const count = done.length < pictures.size ? `${done.length} of ${pictures.size}` : `${pictures.size}`;
    const stopped = state === "cancelled" ? "stopped · " : "";
    const isTitle = this.dream.isGathered && this.dream.varied.has("prompt");
    const parts = [isTitle ? "from History" : `${stopped}${count} ${this.what}`, ago(created), settings(this.dream.settings, this.dream.varied)];
    return parts.filter(Boolean).join(" · ");
  }

  get what() {
    const { x, y } = sheetOf(this.dream);
    const [first] = this.dream.pictures.values();
    switch (this.kind) {
      case "refined":
        return "refined";
      case "variations":
        return `variations of seed ${first?.seed}`;
      case "grid":
        return y ? `cells: ${x?.title} × ${y.title}` : `cells: ${x?.title}`;
      default:
        return this.dream.isGathered ? "pictures from History" : "seeds";
    }
  }

  /** @override @param {Picture} picture */
  focus(picture) {
    const cell = this.unsorted.find((one) => one.picture.index === picture.index);
    if (cell) this.list.selection.select(cell, { focus: true });
  }

  /** @override @param {Cell} cell */
  forget(cell) {
    super.forget(cell);
    this.ordered?.delete(cell);
    this.list.selection.forget(cell);
  }
}
