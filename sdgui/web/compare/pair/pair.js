// @ts-check
// The pair, A and B: two pinned pictures, ways to look at them, and what tells them apart.

import { COMPACT } from "../../shared/dom/compact.js";
import { button, make, targetOf } from "../../shared/dom/dom.js";
import { grey } from "../../shared/dom/grey.js";
import { Refused, ask, isGone, wordsOf } from "../../shared/fetch/ask.js";
import { Comparison } from "./comparison.js";
import { Large } from "./large.js";
import { Pin, remember, remembered } from "./pin.js";
import { MODES, Stage } from "./stage.js";
import { LOADING, Strip } from "./strip.js";
import { Table, alike, apart } from "./table.js";

/** @typedef {import("./stage.js").Which} Which */

/** @type {Which[]} */
const BOTH = ["a", "b"];
const HINT = "Press A and B on two pictures to compare them";
/** The same in one line of the settings. */
const NONE = "Pin two pictures as A and B to compare";

export class Pair {
  /**
   * `root`: the element that it fills, on which it tells of new pins as "pinned".
   * @param {HTMLElement} root
   * @param {import("../../shared/page/page.js").Page} page
   */
  constructor(root, page) {
    this.root = root;
    this.toasts = page.toasts;
    /** @type {Record<Which, Pin | null>} */
    this.pins = { a: null, b: null };
    this.stage = new Stage({ enlarge: () => this.large.open() });
    this.comparison = new Comparison(this.stage, { known: () => this.compared(), failed: (error) => this.notCompared(error) });
    this.modes = this.makeModes();
    this.table = new Table();
    this.note = make("p", { className: "pair-note", role: "status" });
    this.hint = make("p", { className: "pair-hint", textContent: HINT });
    this.enlarge = this.action("pair-enlarge", "Enlarge", "As large as the window", () => this.large.open());
    this.home = make("div", { className: "pair-home" });
    this.actions = make("div", { className: "pair-actions" },
      this.action("pair-swap", "Swap", "A becomes B, and B becomes A", () => this.swap()),
      this.enlarge,
      this.action("pair-clear", "Clear", "Forget both; the pictures stay", () => this.clear()));
    root.classList.add("pair");
    root.addEventListener("keydown", (event) => this.key(event));
    root.replaceChildren(this.home, this.hint, this.table.element, this.note, this.actions);
    this.takeBack();
    this.hold();
    /** @type {Large} */
    this.large = new Large(this);
    this.strip = new Strip(this);
    this.show();
    this.restore();
  }

  get a() {
    return this.pins.a?.id ?? null;
  }

  get b() {
    return this.pins.b?.id ?? null;
  }

  /** Puts a picture in A or B; resolves when it is shown, or turned out not to be there. The latest pin wins. @param {Which} which @param {string} picture */
  async pin(which, picture) {
    if (this.pins[which]?.id === picture) return;
    const pin = new Pin(picture);
    this.pins[which] = pin;
    this.comparison.forget();
    this.changed();
    await this.load(pin);
  }

  /** The other picture, in the mode Flip; the first call only changes to that mode. `large`: as large as the window. */
  flip({ large = false } = {}) {
    if (!this.stage.isFull) {
      this.toasts.show(`${HINT}.`);
      return;
    }
    if (this.stage.mode === "flip") this.stage.turn();
    else this.look("flip");
    if (large) this.large.open();
    else this.bring();
  }

  /** The settings may be scrolled past the two: what a key did to them is to be seen. On a phone they are a drawer. */
  bring() {
    if (!COMPACT.matches && !this.isBesides) this.stage.element.scrollIntoView({ block: "nearest" });
  }

  /** Whether somebody writes in the settings below. */
  get isBesides() {
    const focused = document.activeElement;
    return Boolean(focused?.closest("#settings")) && !this.root.parentElement?.contains(focused);
  }

  /** The settings stay where they are while one writes in them, or when the two above are out of sight. */
  hold() {
    const block = this.root.closest(".block");
    const panel = this.root.closest("#settings");
    if (!block || !panel) return;
    let { height } = block.getBoundingClientRect();
    new ResizeObserver(() => {
      const now = block.getBoundingClientRect();
      const by = now.height - height;
      height = now.height;
      if (this.isBesides || now.bottom - by <= panel.getBoundingClientRect().top) panel.scrollTop += by;
    }).observe(block);
  }

  /** The picture was deleted. @param {string} picture */
  forget(picture) {
    for (const which of BOTH) {
      if (this.pins[which]?.id === picture) this.drop(which);
    }
  }

  swap() {
    const { a, b } = this.pins;
    this.pins = { a: b, b: a };
    this.comparison.swap();
    this.changed();
    for (const which of BOTH) this.place(which);
    this.show();
    if (!this.comparison.answer) this.compare();
  }

  clear() {
    for (const which of BOTH) {
      if (this.pins[which]) this.drop(which);
    }
  }

  // Loading

  /** @param {Pin} pin */
  async load(pin) {
    this.say();
    this.busy();
    try {
      await pin.load(() => this.arrived(pin));
    } catch (error) {
      this.failed(pin, error);
    }
    this.busy();
  }

  /** @param {Pin} pin */
  arrived(pin) {
    const which = this.holds(pin);
    if (!which) return;
    this.place(which);
    this.show();
    if (pin.isCompared) return;
    pin.isCompared = true;
    this.compare();
  }

