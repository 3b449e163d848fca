// @ts-check
// What is looked for: the search field, the filters and the order, and how large the tiles are.

import { button, find, make } from "../shared/dom/dom.js";
import { SORTS, asked, chipWords, choices, dateWords, isOffered, spanOf, spansOfDays, valueOf } from "./choices.js";
import { icon } from "./icons.js";
import { clearingWords, isNarrowed, widened } from "./search.js";

/**
 * @typedef {import("./search.js").Search} Search
 * @typedef {import("./told.js").ToldFacets} ToldFacets
 * @typedef {import("./layout.js").TileSize} TileSize
 * @typedef {import("./choices.js").Choosable} Choosable
 * @typedef {{ menu: import("../shared/dom/menu.js").Menu, search: (search: Search, how?: { isTyping?: boolean }) => void,
 *   resize: (size: TileSize) => void, openSheet: () => void, enter: () => void, empty: () => void,
 *   unpick: () => void }} Calls
 */

/** @type {Choosable[]} */
const CHIPS = ["model", "sampler", "lora", "size"];
/** @type {Record<TileSize, string>} */
const SIZES = { small: "Small tiles", middle: "Middle-sized tiles", large: "Large tiles" };
const isNarrow = () => matchMedia("(width <= 700px)").matches;

export class Filters {
  /** @param {Search} search @param {TileSize} size @param {Calls} calls */
  constructor(search, size, calls) {
    this.search = search;
    this.calls = calls;
    /** @type {ToldFacets | null} */
    this.facets = null;
    this.field = make("input", {
      type: "search", id: "history-search", autocomplete: "off", spellcheck: false, maxLength: 500,
      placeholder: isNarrow() ? "Search prompts, seeds" : "Search your prompts and seeds", aria: { label: "Search your prompts and seeds" },
    });
    this.field.title = "“Quotes” for words that follow each other, -word for what is not to be there";
    this.field.setAttribute("enterkeyhint", "search");
    this.field.addEventListener("input", () => calls.search({ ...this.search, q: this.field.value }, { isTyping: true }));
    this.field.addEventListener("keydown", (event) => this.key(event));
    this.sheet = button("", "history-square history-narrow", () => calls.openSheet(), { id: "history-filters", aria: { label: "Filters", haspopup: "dialog" } });
    this.sheet.append(icon("filter", 20));
    this.dates = new Dates((days) => calls.search({ ...this.search, ...days }));
    /** @type {[Choosable, HTMLButtonElement][]} */
    this.chips = [...CHIPS, /** @type {const} */ ("rating")].map((name) => [name, this.chip(name)]);
    this.date = this.opener(() => this.dates.open(this.date, this.search));
    this.date.setAttribute("aria-haspopup", "dialog");
    this.kept = button("♥ Kept", "history-chip", () => calls.search({ ...this.search, kept: !this.search.kept, rejected: false }));
    this.rejected = button("✕ Rejected", "history-chip", () => calls.search({ ...this.search, rejected: !this.search.rejected, kept: false }));
    this.wide = button("Clear filters", "link-button history-clear", () => calls.search(widened(this.search)));
    this.count = make("b", {});
    this.picked = make("b", { className: "history-narrow", hidden: true });
    this.unpick = button("Clear", "link-button history-narrow", () => calls.unpick(), { hidden: true });
    this.sort = this.opener(() => this.open("sort", this.sort));
    this.sort.className = "history-sort";
    this.hidden = make("span", { id: "history-hidden", hidden: true });
    this.binned = button("", "link-button", () => calls.search({ ...widened(this.search), bin: !this.search.bin }), { id: "history-bin" });
    const [model, sampler, lora, measures, rating] = this.chips.map(([, element]) => element);
    this.binWords = make("span", {});
    this.emptying = button("Empty bin…", "quiet-button", () => this.calls.empty(), { id: "history-empty" });
    this.binLine = this.makeBinLine();
    this.element = make("div", { className: "history-tools", role: "search", aria: { label: "Search the history" } },
      make("div", { className: "history-row" },
        make("label", { className: "history-field" }, icon("search"), this.field, make("kbd", { textContent: "/", aria: { hidden: true } })),
        sizes(size, calls.resize), this.sheet),
      make("div", { className: "history-chips" }, model, sampler, lora, measures, this.date, this.kept, this.rejected, rating, this.wide,
        make("div", { className: "history-count" }, this.picked, this.count, this.sort, this.binned, this.hidden, this.unpick)),
      this.binLine);
    this.show(search);
  }

  makeBinLine() {
    const leave = button("Back to all pictures", "quiet-button", () => this.calls.search({ ...widened(this.search), bin: false }));
    return make("div", { className: "history-bin-line", hidden: true }, make("b", { textContent: "Bin" }), this.binWords, this.emptying, leave);
  }

  /** @param {() => void} act */
  opener(act) {
    const element = button("", "history-chip", act, { aria: { haspopup: "menu", expanded: false } });
    element.append(make("span", {}), icon("down", 12));
    return element;
  }

  /** @param {Choosable} name */
  chip(name) {
    const element = this.opener(() => this.open(name, element));
    element.dataset.filter = name;
    return element;
  }

  /** @param {Choosable} name @param {HTMLElement} opener */
  open(name, opener) {
    const value = valueOf(name, this.search);
    const list = choices(name, this.facets);
    this.calls.menu.open(opener, list.map((one) => ({
      text: one.text, isOn: one.value === value, act: () => this.calls.search({ ...this.search, ...asked(name, one.value) }),
    })));
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.isComposing) return;
    if (event.key === "ArrowDown" || event.key === "Enter") this.calls.enter();
    else if (event.key === "Escape" && this.field.value) this.calls.search({ ...this.search, q: "" }, { isTyping: true });
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  focus() {
    this.field.focus();
    this.field.select();
  }

