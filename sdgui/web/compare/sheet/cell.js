// @ts-check
// A tile of a sheet: it can be selected, marked and pinned, and says how well it fits the prompt.

import { make } from "../../shared/dom/dom.js";
import { Tile } from "../../shared/gallery/tile.js";

/** @type {Record<string, string>} */
const STATES = { empty: "not there yet", preview: "forming", failed: "could not be made", stopped: "stopped", unsaved: "not saved yet", hidden: "hidden by the owner", "held-back": "held back by the model’s safety checker" };

/** @typedef {import("./sheet.js").Sheet} Sheet */

export class Cell extends Tile {
  /** @param {Sheet} sheet @param {import("../../shared/dreams/dream.js").Picture} picture */
  constructor(sheet, picture) {
    super(sheet, picture);
    this.sheet = sheet;
    /** The whole of what lies in the sheet: the tile, and below it, where they cover nothing, its words. */
    this.frame = make("div", { className: "captioned" }, this.element, ...(this.score ? [this.score] : []));
  }

  /** @override */
  furniture() {
    this.openButton.tabIndex = -1;
    this.badge = make("span", { className: "kept-badge", aria: { hidden: true } }, "♥", make("span", { className: "word", textContent: " kept" }));
    this.pins = make("span", { className: "pins", aria: { hidden: true } });
    this.score = make("span", { className: "score", aria: { hidden: true } });
    /** @type {number | null} */
    this.rank = null;
    /** @type {string} */
    this.pinned = "";
    this.choosers = make("span", { className: "choosers", hidden: true, aria: { hidden: true } });
    /** @type {import("../../shared/dreams/dream.js").Others | null} */
    this.chosen = null;
    return [this.badge, this.pins, this.choosers, this.download];
  }

  /** @param {string} text @param {string} title */
  caption(text, title) {
    this.element.after(make("span", { className: "caption", textContent: text, title }));
  }

  /** Below the picture what tells it from the others, in the place of its seed: its prompt on a line of its own. */
  tellApart() {
    const { label, seed } = this.picture;
    const isOfPrompts = label[0]?.startsWith("“");
    const [prompt, ...rest] = label;
    const other = rest.filter((word) => !word.startsWith("seed ")); // which says little where prompts differ
    const lines = isOfPrompts ? [prompt, (other.length ? other : rest).join(" · ")] : [label.length ? label.join(" · ") : `seed ${seed}`];
    this.element.classList.add("has-label");
    this.element.after(make("span", { className: "apart", title: label.join(" · ") }, ...lines.filter(Boolean).map((line) => make("span", { textContent: line }))));
  }

  /** @override */
  label() {
    const { picture } = this;
    this.usable(this.state === "done");
    this.element.classList.toggle("is-kept", picture.mark === "kept");
    this.element.classList.toggle("is-rejected", picture.mark === "rejected");
    const said = STATES[this.state] ?? "";
    const isMade = this.state === "unsaved" || this.state === "held-back"; // what is wrong with all of them is said once
    const hasFault = this.state === "failed" || this.state === "hidden" || isMade;
    const fault = hasFault && picture.fault ? picture.fault : said;
    const word = isMade ? said : hasFault || this.state === "stopped" ? fault : "";
    if (this.word.textContent !== word) this.word.textContent = word;
    if (this.word.title !== fault) this.word.title = fault;
    this.match();
    this.say();
    this.openButton.setAttribute("aria-label", [
      this.name,
      fault,
      this.rank === null ? "" : `match ${picture.match?.toFixed(2)}, number ${this.rank}`,
      picture.mark,
      picture.others?.words ?? "",
      this.pinned && `pinned as ${this.pinned}`,
    ].filter(Boolean).join(", "));
  }

  /** @override */
  get name() {
    // Asked while it is being made, before it knows its sheet by that name.
    const sheet = /** @type {Sheet} */ (this.row);
    const where = sheet.where(this.picture.index);
    return [`Seed ${this.picture.seed}`, ...where].join(", ");
  }

  /** @override @param {boolean} isUsable */
  usable(isUsable) {
    this.openButton.setAttribute("aria-disabled", String(!isUsable));
  }

  /** @override @param {string} state */
  set(state) {
    const before = this.state;
    super.set(state);
    if (before !== state) /** @type {Sheet} */ (this.row).list.selection.refresh(this);
  }

  /** Its place among the matches of the sheet; null where it has none. @param {number | null} rank */
  place(rank) {
    if (this.rank === rank) return;
    this.rank = rank;
    this.label();
  }

  match() {
    const { score } = this;
    const { match } = this.picture;
    const text = this.rank === null || match === null ? "" : `#${this.rank} ${match.toFixed(2)}`;
    if (!score || score.textContent === text) return;
    if (text) score.replaceChildren(`#${this.rank} `, make("b", { textContent: match?.toFixed(2) }));
    else score.replaceChildren();
    score.title = text && `Match to the prompt: ${match?.toFixed(4)}, number ${this.rank} of this sheet`;
  }

  /** Who keeps it and who rejects it, of those who choose with its owner. */
  say() {
    const { choosers, picture: { others } } = this;
    if (!choosers || this.chosen === others) return;
    this.chosen = others;
    choosers.hidden = !others?.signs.length;
    choosers.title = others?.words ?? "";
    choosers.replaceChildren(...(others?.kept ? [make("b", { textContent: `♥ ${others.kept}` })] : []),
      ...(others?.signs ?? []).map(({ text, colour, shape, isNo }) =>
        make("i", { className: "chooser", textContent: text, data: { colour, shape, ...(isNo ? { no: "" } : {}) } })));
  }

  /** Says whether it is pinned as A, B or both. @param {string | null} a @param {string | null} b */
  pin(a, b) {
    const { id } = this.picture;
    const pinned = id === null ? "" : [a === id ? "A" : "", b === id ? "B" : ""].join("");
    if (pinned === this.pinned) return;
    this.pinned = pinned;
    if (this.pins) this.pins.textContent = pinned;
    this.label();
  }

  /** @param {boolean} isChosen */
  choose(isChosen) {
    this.element.classList.toggle("is-selected", isChosen);
  }

  /** @override */
  remove() {
    this.frame.remove();
    super.remove();
  }
}
