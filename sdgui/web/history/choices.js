// @ts-check
// What the filters offer, in words: the same in the menus of wide screens and in the sheet of phones.

import { before, dayWords, today } from "./days.js";

/**
 * @typedef {import("./search.js").Search} Search
 * @typedef {import("./told.js").ToldFacets} ToldFacets
 * @typedef {"model" | "sampler" | "lora" | "size" | "rating" | "sort"} Choosable
 * @typedef {{ value: string, text: string }} Choice the first of a list, with the value "", asks for nothing
 */

/** @type {Record<import("./search.js").Sort, string>} */
export const SORTS = { newest: "Newest first", oldest: "Oldest first", match: "Best match first", rating: "Best rated first" };
/** @type {Record<Choosable, string>} */
export const TITLES = { model: "Model", sampler: "Sampler", lora: "LoRA", size: "Size", rating: "Rating", sort: "Order" };
const LISTS = /** @type {const} */ ({ model: "models", sampler: "samplers", lora: "loras", size: "sizes" });
const ANY = { model: "Any model", sampler: "Any sampler", lora: "With or without", size: "Any size", rating: "Any rating" };

/** @param {string} size "512x768" */
export const sizeWords = (size) => size.replace("x", " × ");

/** @param {number} rating */
export const ratingWords = (rating) => (rating === 5 ? "★ 5" : `★ ${rating} and more`);

/** @param {Choosable} name @param {ToldFacets | null} facets @returns {Choice[]} */
export function choices(name, facets) {
  if (name === "sort") return Object.entries(SORTS).map(([value, text]) => ({ value, text }));
  const any = { value: "", text: ANY[name] };
  if (name === "rating") return [any, ...[1, 2, 3, 4, 5].map((rating) => ({ value: String(rating), text: ratingWords(rating) }))];
  const found = facets?.[LISTS[name]] ?? [];
  const words = (/** @type {import("./told.js").Facet} */ one) => (name === "size" ? sizeWords(one.value) : one.title || one.value);
  return [any, ...found.map((one) => ({ value: one.value, text: `${words(one)} · ${one.count.toLocaleString("en")}` }))];
}

/** Whether there is something to choose among: nobody needs one model of one, or none; but a LoRA is there or not. @param {Choosable} name @param {Search} search @param {ToldFacets | null} facets */
export const isOffered = (name, search, facets) =>
  name === "rating" || valueOf(name, search) !== "" || choices(name, facets).length > (name === "lora" ? 1 : 2);

/** What is asked for, as a choice's value. @param {Choosable} name @param {Search} search */
export const valueOf = (name, search) => (name === "rating" ? (search.rating ? String(search.rating) : "") : search[name]);

/** The same the other way round. @param {Choosable} name @param {string} value @returns {Partial<Search>} */
export const asked = (name, value) => (name === "rating" ? { rating: Number(value) } : { [name]: value });

/** What a chip says. @param {Choosable} name @param {Search} search @param {ToldFacets | null} facets */
export function chipWords(name, search, facets) {
  const value = valueOf(name, search);
  if (!value) return name === "rating" ? "★ Rating" : TITLES[name];
  if (name === "rating") return ratingWords(search.rating);
  if (name === "size") return sizeWords(value);
  const list = name === "sort" ? [] : facets?.[LISTS[name]] ?? [];
  return list.find((one) => one.value === value)?.title || value;
}

/** @param {Search} search */
export function dateWords({ from, to }) {
  if (!from && !to) return "Date";
  const span = spanOf({ from, to });
  if (span) return span.text;
  if (from === to) return dayWords(from);
  if (!from) return `Until ${dayWords(to)}`;
  return to ? `${dayWords(from)} – ${dayWords(to)}` : `Since ${dayWords(from)}`;
}

/** The first of them that is these days. @param {{ from: string, to: string }} days */
export const spanOf = ({ from, to }) => spansOfDays().find((span) => span.from === from && span.to === to);

/** Days that are often asked for. @returns {{ text: string, from: string, to: string }[]} */
export function spansOfDays() {
  const now = today();
  return [
    { text: "Today", from: now, to: now },
    { text: "Last 7 days", from: before(now, 6), to: "" },
    { text: "Last 30 days", from: before(now, 29), to: "" },
    { text: "This year", from: `${now.slice(0, 4)}-01-01`, to: "" },
    { text: "Any day", from: "", to: "" },
  ];
}
