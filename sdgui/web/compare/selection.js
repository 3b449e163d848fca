// The selected picture of Compare, and the keys that act on it.

import { inFrame } from "../shared/frame.js";
import { tileOf } from "../shared/tile.js";

const OTHERS = "input, textarea, select, [contenteditable], [popover], summary";
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export class Selection {
  /** `actions` are what can be done with a picture; `tools` the buttons that do it; `pair` tells of pins. */
  constructor(sheets, { actions, tools, pair }) {
    Object.assign(this, { sheets, actions, tools, pair });
    this.cell = null;
    const { element } = sheets;
    element.addEventListener("keydown", (event) => this.key(event));
    element.addEventListener("keyup", (event) => this.isFlip(event) && event.preventDefault());
    element.addEventListener("pointerdown", () => (this.before = this.cell), true);
    element.addEventListener("click", (event) => this.click(event));
    element.addEventListener("focusin", (event) => this.focused(tileOf(event.target)));
    // Not "over": what scrolls under a mouse that rests is not pointed at.
    element.addEventListener("pointermove", (event) => event.pointerType === "mouse" && this.hover(tileOf(event.target)));
    element.addEventListener("pointerleave", () => this.hover(null));
    pair.root.addEventListener("pinned", () => this.pinned());
  }

  /** The selected picture, where it can be used. */
  get picture() {
    return this.cell?.state === "done" ? this.cell.picture : null;
  }

  select(cell, { focus = false } = {}) {
    const before = this.cell;
    if (before !== cell) {
      this.cell = cell;
      before?.choose(false);
      cell.choose(true);
      for (const other of cell.row.tiles.values()) other.openButton.tabIndex = other === cell ? 0 : -1;
      this.sheets.element.dispatchEvent(new CustomEvent("selected"));
    }
    if (focus) cell.focus();
    this.tools.show(cell);
  }

  focused(cell) {
    if (cell) this.select(cell);
  }

  hover(cell) {
    const wanted = cell ?? this.cell;
    if (!this.tools.isCompact && this.tools.cell !== wanted) this.tools.show(wanted);
  }

  /** A cell shows something else. */
  refresh(cell) {
    if (cell !== this.cell) return;
    inFrame(this, () => this.tools.show(this.cell));
    this.sheets.element.dispatchEvent(new CustomEvent("selected"));
  }

  forget(cell) {
    if (cell !== this.cell) return;
    this.cell = null;
    this.tools.show(null);
    const next = cell.row.cells[0];
    if (next) next.openButton.tabIndex = 0;
    this.sheets.element.dispatchEvent(new CustomEvent("selected"));
  }

  /** With a mouse a click opens; on a touch screen the first one selects, so that the tools can be reached. */
  click(event) {
    const cell = tileOf(event.target);
    if (!cell || event.target.closest(".tools")) return;
    const isByKey = event.detail === 0;
    this.select(cell);
    if (cell.state !== "done") return;
    if (isByKey || !this.tools.isCompact || this.before === cell) this.sheets.open(cell.picture);
  }

  isFlip(event) {
    return event.key === " " && Boolean(event.target.closest?.(".tile .open"));
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (event.target.closest(OTHERS)) return;
    const onTile = tileOf(event.target) !== undefined || event.target === this.sheets.element;
    if (!onTile) return;
    if (this.move(event.key) || this.act(event)) {
      event.preventDefault();
      event.stopPropagation();
    }
  }

  act(event) {
    if (this.isFlip(event)) {
      if (!event.repeat) this.pair.flip();
      return true;
    }
    if (event.repeat || !this.picture) return false;
    return this.actions.key(event.key, this.picture);
  }

  /** Goes to the tile that lies there; true when the key is one that moves. */
  move(key) {
    const isEdge = key === "Home" || key === "End";
    if (!(key in ARROWS) && !isEdge) return false;
    const from = this.cell ?? this.sheets.ordered[0]?.cells[0];
    if (!from) return false;
    const cells = from.row.cells;
    let next;
    if (!this.cell) next = from;
    else if (isEdge) next = key === "Home" ? cells[0] : cells.at(-1);
    else next = neighbour(from, cells, ARROWS[key], !from.row.isGrid) ?? this.beyond(from, ARROWS[key][1]);
    if (next) this.select(next, { focus: true });
    return true;
  }

  /** The nearest tile of the sheet above or below. */
  beyond(from, down) {
    if (!down) return null;
    const sheets = this.sheets.ordered;
    const cells = sheets[sheets.indexOf(from.row) + down]?.cells;
    return cells?.length ? nearest(from, cells, (box) => down * box.top) : null;
  }

  pinned() {
    this.tools.changed();
    for (const sheet of this.sheets.views.values()) this.pins(sheet);
  }

  pins(sheet) {
    for (const cell of sheet.tiles.values()) cell.pin(this.pair.a, this.pair.b);
  }
}

const boxOf = (cell) => cell.element.getBoundingClientRect();
const middle = (box) => box.left + box.width / 2;

/** The next tile to one side; in a wall, a line's end goes on with the next line. */
function neighbour(from, cells, [right, down], wraps) {
  if (right && wraps) return cells[cells.indexOf(from) + right] ?? null;
  const here = boxOf(from);
  const beside = cells.filter((cell) => {
    const box = boxOf(cell);
    if (right) return Math.abs(box.top - here.top) < here.height / 2 && right * (box.left - here.left) > 1;
    return down * (box.top - here.top) > here.height / 2;
  });
  return nearest(from, beside, right ? (box) => right * box.left : (box) => down * box.top);
}

/** The tile that comes first by `distance`, and of several the one that is least aside. */
function nearest(from, cells, distance) {
  const aside = middle(boxOf(from));
  let found = null;
  for (const cell of cells) {
    const box = boxOf(cell);
    const rank = [Math.round(distance(box)), Math.abs(middle(box) - aside)];
    if (!found || rank[0] < found.rank[0] - 2 || (rank[0] <= found.rank[0] + 2 && rank[1] < found.rank[1])) found = { cell, rank };
  }
  return found?.cell ?? null;
}
