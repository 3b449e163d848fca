// @ts-check
// The selected picture of Compare, and the keys that act on it.

import { targetOf } from "../../shared/dom/dom.js";
import { inFrame } from "../../shared/dom/frame.js";
import { tileOf } from "../../shared/gallery/tile.js";
import { Cell } from "./cell.js";
import { nearest, neighbour } from "../../shared/gallery/neighbours.js";

const OTHERS = "input, textarea, select, [contenteditable], [popover], summary";
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** @param {EventTarget | null} node */
const cellOf = (node) => {
  const tile = tileOf(node);
  return tile instanceof Cell ? tile : undefined;
};

export class Selection {
  /**
   * `actions` are what can be done with a picture; `tools` the buttons that do it; `pair` tells of pins.
   * @param {import("./sheets.js").Sheets} list
   * @param {{ actions: import("../actions.js").Actions, tools: import("./tile-tools.js").TileTools, pair: import("../pair/pair.js").Pair }} parts
   */
  constructor(list, { actions, tools, pair }) {
    this.list = list;
    this.actions = actions;
    this.tools = tools;
    this.pair = pair;
    /** @type {Cell | null} */
    this.cell = null;
    /** What was selected when a press began. @type {Cell | null} */
    this.before = null;
    const { element } = list;
    element.addEventListener("keydown", (event) => this.key(event));
    element.addEventListener("keyup", (event) => this.isFlip(event) && event.preventDefault());
    element.addEventListener("pointerdown", () => (this.before = this.cell), true);
    element.addEventListener("click", (event) => this.click(event));
    element.addEventListener("focusin", (event) => this.focused(cellOf(event.target)));
    // Not "over": what scrolls under a mouse that rests is not pointed at.
    element.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.hover(cellOf(event.target)));
    element.addEventListener("pointerleave", () => this.hover(null));
    pair.root.addEventListener("pinned", () => this.pinned());
  }

  /** The selected picture, where it can be used. */
  get picture() {
    return this.cell?.state === "done" ? this.cell.picture : null;
  }

  /** @param {Cell} cell @param {{ focus?: boolean }} [how] */
  select(cell, { focus = false } = {}) {
    const before = this.cell;
    if (before !== cell) {
      this.cell = cell;
      before?.choose(false);
      cell.choose(true);
      for (const other of cell.sheet.tiles.values()) other.openButton.tabIndex = other === cell ? 0 : -1;
      this.list.element.dispatchEvent(new CustomEvent("selected"));
    }
    if (focus) cell.focus();
    this.tools.show(cell);
  }

  /** @param {Cell | undefined} cell */
  focused(cell) {
    if (cell) this.select(cell);
  }

  /** @param {Cell | null | undefined} cell */
  hover(cell) {
    const wanted = cell ?? this.cell;
    if (!this.tools.isCompact && this.tools.cell !== wanted) this.tools.show(wanted);
  }

  /** A cell shows something else. @param {Cell} cell */
  refresh(cell) {
    if (cell !== this.cell) return;
    inFrame(this, () => this.tools.show(this.cell));
    this.list.element.dispatchEvent(new CustomEvent("selected"));
  }

  /** @param {Cell} cell */
  forget(cell) {
    if (cell !== this.cell) return;
    this.cell = null;
    this.tools.show(null);
    const next = cell.sheet.cells[0];
    if (next) next.openButton.tabIndex = 0;
    this.list.element.dispatchEvent(new CustomEvent("selected"));
  }

  /** With a mouse a click opens; on a touch screen the first one selects, so that the tools can be reached. @param {MouseEvent} event */
  click(event) {
    const cell = cellOf(event.target);
    if (!cell || targetOf(event).closest(".tools")) return;
    const isByKey = event.detail === 0;
    this.select(cell);
    if (cell.state !== "done") return;
    if (isByKey || !this.tools.isCompact || this.before === cell) this.list.open(cell.picture);
  }

  /** @param {KeyboardEvent} event */
  isFlip(event) {
    return event.key === " " && Boolean(targetOf(event).closest(".tile .open"));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (targetOf(event).closest(OTHERS)) return;
    const onTile = cellOf(event.target) !== undefined || event.target === this.list.element;
    if (!onTile) return;
    if (this.move(event.key) || this.act(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  /** @param {KeyboardEvent} event */
  act(event) {
    if (this.isFlip(event)) {
      if (!event.repeat) this.pair.flip();
      return true;
    }
    if (event.repeat || !this.picture) return false;
    return this.actions.key(event.key, this.picture);
  }

  /** Goes to the tile that lies there; true when the key is one that moves. @param {string} key */
  move(key) {
    const isEdge = key === "Home" || key === "End";
    if (!(key in ARROWS) && !isEdge) return false;
    const from = this.cell ?? this.list.sheets[0]?.cells[0];
    if (!from) return false;
    const { cells, isGrid } = from.sheet;
    let next = null;
    if (!this.cell) next = from;
    else if (isEdge) next = key === "Home" ? cells[0] : cells.at(-1);
    else next = this.beside(from, ARROWS[key], !isGrid) ?? this.beyond(from, ARROWS[key][1]);
    if (next) this.select(next, { focus: true });
    return true;
  }

  /** The next tile of the same sheet. @param {Cell} from @param {[number, number]} arrow @param {boolean} wraps */
  beside(from, arrow, wraps) {
    const { cells } = from.sheet;
    const place = neighbour(cells.indexOf(from), cells.map(boxOf), arrow, wraps);
    return place === null ? null : cells[place];
  }

  /** The nearest tile of the sheet above or below. @param {Cell} from @param {number} down */
  beyond(from, down) {
    if (!down) return null;
    const { sheets } = this.list;
    const cells = sheets[sheets.indexOf(from.sheet) + down]?.cells ?? [];
    const place = nearest(boxOf(from), cells.map(boxOf), (box) => down * box.top);
    return place === null ? null : cells[place];
  }

  pinned() {
    this.tools.changed();
    for (const sheet of this.list.sheets) this.pins(sheet);
  }

  /** @param {import("./sheet.js").Sheet} sheet */
  pins(sheet) {
    for (const cell of sheet.cells) cell.pin(this.pair.a, this.pair.b);
  }
}

/** @param {Cell} cell */
const boxOf = (cell) => cell.element.getBoundingClientRect();
