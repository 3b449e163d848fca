// @ts-check
// The filters on phones: a sheet from below.

import { dialog } from "../shared/dom/dialog.js";
import { button, make } from "../shared/dom/dom.js";
import { grey } from "../shared/dom/grey.js";
import { TITLES, asked, choices, isOffered, valueOf } from "./choices.js";
import { sizes } from "./filters.js";
import { clearingWords, isNarrowed, widened } from "./search.js";

/**
 * @typedef {import("./search.js").Search} Search
 * @typedef {import("./choices.js").Choosable} Choosable
 * @typedef {import("./told.js").ToldFacets} ToldFacets
 */

/** @type {Choosable[]} */
const NAMES = ["sort", "model", "sampler", "lora", "size", "rating"];

export class FilterSheet {
  /** @param {{ search: (search: Search) => void, size: () => import("./layout.js").TileSize, resize: (size: import("./layout.js").TileSize) => void }} calls */
  constructor(calls) {
    this.calls = calls;
    /** @type {Search | null} */
    this.search = null;
    this.body = make("div", { className: "history-sheet-body" });
    this.clear = button("Clear filters", "quiet-button", () => this.search && calls.search(widened(this.search)));
    this.done = button("Show", "quiet-button is-main", () => this.element.close());
    this.element = dialog({ id: "history-sheet", aria: { label: "Filters" } },
      make("div", { className: "history-sheet-head" }, make("h2", { textContent: "Filters" }),
        button("✕", "quiet-button", () => this.element.close(), { aria: { label: "Close" } })),
      this.body,
      make("div", { className: "history-sheet-foot" }, this.clear, this.done));
  }

  /** @param {Search} search @param {ToldFacets | null} facets */
  open(search, facets) {
    this.show(search, facets);
    this.element.showModal();
  }

  /** @param {Search} search @param {ToldFacets | null} facets */
  show(search, facets) {
    this.search = search;
    const focused = document.activeElement instanceof HTMLElement && this.body.contains(document.activeElement) ? document.activeElement.dataset.name : undefined;
    const ticks = [this.tick("kept", "Kept only", search), ...(search.rejected || facets?.rejected ? [this.tick("rejected", "Rejected only", search)] : [])];
    const days = /** @type {const} */ (["from", "to"]).map((name) => {
      const field = make("input", { type: "date", value: search[name], data: { name } });
      field.addEventListener("change", () => this.calls.search({ ...search, [name]: field.value }));
      return make("label", {}, make("span", { textContent: name === "from" ? "From" : "To" }), field);
    });
    const bin = facets?.bin || search.bin ? [button(search.bin ? "Back to all pictures" : `Open the bin (${facets?.bin ?? 0})`, "quiet-button", () => {
      this.element.close();
      this.calls.search({ ...widened(search), bin: !search.bin });
    })] : [];
    this.body.replaceChildren(...NAMES.filter((name) => isOffered(name, search, facets)).map((name) => this.choice(name, search, facets)), ...days,
      ...ticks, ...bin,
      sizes(this.calls.size(), this.calls.resize, "history-sheet-size"));
    this.clear.textContent = isNarrowed(search) ? clearingWords(search) : "Clear filters";
    grey(this.clear, isNarrowed(search) ? "" : "Nothing is filtered");
    if (focused !== undefined) this.body.querySelectorAll("select, input").forEach((one) => one instanceof HTMLElement && one.dataset.name === focused && one.focus());
  }

  /** No picture is both. @param {"kept" | "rejected"} name @param {string} text @param {Search} search */
  tick(name, text, search) {
    const box = make("input", { type: "checkbox", checked: search[name], data: { name } });
    box.addEventListener("change", () => this.calls.search({ ...search, kept: false, rejected: false, [name]: box.checked }));
    return make("label", { className: "history-tick" }, box, make("span", { textContent: text }));
  }

  /** @param {Choosable} name @param {Search} search @param {ToldFacets | null} facets */
  choice(name, search, facets) {
    const list = choices(name, facets).map(({ value, text }) => make("option", { value, textContent: text }));
    const select = make("select", { data: { name } }, ...list);
    select.value = valueOf(name, search);
    select.addEventListener("change", () => this.calls.search({ ...search, ...asked(name, select.value) }));
    return make("label", {}, make("span", { textContent: TITLES[name] }), select);
  }

  /** @param {string} words "12 pictures" */
  counted(words) {
    this.done.textContent = `Show ${words}`;
  }
}
