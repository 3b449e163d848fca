// @ts-check
// One picture of a dream, in one place: empty, then a live preview, then the picture.

import { button, make } from "../dom/dom.js";
import { inFrame } from "../dom/frame.js";
import { at } from "../fetch/address.js";
import { again, retryNow, settled } from "../fetch/again.js";
import { loaded } from "../fetch/image.js";
import { load } from "../fetch/loader.js";

/**
 * @typedef {import("../dreams/dream.js").Picture} Picture
 * @typedef {import("../dreams/dream.js").Crop} Crop
 * @typedef {import("./row.js").Row} Row
 */

/** @type {Record<string, string>} */
const WORDS = { failed: "could not be made", stopped: "stopped", unsaved: "not saved yet", "held-back": "held back by the model’s safety checker" };

const BROKEN = "The small picture did not load";

/** @type {WeakMap<Element, Tile>} */
const tiles = new WeakMap();

/** The tile that an element of the document belongs to. @param {EventTarget | null} node */
export const tileOf = (node) => {
  const element = node instanceof Element ? node.closest(".tile") : null;
  return element ? tiles.get(element) : undefined;
};

export class Tile {
  /** @param {Row} row @param {Picture} picture */
  constructor(row, picture) {
    this.row = row;
    this.picture = picture;
    /** What is in place: the id of a stored picture, or the address of one that is not saved yet. @type {string | null} */
    this.inPlace = null;
    this.word = make("span", { className: "tile-word" });
    this.openButton = make("button", { type: "button", className: "open" });
    // Not a stop for Tab: who has a keyboard has it in the viewer.
    this.download = make("a", { className: "download", textContent: "↓", title: "Download the PNG", tabIndex: -1 });
    this.download.setAttribute("aria-label", `Download the picture with seed ${picture.seed}`);
    this.below = make("figcaption", { className: "match" });
    this.heart = make("button", { type: "button", className: "heart", textContent: "♥", title: "Keep (K)", tabIndex: -1, aria: { label: "Keep", pressed: "false" } });
    this.element = make(
      "div",
      { className: "tile", data: { index: picture.index, state: "empty", testid: "tile" } },
      this.openButton,
      this.word,
      make("span", { className: "seed", textContent: String(picture.seed), title: `Seed ${picture.seed}` }),
      ...this.furniture(),
    );
    const { width, height } = picture.settings;
    this.element.style.aspectRatio = `${width} / ${height}`;
    // Who looks at a picture that did not load has it tried again.
    for (const type of ["pointerenter", "focus"]) this.openButton.addEventListener(type, () => retryNow(this));
    tiles.set(this.element, this);
    picture.views.add(this);
    this.render(true);
  }

  /** What lies on the tile beside its seed, and what a click does. @returns {Element[]} */
  furniture() {
    this.openButton.addEventListener("click", () => this.row.list.open(this.picture));
    this.heart.addEventListener("click", () => this.row.list.act("k", this.picture));
    const more = this.row.list.more().map((one) =>
      button(one.sign, "tile-more", () => one.do(this.picture), { title: one.label, tabIndex: -1, aria: { label: one.label } }));
    return [...more, this.heart, this.download];
  }

  /** What is seen, which may be a moment behind what is known. */
  get state() {
    return this.element.dataset.state ?? "empty";
  }

  get name() {
    return `${this.picture.settings.prompt}, seed ${this.picture.seed}`;
  }

  changed() {
    inFrame(this, () => this.render());
  }

  /** Makes the tile fit its picture; `lazily` when it is new, and may be far below what is seen. */
  render(lazily = false) {
    const { picture } = this;
    if (picture.state === "done") this.want(lazily || !this.row.list.isShown);
    else if (picture.state === "unsaved") this.wantUnsaved();
    else if (picture.state !== "preview" && this.state !== picture.state) {
      this.clear();
      this.set(picture.state);
    }
    this.label();
  }

  /** @param {string} state */
  set(state) {
    if (this.state === state) return;
    this.element.dataset.state = state;
    this.row.seen();
  }

