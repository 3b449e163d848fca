// @ts-check
// One dream: its title, what it is doing or how it was made, and its pictures.

import { button, make } from "../dom/dom.js";
import { inFrame } from "../dom/frame.js";
import { TRY_ANOTHER, ago, doing, duration, heldBack, inQueue, moment, pictures, settings } from "../dreams/words.js";
import { columnsFor } from "./columns.js";
import { Tile, tileOf } from "./tile.js";

/**
 * @typedef {import("../dreams/dream.js").Dream} Dream
 * @typedef {import("../dreams/dream.js").Picture} Picture
 * @typedef {import("./list.js").List} List
 */

const KEPT = "Until then it is kept in memory; ↓ on a picture saves a copy.";

/** What is said of a dream without any picture. @type {Record<string, string>} */
const ENDED = { cancelled: "stopped", failed: "failed", finished: "no picture" };

/** Pixels: how narrow a gallery has two columns, the gap between tiles, what stands above and below them, the smallest tile. */
const NARROW = 640;
const [GAP, HEAD, BELOW, LEAST] = [12, 60, 30, 118];

/** So many fill a row, however wide it is. */
const ROW = 4;
/** How much of the height a dream takes at the most: what was dreamt before is still seen. */
const SHARE = 0.72;

/** Tiles of a sheet that the gallery shows: the whole of it is in Compare. */
const MOST = 8;

export class Row {
  /** @param {List} list @param {Dream} dream */
  constructor(list, dream) {
    this.list = list;
    this.dream = dream;
    this.isStopping = false;
    this.isResuming = false;
    /** What rooms offer of it, and its words, which change with it. @type {[HTMLElement, () => string][]} */
    this.offered = [];
    /** @type {Map<number, Tile>} */
    this.tiles = new Map();
    this.title = make("h2", { className: "dream-title", textContent: dream.title, title: dream.title, tabIndex: -1 });
    this.meta = make("span", { className: "dream-meta" });
    this.progress = make("div", { className: "dream-progress", role: "progressbar", aria: { label: "Progress" } }, make("i"));
    this.note = make("p", { className: "dream-note" });
    this.count = make("span", { className: "dream-count" });
    this.stop = button("Stop", "row-stop", () => this.cancel());
    this.go = button("Continue", "row-continue", () => this.resume(), { title: "Make what is missing" });
    this.reuse = button("Reuse", "reuse", () => list.reuse(dream.id, this.tiles.keys().next().value ?? 0, { whole: true }), { title: "Take over these settings" });
    this.removal = dream.isGathered
      ? button("Remove", "row-remove", () => list.delete(dream), { title: "Remove this wall; its pictures stay" })
      : button("Delete", "row-remove", () => list.delete(dream), { title: "Delete this dream; it can be brought back" });
    this.clear = button("", "row-clear", () => list.clearBare(), { title: "Delete all that ended without a picture; they can be brought back" });
    /** Above the first of all that ended with nothing: it is of them all. */
    this.ended = make("p", { className: "bare-line", hidden: true }, make("span", {}), this.clear);
    // No region: hundreds of landmarks, several of one name, would lead nowhere.
    this.element = make(
      "article",
      { className: "dream-row", data: { job: dream.id, testid: "dream" }, aria: { label: dream.title } },
      this.ended,
      make("div", { className: "dream-head" }, this.title, this.count, this.meta,
        make("div", { className: "dream-actions" }, ...this.actions()), this.progress),
      this.note,
    );
    this.fill();
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("focusin", (event) => this.roam(tileOf(event.target)));
    dream.views.add(this);
    this.say();
  }

  /** @returns {HTMLElement[]} */
  actions() {
    return [...this.more(), this.stop, this.go, this.reuse, this.removal];
  }

  /** Buttons for what rooms offer of it. */
  more() {
    return this.list.actions(this.dream).map(({ className, text, act, made }) => {
      const element = button("", className, act);
      const words = typeof text === "string" ? () => text : text;
      element.textContent = words();
      this.offered.push([element, words]);
      made?.(element);
      return element;
    });
  }

  /** Whether it ended without any picture. */
  get isBare() {
    return !this.dream.isActive && !this.dream.done.length && !this.dream.heldBack;
  }

  /** What waits is one line above all that has begun. @returns {"forming" | "waiting" | "ended"} */
  get stage() {
    const { dream, list } = this;
    if (!dream.isActive) return "ended";
    if (dream.hasBegun) return "forming";
    const isBehind = dream.news?.type === "queued" && dream.news.place > 0;
    return isBehind || list.dreams.active.some((other) => other.created < dream.created) ? "waiting" : "forming";
  }

