// @ts-check
// Mouse, pen and touch on the stage: the slider's handle, and zoom and pan of both pictures as one.

/** Pixels of the screen for one of a picture: more would be mush at first sight, and more tells nothing. */
const [MOST_FIT, MOST_ZOOM] = [4, 16];
const NEAR_HANDLE = 28;
const STILL = 4;

/** @typedef {{ x: number, y: number }} Point */

export class Hand {
  /** @param {import("./stage.js").Stage} stage */
  constructor(stage) {
    this.stage = stage;
    this.frame = stage.frame;
    /** Where each finger is. @type {Map<number, Point>} */
    this.points = new Map();
    /** @type {Point} */
    this.start = { x: 0, y: 0 };
    /** @type {"slide" | "pan" | "pinch" | null} */
    this.act = null;
    this.moved = false;
    /** Of the size at which the whole picture fills the place. */
    this.zoom = 1;
    this.x = 0;
    this.y = 0;
    /** Whether the whole of both is seen as large as is good. */
    this.isFit = true;
    /** Told of another zoom. @type {() => void} */
    this.told = () => {};
    this.reset();
    const { frame } = this;
    frame.addEventListener("pointerdown", (event) => this.down(event));
    frame.addEventListener("pointermove", (event) => this.move(event));
    for (const type of /** @type {const} */ (["pointerup", "pointercancel", "lostpointercapture"])) {
      frame.addEventListener(type, (event) => this.up(event));
    }
    frame.addEventListener("wheel", (event) => this.wheel(event), { passive: false });
    // The handle keeps the keyboard after a drag, and no text is selected by one.
    frame.addEventListener("mousedown", (event) => stage.mode === "slider" && event.preventDefault());
    // The end of a drag is no click; a press of a key is.
    frame.addEventListener("click", (event) => this.moved && event.detail > 0 && event.stopPropagation(), { capture: true });
  }

  /** Zoom and pan are for the large stage; the small one scrolls with the page. */
  get isFree() {
    return this.stage.element.classList.contains("is-large");
  }

  /** @param {PointerEvent} event */
  down(event) {
    if (event.button !== 0 || !this.stage.isFull) return;
    this.moved = false;
    this.points.set(event.pointerId, { x: event.clientX, y: event.clientY });
    this.start = { x: event.clientX, y: event.clientY };
    if (this.points.size === 2 && this.isFree) this.act = "pinch";
    else if (this.stage.mode === "slider" && (this.zoom <= 1 || this.isNearHandle(event))) this.act = "slide";
    else this.act = this.zoom > 1 ? "pan" : null;
    if (this.act !== "slide") return;
    this.frame.setPointerCapture(event.pointerId);
    this.stage.handle.focus({ preventScroll: true });
    this.slide(event);
  }

