// One picture of a dream, in one place: empty, then a live preview, then the picture.

import { loaded, make, pause } from "./dom.js";
import { inFrame } from "./frame.js";
import { load } from "./loader.js";

const WORDS = { failed: "could not be made", stopped: "stopped" };
const ATTEMPTS = 3;

const tiles = new WeakMap();

/** The tile that an element of the document belongs to. */
export const tileOf = (node) => tiles.get(node?.closest?.(".tile"));

export class Tile {
  constructor(row, picture) {
    this.row = row;
    this.picture = picture;
    this.painted = "";
    this.inPlace = null;
    this.word = make("span", { className: "tile-word" });
    this.openButton = make("button", { type: "button", className: "open" });
    this.element = make(
      "div",
      { className: "tile", data: { index: picture.index, state: "empty", testid: "tile" } },
      this.openButton,
      this.word,
      make("span", { className: "seed", textContent: picture.seed, title: `Seed ${picture.seed}` }),
      ...this.furniture(),
    );
    const { width, height } = picture.settings;
    this.element.style.aspectRatio = `${width} / ${height}`;
    tiles.set(this.element, this);
    picture.views.add(this);
    this.render(true);
  }

  /** What lies on the tile beside its seed, and what a click does. */
  furniture() {
    this.openButton.addEventListener("click", () => this.row.list.open(this.picture));
    this.download = make("a", { className: "download", textContent: "↓", title: "Download the PNG" });
    this.download.setAttribute("aria-label", `Download the picture with seed ${this.picture.seed}`);
    return [this.download];
  }

  /** What is seen, which may be a moment behind what is known. */
  get state() {
    return this.element.dataset.state;
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
    else if (picture.state === "preview") this.wantPreview();
    else if (this.state !== picture.state) {
      this.clear();
      this.set(picture.state);
    }
    this.label();
  }

  set(state) {
    if (this.state === state) return;
    this.element.dataset.state = state;
    this.row.seen?.();
  }

  /** Words for eyes and ears; called at every change. */
  label() {
    this.usable(this.state === "done");
    this.word.textContent = WORDS[this.state] ?? "";
    const saying = this.state === "done" ? "Open" : { preview: "Forming" }[this.state] ?? "Not there yet";
    this.openButton.setAttribute("aria-label", `${WORDS[this.state] ?? saying}: ${this.name}`);
  }

  usable(isUsable) {
    this.openButton.disabled = !isUsable;
    if (isUsable) this.download.href = `/picture/${this.picture.id}?download=1`;
  }

  /** Asks for the newest preview of the strip that it forms in. */
  wantPreview() {
    for (const strip of this.picture.dream.strips.values()) {
      if (strip.told.pictures.includes(this.picture.index)) strip.want();
    }
  }

  /** Whether it is seen forming, and shows less than the newest revision of its strip. */
  isStale({ told }) {
    const newest = `${told.id}.${told.revision}`;
    return this.picture.state === "preview" && this.row.list.isShown && this.painted !== newest;
  }

  /** Shows its part of a strip's image. */
  paint(image, { x, y, width, height }, revision) {
    let canvas = this.openButton.querySelector("canvas");
    if (!canvas) {
      canvas = make("canvas", { className: "preview" });
      this.put(canvas);
    }
    if (canvas.width !== width || canvas.height !== height) Object.assign(canvas, { width, height });
    canvas.getContext("2d").drawImage(image, x, y, width, height, 0, 0, width, height);
    this.painted = revision;
    this.element.dataset.revision = revision;
    this.set("preview");
    this.label();
  }

  /** Puts the stored picture in place: at once where it cannot be seen, decoded where it can. */
  want(lazily) {
    const { id } = this.picture;
    if (this.inPlace === id) return;
    this.inPlace = id;
    if (!lazily) {
      load(this, () => this.fetch(id));
      return;
    }
    this.put(make("img", { alt: this.name, loading: "lazy", decoding: "async", draggable: false, src: `/thumb/${id}` }));
    this.set("done");
  }

  async fetch(id) {
    let image = null;
    for (let attempt = 1; !image && attempt <= ATTEMPTS; attempt += 1) {
      image = await loaded(`/thumb/${id}`, this.name).catch(() => pause(500 * attempt));
    }
    this.isLoading = false;
    inFrame(this.openButton, () => {
      if (this.inPlace !== id) return;
      if (image) this.put(image);
      this.set("done");
      this.label();
    });
  }

  put(image) {
    const before = this.openButton.querySelector("img, canvas");
    if (before) before.replaceWith(image);
    else this.openButton.append(image);
  }

  clear() {
    this.openButton.querySelector("img, canvas")?.remove();
    this.painted = "";
    this.inPlace = null;
    this.isLoading = false;
  }

  focus() {
    this.openButton.focus({ preventScroll: true });
    this.element.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  /** The picture was deleted. */
  remove() {
    this.picture.views.delete(this);
    this.element.remove();
    this.row.forget(this);
  }
}
