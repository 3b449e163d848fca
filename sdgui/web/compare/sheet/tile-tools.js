// @ts-check
// The tools of the sheets: they come to the tile that is pointed at or selected; on small screens to one bar.

import { make } from "../../shared/dom/dom.js";
import { at } from "../../shared/fetch/address.js";
import { Tools } from "../../shared/viewer/tools.js";

const COMPACT = matchMedia("(hover: none), (width <= 860px)");

/** @typedef {import("./cell.js").Cell} Cell */

export class TileTools extends Tools {
  /** @param {import("../../shared/viewer/tools.js").Actions} actions @param {HTMLElement} bar */
  constructor(actions, bar) {
    super(actions, () => this.cell?.openButton.focus({ preventScroll: true }));
    this.bar = bar;
    this.thumb = make("img", { alt: "", draggable: false });
    /** @type {Cell | null} */
    this.cell = null;
    COMPACT.addEventListener("change", () => this.show(this.cell));
    // Of a picture that was scrolled away nobody knows any more which one it is.
    this.sight = new IntersectionObserver((told) => bar.classList.toggle("is-away", !told.at(-1)?.isIntersecting));
  }

  get isCompact() {
    return COMPACT.matches;
  }

  /** @param {Cell | null} cell */
  show(cell) {
    const host = cell?.state === "done" ? (this.isCompact ? this.bar : cell.element) : null;
    this.bar.hidden = host !== this.bar;
    if (this.cell !== cell) {
      this.cell?.element.classList.remove("has-tools");
      this.cell?.picture.views.delete(this);
      this.cell = cell;
      cell?.picture.views.add(this);
      this.sight.disconnect();
      this.bar.classList.remove("is-away");
      if (cell) this.sight.observe(cell.element);
    }
    cell?.element.classList.toggle("has-tools", host === cell.element);
    if (!host || !cell) {
      this.element.remove();
      return;
    }
    this.fill(cell.picture);
    if (this.element.parentElement === host) return;
    if (host === this.bar) host.append(this.thumb);
    host.append(this.element);
  }

  /** @override @param {import("../../shared/dreams/dream.js").Picture} picture */
  fill(picture) {
    super.fill(picture);
    if (this.isCompact) this.thumb.src = at(`/thumb/${picture.id}`);
  }

  /** The picture that they belong to was marked. */
  changed() {
    if (this.cell?.state === "done") this.fill(this.cell.picture);
  }

  /** The picture that they belong to was deleted. */
  remove() {
    this.show(null);
  }
}