  /** @param {PointerEvent} event */
  move(event) {
    const before = this.points.get(event.pointerId);
    if (!before || !this.act) return;
    const now = { x: event.clientX, y: event.clientY };
    if (this.act === "slide") this.slide(event);
    else if (this.act === "pan") {
      // Captured only now: a still press stays a click on what is below it.
      if (!this.moved && Math.hypot(now.x - this.start.x, now.y - this.start.y) < STILL) return;
      this.moved = true;
      this.frame.setPointerCapture(event.pointerId);
      const box = this.boxAt(this.start);
      if (!box) return;
      this.look(this.zoom, this.x + (now.x - before.x) / box.width, this.y + (now.y - before.y) / box.height);
    } else {
      const other = [...this.points].find(([id]) => id !== event.pointerId)?.[1];
      if (!other) return;
      this.moved = true;
      /** @param {Point} point */
      const gap = (point) => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
      this.zoomBy(gap(now) / gap(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
    }
    this.points.set(event.pointerId, now);
  }

  /** @param {PointerEvent} event */
  up(event) {
    this.points.delete(event.pointerId);
    this.act = null;
  }

  /** @param {WheelEvent} event */
  wheel(event) {
    if (!this.isFree || !this.stage.isFull) return;
    event.preventDefault();
    const pixels = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? event.deltaY * 33 : event.deltaY;
    this.zoomBy(Math.exp(-pixels / 500), { x: event.clientX, y: event.clientY });
  }

  /** @param {PointerEvent} event */
  slide(event) {
    const { left, width } = this.frame.getBoundingClientRect();
    this.stage.slide(((event.clientX - left) / width) * 100);
  }

  /** @param {PointerEvent} event */
  isNearHandle({ clientX, target }) {
    const { left, width } = this.frame.getBoundingClientRect();
    return target === this.stage.handle || Math.abs(clientX - left - (width * this.stage.at) / 100) < NEAR_HANDLE;
  }

  /** The picture's box below a point; side by side there are two. @param {Point} point @returns {DOMRect | undefined} */
  boxAt({ x, y }) {
    const boxes = [...this.frame.querySelectorAll(".pair-box")].map((box) => box.getBoundingClientRect()).filter((box) => box.width);
    return boxes.find((box) => x >= box.left && x <= box.right && y >= box.top && y <= box.bottom) ?? boxes[0];
  }

  /** Zooms so that what is below the point stays there; without one, the middle. @param {number} factor @param {Point | null} [point] */
  zoomBy(factor, point = null) {
    const { fit, actual } = this.sizes();
    const zoom = Math.min(Math.max(1, MOST_ZOOM * actual), Math.max(Math.min(fit, actual), this.zoom * factor));
    const box = point && this.boxAt(point);
    const [u, v] = box ? [(point.x - box.left) / box.width, (point.y - box.top) / box.height] : [0.5, 0.5];
    const grown = inside(zoom) / inside(this.zoom);
    this.look(zoom, u - (u - this.x) * grown, v - (v - this.y) * grown);
  }

  /** Both pictures at a zoom, moved by parts of their own width and height; never past their edges. @param {number} zoom @param {number} x @param {number} y */
  look(zoom, x, y) {
    /** @param {number} part */
    const held = (part) => Math.min(0, Math.max(1 - inside(zoom), part));
    this.zoom = zoom;
    this.x = held(x);
    this.y = held(y);
    const { style, classList } = this.stage.element;
    // What does not fill the place is a smaller frame, so that the handle's way is the picture's width.
    style.setProperty("--whole", String(Math.min(1, zoom)));
    style.setProperty("--zoom", String(inside(zoom)));
    style.setProperty("--x", `${this.x * 100}%`);
    style.setProperty("--y", `${this.y * 100}%`);
    classList.toggle("is-zoomed", zoom > 1);
    this.isFit = Math.abs(zoom / this.sizes().fit - 1) < NEARLY;
    this.told();
  }

  /** The whole of both, as large as is good. */
  reset() {
    this.moved = false;
    this.look(this.sizes().fit, 0, 0);
  }

  /** A pixel of the picture for one of the screen, the middle first. */
  rescale() {
    this.reset();
    this.zoomBy(this.sizes().actual / this.zoom);
  }

  /** The place or what is shown in it is another: what is whole stays so. */
  settle() {
    if (this.isFit) this.reset();
    else this.look(this.zoom, this.x, this.y);
  }

  /** The zooms at which both are seen whole as large as is good, and the first of them pixel for pixel; and how many
   *  pixels of the screen one of each is now. */
  sizes() {
    const each = this.isFree ? this.stage.units() : [];
    const [actual = 1] = each;
    return { actual, fit: each.length ? Math.min(1, MOST_FIT * Math.min(...each)) : 1, scales: each.map((unit) => this.zoom / unit) };
  }

  get isActual() {
    return Math.abs(this.zoom / this.sizes().actual - 1) < NEARLY;
  }
}

/** Of two zooms, how much alike they are the same. */
const NEARLY = 1e-3;

/** How much the picture is larger than its frame, which itself is smaller where the place is not filled. @param {number} zoom */
const inside = (zoom) => Math.max(1, zoom);
