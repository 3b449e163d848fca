// @ts-check
// Two pictures in one place, seen four ways: a slider, side by side, flipped, or their difference.

import { make } from "../../shared/dom/dom.js";
import { Hand } from "./hand.js";

/**
 * @typedef {import("../../shared/dreams/told.js").ToldPicture} ToldPicture
 * @typedef {"a" | "b"} Which
 */

/** @type {Record<string, string>} */
export const MODES = { slider: "Slider", side: "Side", flip: "Flip", diff: "Diff" };
const LEGEND = "Dark is equal, bright differs";
const MIDDLE = 50;
// So that a very wide or very tall picture leaves room for what stands below it.
const [FLATTEST, TALLEST] = [2, 0.8];

/** One of the two: an image, or a dashed place for it. */
class Layer {
  /** @param {Which} which */
  constructor(which) {
    this.which = which;
    /** @type {ToldPicture | null} */
    this.facts = null;
    this.box = make("div", { className: "pair-box" });
    this.label = make("figcaption", { className: "pair-label" });
    this.element = make("figure", { className: `pair-picture is-${which}`, data: { testid: `pair-${which}` } }, this.box);
    this.put(null, null);
  }

  get name() {
    return this.which.toUpperCase();
  }

  get ratio() {
    return this.facts ? this.facts.width / this.facts.height : 1;
  }

  /** @param {ToldPicture | null} facts @param {HTMLImageElement | null} image */
  put(facts, image) {
    this.facts = facts;
    this.element.classList.toggle("is-empty", !facts);
    this.element.style.setProperty("--own", String(this.ratio));
    if (!facts || !image) {
      this.box.replaceChildren(make("span", { className: "pair-letter", textContent: this.name, aria: { hidden: "true" } }));
      return;
    }
    image.alt = `${this.name}: ${facts.prompt}, seed ${facts.seed}`;
    this.label.textContent = this.which === "a" ? `A ${facts.seed}` : `${facts.seed} B`;
    this.box.replaceChildren(image, this.label);
  }
}

export class Stage {
  /** `calls`: enlarge() for a click that wants more. @param {{ enlarge: () => void }} calls */
  constructor(calls) {
    this.calls = calls;
    this.layers = { a: new Layer("a"), b: new Layer("b") };
    this.handle = make("div", {
      className: "pair-handle",
      role: "slider",
      tabIndex: 0,
      title: "Drag, or use the arrow keys; double click for the middle",
      data: { testid: "pair-handle" },
      aria: { label: "How much of A is shown", valuemin: 0, valuemax: 100 },
    });
    this.turner = make("button", { type: "button", className: "pair-turner", title: "Click or Space: the other one" });
    this.map = make("div", { className: "pair-map", data: { testid: "pair-map" } });
    this.frame = make("div", { className: "pair-frame" }, this.layers.a.element, this.layers.b.element, this.map, this.turner, this.handle);
    this.element = make("div", { className: "pair-stage", data: { testid: "pair-stage" } }, this.frame);
    this.isAwaited = false;
    /** @type {Which} */
    this.shown = "a";
    this.at = MIDDLE;
    this.hand = new Hand(this);
    this.handle.addEventListener("keydown", (event) => this.key(event));
    this.frame.addEventListener("dblclick", () => this.mode === "slider" && this.slide(MIDDLE));
    this.frame.addEventListener("click", () => ["side", "diff"].includes(this.mode) && this.isFull && calls.enlarge());
    this.turner.addEventListener("click", () => this.turn());
    this.mode = "slider";
    this.slide(MIDDLE);
    this.shape();
  }

  get mode() {
    return this.element.dataset.mode ?? "slider";
  }

  set mode(mode) {
    this.element.dataset.mode = mode;
    this.hand?.settle();
    this.say();
  }

  get isFull() {
    return Boolean(this.layers.a.facts && this.layers.b.facts);
  }