  /** The words that go on with it. */
  get again() {
    return this.dream.done.length ? `Continue (${this.dream.missing})` : "Dream again";
  }

  /** The pictures in their places. */
  fill() {
    const shown = [...this.dream.pictures.values()].slice(0, this.dream.sheet ? MOST : Infinity);
    for (const picture of shown) this.tiles.set(picture.index, new Tile(this, picture));
    const frames = [...this.tiles.values()].map((tile) => make("figure", { className: "framed" }, tile.element, tile.below));
    /** @type {HTMLElement | undefined} */
    this.grid = make("div", { className: "grid", data: { count: Math.min(shown.length, 5) } }, ...frames);
    this.grid.style.setProperty("--most", `${this.most}px`);
    this.element.append(this.grid);
  }

  /** Pixels of the page that a picture is wide at the most: more would be mush. */
  get most() {
    return 4 * this.dream.settings.width;
  }

  /** Its pictures in the room that there is. @param {{ width: number, height: number }} room */
  fit({ width, height }) {
    const { grid } = this;
    if (!grid || width <= NARROW) return;
    const { settings: made } = this.dream;
    const { columns, size } = columnsFor(this.tiles.size, {
      width, height: SHARE * height - HEAD, aspect: made.width / made.height, gap: GAP, below: BELOW, least: LEAST, most: this.most, row: ROW,
    });
    grid.style.setProperty("--columns", String(columns));
    if (this.tiles.size === ROW) grid.style.removeProperty("--tile"); // to its edges
    else grid.style.setProperty("--tile", `${size}px`);
  }

  /** The pictures that can be opened, in the order in which they are seen. @returns {Picture[]} */
  get pictures() {
    return [...this.tiles.values()].map((tile) => tile.picture).filter(({ id }) => id !== null);
  }

  /** It has waited, and opens now. */
  opens() {}

  changed() {
    inFrame(this, () => this.say());
  }

  /** A tile has begun to show something else. */
  seen() {
    this.changed();
  }

  /** Its tab is seen now. */
  shown() {
    for (const tile of this.tiles.values()) tile.changed();
  }

  /** Says below each picture how well it fits the prompt, and of the best, once all are there, that it is. */
  rank() {
    const ranks = this.dream.ranks();
    const isOver = !this.dream.isActive && ranks.size > 1;
    for (const { picture, below } of this.tiles.values()) {
      const parts = picture.match === null || !picture.id ? [] : ["match ", make("b", { textContent: picture.match.toFixed(2) })];
      const best = isOver && ranks.get(picture.index) === 1 ? [` · best of ${ranks.size}`] : [];
      const words = [...parts, ...(parts.length ? best : [])];
      const text = words.map((word) => (typeof word === "string" ? word : word.textContent)).join("");
      if (below.textContent !== text) below.replaceChildren(...words);
    }
  }

  /** One stop for Tab: the picture where the keyboard was last, else the first. @param {Tile} [tile] */
  roam(tile) {
    const all = [...this.tiles.values()];
    const before = all.find(({ openButton }) => openButton.tabIndex === 0 && !openButton.disabled);
    const stop = tile ?? before ?? all.find(({ openButton }) => !openButton.disabled);
    for (const one of all) {
      const index = one === stop ? 0 : -1;
      if (one.openButton.tabIndex !== index) one.openButton.tabIndex = index;
    }
  }

  /** Arrows go from picture to picture, on into the dreams above and below. @param {KeyboardEvent} event */
  key(event) {
    const tile = tileOf(event.target);
    if (!tile || event.ctrlKey || event.metaKey || event.altKey || event.shiftKey) return;
    const own = [...this.tiles.values()].filter(({ openButton }) => !openButton.disabled);
    const beside = this.list.beside(tile, "ArrowRight") ?? this.list.beside(tile, "ArrowLeft");
    if (tile.picture.id && this.list.act(event.key, tile.picture)) {
      event.preventDefault();
      if (event.key === "Delete") beside?.focus(); // the keyboard is not lost with the picture
      return;
    }
    const next = event.key === "Home" ? own[0] : event.key === "End" ? own.at(-1) : this.list.beside(tile, event.key);
    if (!next) return;
    event.preventDefault();
    next.focus();
  }

