// @ts-check
// What the two pictures have in numbers: seed, match, how alike they are, and the settings that differ.

import { make } from "../../shared/dom/dom.js";
import { explain } from "../../shared/dom/explain.js";

/**
 * @typedef {import("../../shared/dreams/told.js").ToldPicture} ToldPicture
 * @typedef {import("./comparison.js").Difference} Difference
 */

const SSIM_TITLE = "Structural similarity: 1 is the same picture, 0 has nothing in common";
const NONE = "–";
const LATER = "…";
const AROUND = 4;

/** "0.62 · partly alike". @param {number | null} ssim */
export function alike(ssim) {
  if (ssim === null) return NONE;
  /** @type {[number, string][]} */
  const steps = [[0.98, "nearly the same"], [0.85, "much alike"], [0.5, "partly alike"]];
  const word = ssim === 1 ? "the same" : steps.find(([least]) => ssim >= least)?.[1] ?? "little alike";
  const number = ssim < 1 && ssim >= 0.995 ? "> 0.99" : ssim.toFixed(2).replace("-0.00", "0.00");
  return `${number} · ${word}`;
}

/** "5.1 % of full range", from a mean of 0 to 255. @param {number | null} mean */
export function apart(mean) {
  if (mean === null) return NONE;
  if (mean === 0) return "none, every pixel is equal";
  const percent = (mean / 255) * 100;
  return `${percent < 0.1 ? "< 0.1" : percent.toFixed(1)} % of full range`;
}

/** @param {number | null} mean */
const apartTitle = (mean) =>
  `Mean absolute difference${mean === null ? "" : `: on average a colour value is ${mean.toFixed(mean < 1 ? 3 : 1)} of 255 apart`}`;

/** A setting's value as text; none for what is unset. @param {unknown} value @returns {string} */
function words(value) {
  if (value === null || value === undefined || value === "") return "none";
  if (Array.isArray(value)) return value.map(words).join(" × ");
  if (typeof value === "object") return Object.entries(value).map(([name, part]) => `${name} ${words(part)}`).join(", ");
  return String(value);
}

/** The words of both: what only one has is marked, of what they share only the words around it are left. @param {string} a @param {string} b */
export function marked(a, b) {
  const [left, right] = [a.split(/(?<=\s)/), b.split(/(?<=\s)/)];
  const shortest = Math.min(left.length, right.length);
  let head = 0;
  while (head < shortest && left[head].trim() === right[head].trim()) head += 1;
  let tail = 0;
  while (tail < shortest - head && left.at(-1 - tail)?.trim() === right.at(-1 - tail)?.trim()) tail += 1;
  return [left, right].map((all) => {
    const own = all.slice(head, all.length - tail).join("");
    const middle = own ? [make("mark", { textContent: own.trimEnd() }), own.slice(own.trimEnd().length)] : [];
    const before = head > AROUND + 2 ? ["… ", ...all.slice(head - AROUND, head)] : all.slice(0, head);
    const after = all.slice(all.length - tail);
    return [before.join(""), ...middle, tail > AROUND + 2 ? `${after.slice(0, AROUND).join("")}…` : after.join("")];
  });
}

const LONGEST_CELL = 18;
/** What not everybody knows. */
const EXPLAINED = ["match", "SSIM"];

export class Table {
  constructor() {
    this.fixed = make("tbody");
    this.differs = make("tbody", { className: "pair-differs", data: { testid: "pair-differs" } });
    this.element = make("table", { className: "pair-table", data: { testid: "pair-table" } },
      make("thead", {}, make("tr", {}, make("td"), ...["A", "B"].map((name) => make("th", { scope: "col", textContent: name })))),
      this.fixed, this.differs);
  }

  /** `a` and `b`: facts of the pictures, `difference`: the route's answer; each null while it is not there. @param {ToldPicture | null} a @param {ToldPicture | null} b @param {Difference | null} difference */
  show(a, b, difference) {
    /** @param {ToldPicture | null} facts */
    const seed = (facts) => (facts ? String(facts.seed) : LATER);
    /** @param {ToldPicture | null} facts */
    const match = (facts) => (facts ? facts.match?.toFixed(2) ?? NONE : LATER);
    const { mean = null, ssim = null, message = "" } = difference ?? {};
    this.fixed.replaceChildren(
      row("seed", seed(a), seed(b)),
      row("match", match(a), match(b), "How well the picture fits its prompt (CLIP)"),
      wide("SSIM", difference ? alike(ssim) : LATER, message || SSIM_TITLE),
      wide("difference", difference ? apart(mean) : LATER, message || apartTitle(mean)),
    );
    if (difference) this.differs.replaceChildren(...settings(difference.differs, a?.seed === b?.seed));
    else if (!this.differs.children.length) this.differs.replaceChildren(sentence(LATER));
    this.element.setAttribute("aria-busy", String(!difference));
  }
}

/** @param {Difference["differs"]} differs @param {boolean} sameSeed */
function settings(differs, sameSeed) {
  const others = differs.filter(({ name }) => name.toLowerCase() !== "seed");
  if (!others.length) return [sentence(sameSeed ? "Same settings" : "Same settings, another seed")];
  return others.flatMap(({ name, a, b }) => {
    const [left, right] = [words(a), words(b)];
    const title = name.toLowerCase();
    if (Math.max(left.length, right.length) <= LONGEST_CELL) return [row(title, left, right)];
    const lines = marked(left, right);
    return ["A", "B"].map((which, i) =>
      make("tr", { className: "is-long" },
        make("th", { scope: "row", textContent: i ? "" : title }, ...(i ? [make("span", { className: "sr-only-live", textContent: title })] : [])),
        make("td", { colSpan: 2, title: [left, right][i] }, make("div", {}, make("b", { textContent: `${which} ` }), ...lines[i]))));
  });
}

/** @param {string} name @param {string} a @param {string} b */
function row(name, a, b, title = "") {
  return make("tr", { title }, heading(name), make("td", { textContent: a }), make("td", { textContent: b }));
}

/** @param {string} name @param {string} text @param {string} title */
function wide(name, text, title) {
  return make("tr", { title }, heading(name), make("td", { colSpan: 2, textContent: text }));
}

/** @param {string} name */
const heading = (name) => make("th", { scope: "row" }, make("span", { textContent: name }), ...(EXPLAINED.includes(name) ? [" ", explain(name)] : []));

/** @param {string} text */
const sentence = (text) => make("tr", { className: "is-sentence" }, make("td", { colSpan: 3, textContent: text }));