  // Shows an image that is loaded, with the facts of its picture; nulls empty the place.
  /** @param {Which} which @param {ToldPicture | null} facts @param {HTMLImageElement | null} image */
  put(which, facts, image) {
    this.layers[which].put(facts, image);
    this.shape();
    this.hand.settle();
    this.say();
  }

  /** Whether two pictures are pinned, if not there yet: they find the room that they will need. @param {boolean} isAwaited */
  awaits(isAwaited) {
    this.isAwaited = isAwaited;
    this.shape();
  }

  /** The place takes the pictures' shape, where they have one in common. */
  shape() {
    const { a, b } = this.layers;
    const isMixed = this.isFull && Math.abs(a.ratio / b.ratio - 1) > 0.005;
    const ratio = isMixed || !this.isFull ? 1 : a.ratio;
    this.element.classList.toggle("is-full", this.isFull);
    this.element.classList.toggle("is-mixed", isMixed);
    this.element.style.setProperty("--ratio", String(ratio));
    this.element.style.setProperty("--stage-ratio", String(this.isFull || this.isAwaited ? Math.min(FLATTEST, Math.max(TALLEST, ratio)) : 2));
  }

  /** For each picture, the zoom at which one of its pixels is one of the screen; none while the place has no size. */
  units() {
    const isBeside = this.mode === "side";
    return Object.values(this.layers).flatMap(({ facts, ratio, element }) => {
      const { clientWidth: width, clientHeight: height } = isBeside ? element : this.element;
      return facts && width && height ? [facts.width / devicePixelRatio / Math.min(width, height * ratio)] : [];
    });
  }

  /** Moves the handle: 0 (only B) to 100 (only A). @param {number} at */
  slide(at) {
    this.at = Math.min(100, Math.max(0, at));
    const whole = Math.round(this.at);
    this.element.style.setProperty("--at", `${this.at}%`);
    this.handle.setAttribute("aria-valuenow", String(whole));
    this.handle.setAttribute("aria-valuetext", `A ${whole} %, B ${100 - whole} %`);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const step = event.shiftKey ? 10 : 2;
    /** @type {Record<string, number>} */
    const ways = {
      ArrowLeft: this.at - step, ArrowDown: this.at - step, PageDown: this.at - 10, Home: 0,
      ArrowRight: this.at + step, ArrowUp: this.at + step, PageUp: this.at + 10, End: 100,
    };
    const to = ways[event.key];
    if (to === undefined) return;
    event.preventDefault();
    event.stopPropagation();
    this.slide(to);
  }

  /** Shows the other one of the two. */
  turn() {
    this.shown = this.shown === "a" ? "b" : "a";
    this.say();
  }

  say() {
    this.element.dataset.shown = this.shown;
    const { name, facts } = this.layers[this.shown];
    const other = this.shown === "a" ? "B" : "A";
    this.turner.setAttribute("aria-label", `${name}${facts ? `, seed ${facts.seed}` : ""} is shown. Flip to ${other}`);
    const isFlip = this.mode === "flip" && this.isFull;
    for (const layer of Object.values(this.layers)) {
      const isHidden = (isFlip && layer.which !== this.shown) || (this.mode === "diff" && this.isFull);
      layer.element.setAttribute("aria-hidden", String(isHidden));
    }
  }

  /** The difference map: an image, or a sentence of why there is none (yet). @param {string | HTMLImageElement} what */
  putMap(what) {
    if (typeof what === "string") {
      this.map.replaceChildren(make("p", { className: "pair-why", textContent: what }));
      return;
    }
    what.alt = "Difference map of A and B: dark is equal, bright differs";
    this.map.replaceChildren(make("div", { className: "pair-box" }, what), make("p", { className: "pair-label pair-legend", textContent: LEGEND }));
  }

  /** Puts the keyboard where this mode is used. */
  focus() {
    const place = this.mode === "slider" ? this.handle : this.mode === "flip" ? this.turner : null;
    place?.focus({ preventScroll: true });
    return Boolean(place);
  }
}