  busy() {
    this.root.setAttribute("aria-busy", String(BOTH.some((which) => this.pins[which] && !this.pins[which].facts)));
  }

  /** @param {Pin} pin @param {unknown} error */
  failed(pin, error) {
    const which = this.holds(pin);
    if (!which) return;
    if (isGone(error)) {
      this.drop(which);
      this.toasts.show(`The picture in ${which.toUpperCase()} is no longer there, so ${which.toUpperCase()} is empty again.`);
      return;
    }
    if (!pin.facts) this.place(which);
    this.show();
    const sentence = error instanceof Refused ? wordsOf(error) : `The picture for ${which.toUpperCase()} could not be loaded.`;
    this.say(sentence, () => this.load(pin));
  }

  /** Where a pin is now: "a", "b" or nowhere. @param {Pin} pin */
  holds(pin) {
    return BOTH.find((which) => this.pins[which] === pin);
  }

  compare() {
    const { a, b } = this.pins;
    if (!a?.facts || !b?.facts) return;
    this.say();
    this.comparison.begin(a.id, b.id);
  }

  compared() {
    this.show();
    const { answer } = this.comparison;
    if (answer?.mean === null) this.say(answer.message);
  }

  /** @param {unknown} error */
  async notCompared(error) {
    if (isGone(error)) await this.check();
    else this.say(error instanceof Refused ? wordsOf(error) : "The two could not be compared.", () => this.compare());
  }

  /** One of the two was deleted elsewhere: whichever it was goes. */
  async check() {
    const pins = BOTH.flatMap((which) => this.pins[which] ?? []);
    await Promise.all(pins.map((pin) => ask(`/picture/${pin.id}/facts`).catch((error) => this.failed(pin, error))));
  }

  // Showing

  /** @param {Which} which */
  place(which) {
    const pin = this.pins[which];
    this.stage.put(which, pin?.facts ?? null, pin?.image ?? null);
  }

  show() {
    const isBoth = Boolean(this.a && this.b);
    this.root.classList.toggle("is-both", isBoth);
    this.root.classList.toggle("is-none", !this.a && !this.b);
    this.stage.awaits(isBoth);
    grey(this.enlarge, this.stage.isFull ? "" : LOADING);
    const missing = BOTH.filter((which) => !this.pins[which]).map((which) => which.toUpperCase());
    this.hint.textContent = ["", `Press ${missing} on another picture to compare the two`, NONE][missing.length];
    this.actions.hidden = !this.a && !this.b;
    this.strip?.show();
    if (!this.stage.isFull) this.large?.close();
    if (!isBoth) return;
    const { answer } = this.comparison;
    this.table.show(this.pins.a?.facts ?? null, this.pins.b?.facts ?? null, answer);
    if (!answer) return;
    const { mean, ssim, message } = answer;
    this.large.numbers.textContent = mean === null ? message : `SSIM ${alike(ssim)} · difference ${apart(mean)}`;
  }

  /** A word below the table, with a way to try again. @param {string} [sentence] @param {(() => void) | null} [again] */
  say(sentence = "", again = null) {
    const retry = button("Try again", "link-button", () => again?.());
    this.note.replaceChildren(...(sentence ? [`${sentence} `, ...(again ? [retry] : [])] : []));
  }

  /** @param {string} mode */
  look(mode) {
    const hadKeyboard = this.stage.element.contains(document.activeElement);
    this.stage.mode = mode;
    for (const radio of this.modes.querySelectorAll("input")) radio.checked = radio.value === mode;
    if (hadKeyboard && !this.stage.focus()) this.focusMode();
    this.comparison.look();
  }

  /** Puts the keyboard on the mode that is chosen. */
  focusMode() {
    for (const radio of this.modes.querySelectorAll("input")) if (radio.checked) radio.focus();
  }

  /** @param {Which} which */
  drop(which) {
    this.pins[which] = null;
    this.comparison.forget();
    this.stage.put(which, null, null);
    this.say();
    this.changed();
  }

  /** Remembers the pins and tells of them. */
  changed() {
    this.show();
    remember(this);
    this.root.dispatchEvent(new CustomEvent("pinned", { detail: { a: this.a, b: this.b } }));
  }

  restore() {
    const pins = remembered();
    for (const which of BOTH) {
      const id = pins[which];
      if (id) this.pin(which, id);
    }
  }

  // Parts

  makeModes() {
    const radios = Object.entries(MODES).map(([value, text]) =>
      make("label", {}, make("input", { type: "radio", name: "pair-mode", value, checked: value === "slider" }), make("span", { textContent: text })));
    const modes = make("div", { className: "pair-modes", role: "radiogroup", aria: { label: "How to compare A and B" } }, ...radios);
    modes.addEventListener("change", (event) => event.target instanceof HTMLInputElement && this.look(event.target.value));
    return modes;
  }

  /** @param {string} id @param {string} text @param {string} title @param {() => void} act */
  action(id, text, title, act) {
    return button(text, "pair-action", act, { id, title });
  }

  /** Space, as everywhere in Compare; on a button it presses that. @param {KeyboardEvent} event */
  key(event) {
    const isPlain = event.key === " " && !event.repeat && !event.defaultPrevented && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isPlain || targetOf(event).closest("button")) return;
    event.preventDefault();
    event.stopPropagation();
    this.flip();
  }

  /** The stage and its modes are back in their place. */
  takeBack() {
    this.home.replaceChildren(this.stage.element, this.modes);
    this.hint.after(this.table.element);
  }
}
