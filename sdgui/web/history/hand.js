// @ts-check
// Mouse, pen and touch on the pictures of the history: a click, a long press, and a box that is drawn around some.

import { make } from "../shared/dom/dom.js";

/**
 * @typedef {import("./wall.js").Wall} Wall
 * @typedef {{ open(index: number): void, toggle(index: number): void, extend(index: number): void,
 *   draw(indices: Set<number>): void, drawn(runs: [number, number][], isMore: boolean): void, isSelecting(): boolean }} Acts
 */

const STILL = 6;
const LONG = 450;
/** Pixels from the edge within which a box that is drawn scrolls, and how many more it scrolls in a frame. */
const EDGE = 48;
const FASTEST = 24;

export class Hand {
  /** @param {Wall} wall @param {Acts} acts */
  constructor(wall, acts) {
    this.wall = wall;
    this.acts = acts;
    this.box = make("div", { className: "history-box", hidden: true });
    wall.space.append(this.box);
    /** Where the box begins, in the space that scrolls. @type {{ x: number, y: number } | null} */
    this.start = null;
    /** Where the pointer is in the window. */
    this.at = { x: 0, y: 0 };
    this.isDrawing = false;
    this.isMore = false;
    /** The click that ends a long press or a box is none. */
    this.isSpent = false;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.pressing = undefined;
    const { element, list } = wall;
    element.addEventListener("pointerdown", (event) => this.down(event));
    element.addEventListener("pointermove", (event) => this.move(event));
    element.addEventListener("pointerup", () => this.up(true));
    element.addEventListener("pointercancel", () => this.up(false));
    element.addEventListener("scroll", () => clearTimeout(this.pressing), { passive: true });
    list.addEventListener("contextmenu", (event) => this.isSpent && event.preventDefault());
    list.addEventListener("click", (event) => this.click(event));
  }

  /** @param {MouseEvent} event */
  click(event) {
    const tile = this.wall.tileOf(event.target);
    if (this.isSpent || !tile) return;
    const isCheck = event.target instanceof Element && event.target.closest(".history-check") !== null;
    if (event.shiftKey) this.acts.extend(tile.index);
    else if (isCheck || event.ctrlKey || event.metaKey || this.acts.isSelecting()) this.acts.toggle(tile.index);
    else if (event.detail < 2) this.acts.open(tile.index); // else the first click of two did something else here
  }

  /** @param {PointerEvent} event */
  down(event) {
    this.isSpent = false;
    this.at = { x: event.clientX, y: event.clientY };
    if (event.button !== 0 || (event.target instanceof Element && event.target.closest("button"))) return;
    if (event.pointerType === "touch") {
      const tile = this.wall.tileOf(event.target);
      // By then the tile may show another picture, and this one may have moved on.
      const { index, record } = tile ?? { index: -1, record: undefined };
      if (index >= 0) this.pressing = setTimeout(() => this.long(record ? this.wall.indexOf(record.id) : index), LONG);
      return;
    }
    const { element } = this.wall;
    if (event.clientX > element.getBoundingClientRect().left + element.clientWidth) return; // the scrollbar
    this.start = this.place();
    this.isMore = event.shiftKey || event.ctrlKey || event.metaKey;
  }

  /** @param {number} index */
  long(index) {
    this.isSpent = true;
    if (index >= 0) this.acts.toggle(index);
  }

  /** The pointer in the space that scrolls. */
  place() {
    const { left, top } = this.wall.space.getBoundingClientRect();
    return { x: this.at.x - left, y: this.at.y - top };
  }

  /** @param {PointerEvent} event */
  move(event) {
    const moved = Math.hypot(event.clientX - this.at.x, event.clientY - this.at.y);
    if (event.pointerType === "touch" && moved > STILL) clearTimeout(this.pressing);
    if (!this.start) return;
    this.at = { x: event.clientX, y: event.clientY };
    const place = this.place();
    if (!this.isDrawing) {
      if (Math.hypot(place.x - this.start.x, place.y - this.start.y) < STILL) return;
      this.isDrawing = true;
      this.wall.element.setPointerCapture(event.pointerId);
      requestAnimationFrame(() => this.scroll());
    }
    this.draw();
  }

  /** Near the edge it goes on by itself, the faster the nearer. */
  scroll() {
    if (!this.isDrawing) return;
    const { element } = this.wall;
    const { top, bottom } = element.getBoundingClientRect();
    const over = Math.max(0, this.at.y - (bottom - EDGE)) - Math.max(0, top + EDGE - this.at.y);
    if (over) {
      element.scrollTop += Math.sign(over) * Math.min(FASTEST, Math.abs(over) / 2);
      this.draw();
    }
    requestAnimationFrame(() => this.scroll());
  }

  get area() {
    const start = this.start ?? { x: 0, y: 0 };
    const place = this.place();
    return {
      left: Math.min(start.x, place.x), top: Math.min(start.y, place.y),
      width: Math.abs(place.x - start.x), height: Math.abs(place.y - start.y),
    };
  }

  draw() {
    const { left, top, width, height } = this.area;
    this.box.hidden = false;
    Object.assign(this.box.style, { transform: `translate(${left}px, ${top}px)`, width: `${width}px`, height: `${height}px` });
    const indices = new Set();
    const { scrollTop, clientHeight } = this.wall.element;
    // Of a box that is higher than the window only what is seen has to be shown as selected.
    const upper = Math.max(top, scrollTop - clientHeight);
    const seen = { left, top: upper, width, height: Math.max(0, Math.min(top + height, scrollTop + 2 * clientHeight) - upper) };
    for (const [from, to] of this.wall.layout.touched(seen)) for (let i = from; i < to; i += 1) indices.add(i);
    this.acts.draw(indices);
  }

  /** @param {boolean} counts */
  up(counts) {
    clearTimeout(this.pressing);
    if (this.isDrawing) {
      this.isSpent = true;
      this.box.hidden = true;
      const runs = counts ? this.wall.layout.touched(this.area) : [];
      this.isDrawing = false;
      this.acts.draw(new Set());
      if (counts) this.acts.drawn(runs, this.isMore);
    }
    this.start = null;
  }

  /** Whether there was a box to give up. */
  giveUp() {
    const wasDrawing = this.isDrawing;
    if (wasDrawing) this.up(false);
    return wasDrawing;
  }
}
