// @ts-check
// One dream: its title, what it is doing or how it was made, and its pictures.

import { button, make } from "../dom/dom.js";
import { inFrame } from "../dom/frame.js";
import { ago, doing, moment, settings } from "../dreams/words.js";
import { Tile } from "./tile.js";

/**
 * @typedef {import("../dreams/dream.js").Dream} Dream
 * @typedef {import("../dreams/dream.js").Picture} Picture
 * @typedef {import("./list.js").List} List
 */

const KEPT = "Until then it is kept in memory; ↓ on a picture saves a copy.";

/** Tiles of a sheet that the gallery shows: the whole of it is in Compare. */
const MOST = 8;

export class Row {
  /** @param {List} list @param {Dream} dream */
  constructor(list, dream) {
    this.list = list;
    this.dream = dream;
    /** @type {Map<number, Tile>} */
    this.tiles = new Map();
    this.title = make("h2", { className: "dream-title", textContent: dream.title, title: dream.title });
    this.meta = make("span", { className: "dream-meta" });
    this.progress = make("div", { className: "dream-progress", role: "progressbar", aria: { label: "Progress" } }, make("i"));
    this.note = make("p", { className: "dream-note" });
    this.stop = button("Stop", "row-stop", () => this.cancel());
    this.reuse = button("Reuse", "reuse", () => list.reuse(dream.id, this.tiles.keys().next().value ?? 0, { whole: true }), { title: "Take over these settings" });
    this.removal = button("Remove", "row-remove", () => list.dreams.remove(dream.id), { title: "Take this out of your dreams: it has no picture" });
    // No region: hundreds of landmarks, several of one name, would lead nowhere.
    this.element = make(
      "article",
      { className: "dream-row", data: { job: dream.id, testid: "dream" }, aria: { label: dream.title } },
      make("div", { className: "dream-head" }, this.title, this.meta,
        make("div", { className: "dream-actions" }, ...this.actions()), this.progress),
      this.note,
    );
    this.fill();
    dream.views.add(this);
    this.say();
  }

  /** @returns {HTMLElement[]} */
  actions() {
    const more = this.list.actions(this.dream).map(({ className, text, act }) => button(text, className, act));
    return [...more, this.stop, this.reuse, this.removal];
  }

  /** The pictures in their places. */
  fill() {
    const shown = [...this.dream.pictures.values()].slice(0, this.dream.sheet ? MOST : Infinity);
    for (const picture of shown) this.tiles.set(picture.index, new Tile(this, picture));
    this.element.append(make("div", { className: "grid" }, ...[...this.tiles.values()].map((tile) => tile.element)));
  }

  /** The pictures that can be opened, in the order in which they are seen. @returns {Picture[]} */
  get pictures() {
    return [...this.tiles.values()].map((tile) => tile.picture).filter(({ id }) => id !== null);
  }

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

  /** Writes state and words anew; called at every change and now and then, as time goes by. */
  say() {
    const { dream } = this;
    this.element.dataset.state = dream.state;
    this.element.classList.toggle("is-bare", !dream.isActive && !dream.done.length);
    this.stop.hidden = !dream.isActive;
    this.removal.hidden = dream.isActive || dream.done.length > 0;
    const fault = dream.fault ?? { message: dream.unsaved, hint: dream.unsaved && KEPT };
    this.note.replaceChildren(...(fault.message ? [fault.message, ...(fault.hint ? [" ", make("span", { textContent: fault.hint })] : [])] : []));
    this.progress.style.setProperty("--done", String(dream.fraction));
    this.progress.setAttribute("aria-valuenow", String(Math.round(dream.fraction * 100)));
    this.meta.textContent = dream.isActive ? this.doing() : this.made();
    this.meta.title = dream.isActive ? "" : moment(dream.created);
  }

  doing() {
    const { news, done, pictures, isMade } = this.dream;
    if (isMade && !this.list.dreams.isOffline) return `${done.length} of ${pictures.size} saved · trying again…`;
    return doing(this.list.dreams.isOffline ? { type: "offline" } : news, done.length, pictures.size);
  }

  made() {
    const { state, done, pictures } = this.dream;
    const stopped = state === "cancelled" ? `stopped · ${done.length} of ${pictures.size} · ` : "";
    return `${stopped}${ago(this.dream.created)} · ${settings(this.dream.settings, this.dream.varied)}`;
  }

  async cancel() {
    this.stop.disabled = true;
    await this.list.dreams.cancel(this.dream.id);
    this.stop.disabled = false;
  }

  /** @param {Picture} picture */
  focus(picture) {
    const tile = this.tiles.get(picture.index);
    if (tile?.element.isConnected) tile.focus();
  }

  /** @param {Tile} tile */
  forget(tile) {
    this.tiles.delete(tile.picture.index);
  }

  remove() {
    this.dream.views.delete(this);
    for (const tile of this.tiles.values()) tile.leave();
    this.element.remove();
  }
}