  /** Writes state and words anew; called at every change and now and then, as time goes by. */
  say() {
    const { dream } = this;
    const { stage } = this;
    this.element.dataset.state = dream.state;
    const before = this.element.dataset.stage;
    const enter = () => {
      this.element.dataset.stage = stage;
      this.list.arrange(this);
    };
    if (before === "waiting" && stage === "forming") {
      this.opens();
      this.list.makeRoom(enter);
    }
    else if (before !== stage) enter();
    this.element.classList.toggle("is-bare", this.isBare);
    this.element.classList.toggle("has-none", !dream.done.length);
    const { bare } = this.list;
    this.ended.hidden = bare.length < 2 || bare[0] !== this;
    if (!this.ended.hidden) {
      this.ended.firstElementChild?.replaceChildren(`${bare.length} ended without a picture`);
      this.clear.textContent = `Clear all ${bare.length}`;
    }
    const { size } = dream.pictures;
    const count = this.isBare ? (size > 1 ? `none of ${size} was finished` : "not finished") : pictures(size);
    if (this.count.textContent !== count) this.count.textContent = count;
    for (const [element, words] of this.offered) if (element.textContent !== words()) element.textContent = words();
    if (!dream.isActive && document.activeElement === this.stop) this.title.focus({ preventScroll: true });
    this.stop.hidden = !dream.isActive;
    this.stop.textContent = stage === "waiting" ? "Cancel" : "Stop";
    const goes = !dream.isActive && dream.missing > 0;
    if (!goes && document.activeElement === this.go) (dream.isActive ? this.stop : this.title).focus({ preventScroll: true });
    this.go.hidden = !goes;
    this.go.textContent = this.again;
    this.removal.hidden = dream.isActive;
    const { message, hint } = this.fault();
    this.note.replaceChildren(...(message ? [message, ...(hint ? [" ", make("span", { textContent: hint })] : [])] : []));
    this.progress.style.setProperty("--done", String(dream.fraction));
    this.progress.setAttribute("aria-valuenow", String(Math.round(dream.fraction * 100)));
    this.roam();
    this.rank();
    const meta = dream.isActive ? this.doing() : this.made();
    if (this.meta.textContent !== meta) this.meta.textContent = meta; // else the line is laid out anew at every step
    this.meta.title = dream.isActive ? "" : moment(dream.created);
  }

  /** What is wrong with it, or with pictures of it. @returns {{ message: string, hint: string }} */
  fault() {
    const { dream } = this;
    if (dream.fault) return dream.fault;
    if (dream.unsaved) return { message: dream.unsaved, hint: KEPT };
    return dream.heldBack ? { message: heldBack(dream.heldBack, dream.pictures.size), hint: TRY_ANOTHER } : { message: "", hint: "" };
  }

  doing() {
    const { news, done, pictures: all, isMade } = this.dream;
    const { isHeld, isOffline, paused } = this.list.dreams;
    if (isHeld && news?.type === "queued" && !isMade && !isOffline) return `${done.length ? `${done.length} of ${all.size} done · ` : ""}${paused}`;
    if (isMade && !this.list.dreams.isOffline) return `${done.length} of ${all.size} saved · trying again…`;
    if (this.stage === "waiting" && news?.type === "queued" && !done.length && !this.list.dreams.isOffline) {
      return `${inQueue(news, innerWidth <= NARROW)}${news.wait ? ` · about ${duration(news.wait)}` : ""}`;
    }
    return doing(this.list.dreams.isOffline ? { type: "offline" } : news, done.length, all.size, innerWidth <= NARROW);
  }

  made() {
    const { state, done, pictures: all, reached } = this.dream;
    if (!done.length) return reached && state === "cancelled" ? `stopped at step ${reached.step} of ${reached.steps}` : this.dream.heldBack ? ago(this.dream.created) : ENDED[state] ?? "";
    const stopped = state === "cancelled" ? `stopped · ${done.length} of ${all.size} · ` : "";
    return `${stopped}${ago(this.dream.created)} · ${settings(this.dream.settings, this.dream.varied)}`;
  }

  async cancel() {
    if (this.isStopping) return;
    this.isStopping = true; // and the button is not disabled, which would lose the keyboard
    await this.list.dreams.cancel(this.dream.id);
    this.isStopping = false;
  }

  async resume() {
    if (this.isResuming) return;
    this.isResuming = true;
    await this.list.dreams.resume(this.dream.id);
    this.isResuming = false;
  }

  /** @param {Picture} picture */
  focus(picture) {
    const tile = this.tiles.get(picture.index);
    if (tile?.element.isConnected) tile.focus();
  }

  /** @param {Tile} tile */
  forget(tile) {
    this.tiles.delete(tile.picture.index);
    tile.below.parentElement?.remove();
  }

  remove() {
    this.dream.views.delete(this);
    for (const tile of this.tiles.values()) tile.leave();
    this.element.remove();
  }
}
