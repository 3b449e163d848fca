// @ts-check
// What is searched for, as the page's address holds it behind the tab's name: "#history?q=boat&kept=1".

/**
 * What is not asked for is "", false or 0. `from` and `to` are ISO days, both included; `size` is "512x768".
 * @typedef {"newest" | "oldest" | "match" | "rating"} Sort
 * @typedef {{ q: string, model: string, sampler: string, lora: string, size: string, from: string, to: string,
 *   kept: boolean, rejected: boolean, rating: number, bin: boolean, sort: Sort }} Search
 */

const TEXTS = /** @type {const} */ (["q", "model", "sampler", "lora", "size", "from", "to"]);
/** @type {Sort[]} */
const SORTS = ["newest", "oldest", "match", "rating"];
const DAY = /^\d{4}-\d\d-\d\d$/;
const SIZE = /^\d+x\d+$/;
const BEST = 5;

/** @type {Readonly<Search>} */
export const EVERYTHING = Object.freeze({
  q: "", model: "", sampler: "", lora: "", size: "", from: "", to: "", kept: false, rejected: false, rating: 0, bin: false, sort: "newest",
});

/** The search that an address asks for; what it says wrongly is not asked for. @param {string} fragment with or without "#" @returns {Search} */
export function read(fragment) {
  const at = fragment.indexOf("?");
  const said = new URLSearchParams(at < 0 ? "" : fragment.slice(at + 1));
  const text = (/** @type {string} */ name) => said.get(name) ?? "";
  const fits = (/** @type {string} */ name, /** @type {RegExp} */ form) => (form.test(text(name)) ? text(name) : "");
  const rating = Number(text("rating"));
  return {
    q: text("q"),
    model: text("model"),
    sampler: text("sampler"),
    lora: text("lora"),
    size: fits("size", SIZE),
    from: fits("from", DAY),
    to: fits("to", DAY),
    kept: text("kept") === "1",
    rejected: text("rejected") === "1" && text("kept") !== "1", // none is both
    rating: Number.isInteger(rating) && rating >= 1 && rating <= BEST ? rating : 0,
    bin: text("bin") === "1",
    sort: SORTS.find((one) => one === text("sort")) ?? "newest",
  };
}

/** What the routes are asked, and what the address holds. @param {Search} search */
export function parameters(search) {
  const said = new URLSearchParams();
  for (const name of TEXTS) if (search[name].trim()) said.set(name, search[name]);
  if (search.kept) said.set("kept", "1");
  if (search.rejected) said.set("rejected", "1");
  if (search.rating) said.set("rating", String(search.rating));
  if (search.bin) said.set("bin", "1");
  if (search.sort !== "newest") said.set("sort", search.sort);
  return said;
}

/** The address of a search, as what stands behind "#". @param {Search} search */
export function fragmentOf(search) {
  const said = parameters(search).toString();
  return said ? `history?${said}` : "history";
}

/** Whether both find the same in the same order. @param {Search} one @param {Search} other */
export const isSame = (one, other) => parameters(one).toString() === parameters(other).toString();

/** Whether something narrows what is found; the order does not, and the bin is another place. @param {Search} search */
export const isNarrowed = (search) => !isSame({ ...search, bin: false, sort: "newest" }, EVERYTHING);

/** What takes away all that narrows it. @param {Search} search */
export const clearingWords = (search) => (isNarrowed({ ...search, q: "" }) ? "Clear filters" : "Clear the search");

/** The same place and order, with nothing that narrows it. @param {Search} search @returns {Search} */
export const widened = ({ bin, sort }) => ({ ...EVERYTHING, bin, sort });
