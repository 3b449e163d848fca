// A tile of a sheet: it can be selected, marked and pinned, and says how well it fits the prompt.

import { make } from "../shared/dom.js";
import { Tile } from "../shared/tile.js";

const LONG = 5;
const STATES = { empty: "not there yet", preview: "forming", failed: "could not be made", stopped: "stopped" };

export class Cell extends Tile {
  furniture() {
    this.openButton.tabIndex = -1;
    this.badge = make("span", { className: "kept-badge", textContent: "♥ kept", aria: { hidden: true } });
    this.pins = make("span", { className: "pins", aria: { hidden: true } });
    this.score = make("span", { className: "score", aria: { hidden: true } });
    this.score.classList.toggle("is-above", String(this.picture.seed).length > LONG);
    this.rank = null;
    this.pinned = "";
    return [this.badge, this.pins, this.score];
  }

  /** The whole of what lies in the sheet: the tile, and its caption where it has one. */
  get frame() {
    return this.captioned ?? this.element;
  }

  caption(text, title) {
    this.captioned = make("div", { className: "captioned" }, this.element,
      make("span", { className: "caption", textContent: text, title }));
  }

  label() {
    const { picture } = this;
    this.usable(this.state === "done");
    this.element.classList.toggle("is-kept", picture.mark === "kept");
    this.element.classList.toggle("is-rejected", picture.mark === "rejected");
    const said = STATES[this.state] ?? "";
    const fault = this.state === "failed" && picture.fault ? picture.fault : said;
    const word = this.state === "failed" || this.state === "stopped" ? fault : "";
    if (this.word.textContent !== word) this.word.textContent = this.word.title = word;
    this.match();
    this.openButton.setAttribute("aria-label", [
      this.name,
      fault,
      this.rank === null ? "" : `match ${picture.match.toFixed(2)}, number ${this.rank}`,
      picture.mark,
      this.pinned && `pinned as ${this.pinned}`,
    ].filter(Boolean).join(", "));
  }

  get name() {
    const where = this.row.where(this.picture.index);
    return [`Seed ${this.picture.seed}`, ...where].join(", ");
  }

  usable(isUsable) {
    this.openButton.setAttribute("aria-disabled", !isUsable);
  }

  set(state) {
    const before = this.state;
    super.set(state);
    if (before !== state) this.row.list.selection.refresh(this);
  }

  /** Its place among the matches of the sheet; null where it has none. */
  place(rank) {
    if (this.rank === rank) return;
    this.rank = rank;
    this.label();
  }

  match() {
    const { match } = this.picture;
    const text = this.rank === null || match === null ? "" : `#${this.rank} ${match.toFixed(2)}`;
    if (this.score.textContent === text) return;
    this.score.textContent = text;
    this.score.title = text && `Match to the prompt: ${match.toFixed(4)}, number ${this.rank} of this sheet`;
  }

  /** Says whether it is pinned as A, B or both. */
  pin(a, b) {
    const { id } = this.picture;
    const pinned = id === null ? "" : [a === id ? "A" : "", b === id ? "B" : ""].join("");
    if (pinned === this.pinned) return;
    this.pinned = pinned;
    this.pins.textContent = pinned;
    this.label();
  }

  choose(isChosen) {
    this.element.classList.toggle("is-selected", isChosen);
  }

  remove() {
    this.frame.remove();
    super.remove();
  }
}