  /** This is looked for now. @param {Search} search */
  show(search) {
    this.search = search;
    if (this.field.value !== search.q && (document.activeElement !== this.field || !search.q)) this.field.value = search.q;
    for (const [name, element] of this.chips) this.write(element, chipWords(name, search, this.facets), valueOf(name, search) !== "");
    this.write(this.date, dateWords(search), search.from !== "" || search.to !== "");
    this.write(this.sort, SORTS[search.sort], false);
    for (const [chip, isOn] of /** @type {const} */ ([[this.kept, search.kept], [this.rejected, search.rejected]])) {
      chip.setAttribute("aria-pressed", String(isOn));
      chip.classList.toggle("is-on", isOn);
    }
    this.rejected.hidden = !search.rejected && !this.facets?.rejected;
    this.wide.hidden = !isNarrowed(search);
    this.wide.textContent = clearingWords(search);
    this.sheet.classList.toggle("is-on", isNarrowed({ ...search, q: "" }));
    this.sheet.setAttribute("aria-label", isNarrowed({ ...search, q: "" }) ? "Filters, some are set" : "Filters");
    this.sayBin();
  }

  /** @param {HTMLElement} element @param {string} words @param {boolean} isOn */
  write(element, words, isOn) {
    const [text] = element.children;
    text.textContent = words;
    element.classList.toggle("is-on", isOn);
  }

  /** @param {ToldFacets} facets */
  tell(facets) {
    this.facets = facets;
    for (const [name, element] of this.chips) element.hidden = !isOffered(name, this.search, facets);
    this.show(this.search);
  }

  sayBin() {
    const count = this.facets?.bin ?? 0;
    this.binned.textContent = `Bin (${count.toLocaleString("en")})`;
    this.binned.hidden = !count || this.search.bin;
    const hidden = this.facets?.hidden ?? 0;
    this.hidden.textContent = `${hidden.toLocaleString("en")} hidden by the owner`;
    this.hidden.title = "The owner of this machine has hidden or deleted these pictures.";
    this.hidden.hidden = !hidden || this.search.bin;
    this.binLine.hidden = !this.search.bin;
    this.binWords.textContent = `What is deleted stays here for ${this.facets?.bin_days ?? 30} days.`;
    this.emptying.hidden = this.facets !== null && !count;
  }

  /** @param {string} words */
  counted(words) {
    this.count.textContent = words;
  }

  /** So many are selected; phones say it here, where the bar has no room. @param {number} count */
  pick(count) {
    this.picked.textContent = `${count.toLocaleString("en")} selected of`;
    this.picked.hidden = this.unpick.hidden = count === 0;
  }
}

/** Three sizes of tiles to choose among. @param {TileSize} size @param {(size: TileSize) => void} act */
export function sizes(size, act, name = "history-size") {
  const radios = Object.entries(SIZES).map(([value, text]) => {
    const radio = make("input", { type: "radio", name, value, checked: value === size, aria: { label: text } });
    return make("label", { title: text }, radio, icon(/** @type {TileSize} */ (value)));
  });
  const group = make("div", { className: "history-sizes", role: "radiogroup", aria: { label: "Size of the tiles" } }, ...radios);
  group.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement) act(/** @type {TileSize} */ (event.target.value));
  });
  return group;
}

/** A small panel under the chip of the date. */
class Dates {
  /** @param {(days: { from: string, to: string }) => void} act */
  constructor(act) {
    this.act = act;
    this.from = make("input", { type: "date", aria: { label: "First day" } });
    this.to = make("input", { type: "date", aria: { label: "Last day" } });
    /** @type {HTMLElement | null} */
    this.opener = null;
    this.spans = spansOfDays().map((span) => button(span.text, "", () => {
      const [{ from, to }] = spansOfDays().filter(({ text }) => text === span.text);
      this.element.hidePopover();
      this.act({ from, to });
    }));
    this.element = make("div", { className: "sd-menu history-dates", popover: "auto", role: "dialog", aria: { label: "Days" } },
      make("div", { className: "history-spans" }, ...this.spans),
      make("div", { className: "history-days" }, this.from, make("span", { textContent: "to" }), this.to));
    for (const field of [this.from, this.to]) {
      field.addEventListener("change", () => {
        const [from, to] = [this.from.value, this.to.value];
        this.tick({ from, to });
        this.act(from && to && from > to ? { from: to, to: from } : { from, to });
      });
    }
    this.element.addEventListener("keydown", (event) => event.key === "Escape" && event.stopPropagation());
    this.element.addEventListener("toggle", (event) => {
      const isOpen = /** @type {ToggleEvent} */ (event).newState === "open";
      this.opener?.setAttribute("aria-expanded", String(isOpen));
      if (!isOpen && (this.element.contains(document.activeElement) || document.activeElement === document.body)) this.opener?.focus();
    });
    find(".gradio-container").append(this.element);
  }

  /** Says which of them is chosen. @param {{ from: string, to: string }} days */
  tick(days) {
    const chosen = spanOf(days)?.text;
    for (const span of this.spans) span.setAttribute("aria-pressed", String(span.textContent === chosen));
  }

  /** @param {HTMLElement} opener @param {Search} search */
  open(opener, { from, to }) {
    this.opener = opener;
    this.from.value = from;
    this.to.value = to;
    this.tick({ from, to });
    this.element.showPopover();
    const at = opener.getBoundingClientRect();
    this.element.style.left = `${Math.max(8, Math.min(at.left, innerWidth - this.element.offsetWidth - 8))}px`;
    this.element.style.top = `${at.bottom + 6}px`;
    (this.spans.find((span) => span.ariaPressed === "true") ?? this.spans[0]).focus();
  }
}