  /** Words for eyes and ears; called at every change. */
  label() {
    this.usable(this.state === "done");
    const isKept = this.picture.mark === "kept";
    this.element.classList.toggle("is-rejected", this.isRejected);
    this.heart.setAttribute("aria-pressed", String(isKept));
    this.heart.hidden = this.state !== "done" || !this.row.list.marks;
    this.word.textContent = this.words;
    this.word.title = this.state === "held-back" ? this.picture.fault : "";
    const saying = this.state === "done" ? (this.isBroken ? `${BROKEN}. Open` : "Open") : this.state === "preview" ? "Forming" : "Not there yet";
    this.openButton.setAttribute("aria-label", `${this.isRejected ? "Rejected" : this.words || saying}: ${this.name}`);
  }

  /** What stands in the place of a picture. */
  get words() {
    if (this.isRejected) return "✕ rejected";
    return this.state === "hidden" ? this.picture.fault : WORDS[this.state] ?? "";
  }

  get isRejected() {
    return this.state === "done" && this.picture.mark === "rejected";
  }

  /** @param {boolean} isUsable */
  usable(isUsable) {
    this.openButton.disabled = !isUsable;
    if (isUsable) this.download.href = at(`/picture/${this.picture.id}?download=1`);
  }

  /** Shows its part of the image that holds the previews of several pictures. @param {CanvasImageSource} image @param {Crop} crop */
  paint(image, { x, y, width, height, revision }) {
    if (this.picture.isSettled || !this.row.list.isShown) return;
    let canvas = this.openButton.querySelector("canvas");
    if (!canvas) {
      canvas = make("canvas", { className: "preview", role: "img", aria: { label: this.name } });
      this.put(canvas);
    }
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext("2d")?.drawImage(image, x, y, width, height, 0, 0, width, height);
    this.element.dataset.revision = String(revision);
    if (this.state === "preview") return; // its words are the same at every preview
    this.set("preview");
    this.label();
  }

  /** Puts the stored picture in place: at once where it cannot be seen, decoded where it can. @param {boolean} lazily */
  want(lazily) {
    const { id } = this.picture;
    if (this.inPlace === id || id === null) return;
    this.inPlace = id;
    if (!lazily) {
      load(this, () => this.fetch(id));
      return;
    }
    const image = make("img", { alt: this.name, loading: "lazy", decoding: "async", draggable: false, src: at(`/thumb/${id}`) });
    image.addEventListener("error", () => this.inPlace === id && load(this, () => this.fetch(id)));
    this.put(image);
    this.set("done");
  }

  /** @param {string} id */
  async fetch(id) {
    const image = await loaded(`/thumb/${id}`, this.name).catch(() => null);
    inFrame(this.openButton, () => {
      if (this.inPlace !== id) return;
      if (image) {
        this.put(image);
        settled(this);
      } else {
        this.broken();
        again(this, () => this.inPlace === id && load(this, () => this.fetch(id)));
      }
      this.set("done");
      this.label();
    });
  }

  /** The small picture could not be had: the original still can, and a click opens it. */
  broken() {
    if (!this.isBroken) this.put(make("span", { className: "tile-broken", textContent: `${BROKEN}. Open the original` }));
  }

  get isBroken() {
    return this.openButton.querySelector(".tile-broken") !== null;
  }

  /** It is made, but not saved yet: the server has it in memory. */
  wantUnsaved() {
    const { dream, index } = this.picture;
    const address = `/unsaved/${dream.id}/${index}`;
    if (this.inPlace === address) return;
    this.inPlace = address;
    load(this, async () => {
      const image = await loaded(address, this.name).catch(() => null);
      inFrame(this.openButton, () => {
        if (this.inPlace !== address) return;
        if (image) this.put(image);
        this.download.href = at(address);
        this.download.setAttribute("download", `unsaved-${this.picture.seed}.png`);
        this.set("unsaved");
        this.label();
      });
    });
  }

  /** Shows this, and nothing else. @param {HTMLElement} image */
  put(image) {
    const before = this.openButton.querySelector("img, canvas, .tile-broken");
    if (before) before.replaceWith(image);
    else this.openButton.append(image);
  }

  clear() {
    settled(this);
    this.openButton.querySelector("img, canvas, .tile-broken")?.remove();
    this.inPlace = null;
  }

  focus() {
    this.openButton.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** Nothing shows it any more. */
  leave() {
    settled(this);
    this.picture.views.delete(this);
  }

  /** The picture was deleted. */
  remove() {
    this.leave();
    this.element.remove();
    this.row.forget(this);
  }
}
