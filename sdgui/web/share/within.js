// @ts-check
// A guest's controls within the limits: what a model is known to do is cut to what they may ask for.

import { pictures } from "../shared/dreams/words.js";
import { facts } from "../shared/settings/facts.js";
import { square } from "./words.js";

/**
 * @typedef {import("../shared/dreams/told.js").ModelFacts} ModelFacts
 * @typedef {import("../shared/dreams/told.js").SettingName} SettingName
 * @typedef {import("../shared/dreams/told.js").Values} Values
 * @typedef {import("./told.js").Allowed} Allowed
 */

/** A size of the same shape within so many pixels, in the model's steps. @param {[number, number]} size @param {number} pixels @param {ModelFacts["lengths"]} lengths @returns {[number, number]} */
export function fitted([width, height], pixels, { step, minimum }) {
  if (width * height <= pixels) return [width, height];
  const scale = Math.sqrt(pixels / (width * height));
  /** @param {number} length */
  const cut = (length) => Math.max(minimum, Math.floor((length * scale) / step) * step);
  return [cut(width), cut(height)];
}

/** A model as far as somebody may use it. @param {ModelFacts} model @param {Allowed} limits @returns {ModelFacts} */
export function within(model, { pixels, steps }) {
  const { lengths, sizes, defaults } = model;
  const most = pixels ?? Infinity;
  const size = fitted([Number(defaults.width), Number(defaults.height)], most, lengths);
  return {
    ...model,
    sizes: Object.fromEntries(Object.entries(sizes).map(([aspect, one]) => [aspect, fitted(one, most, lengths)])),
    defaults: { ...defaults, width: size[0], height: size[1], steps: Math.min(Number(defaults.steps), steps ?? Infinity) },
  };
}

/** The most that each number may be, where somebody's limit is below the page's. @param {Allowed} limits @param {Record<string, { low?: number, high?: number }>} settings @returns {Partial<Record<SettingName, number>>} */
export function mostOf({ pictures: most, steps }, settings) {
  /** @type {[SettingName, number | null][]} */
  const all = [["count", most], ["wall_count", most], ["vary_count", most], ["steps", steps], ["draft_steps", steps]];
  return Object.fromEntries(all.flatMap(([name, limit]) => {
    const { low = 1, high = Infinity } = settings[name] ?? {};
    return limit === null || !settings[name] || limit >= high ? [] : [[name, Math.max(low, limit)]];
  }));
}

/** Numbers that nobody chose, within the limit of now where they were within that of before. @param {Values} values @param {Partial<Record<SettingName, number>>} before @param {Partial<Record<SettingName, number>>} now @param {Record<string, { first?: number }>} settings @returns {Values} */
export function begunWith(values, before, now, settings) {
  const names = /** @type {SettingName[]} */ ([...new Set([...Object.keys(before), ...Object.keys(now)])]);
  return Object.fromEntries(names.flatMap((name) => {
    const first = settings[name]?.first ?? NaN;
    return values[name] === Math.min(first, before[name] ?? first) ? [[name, Math.min(first, now[name] ?? first)]] : [];
  }));
}

/** A size that was asked and is more than may be is one of its own: the aspect would be another one here. @param {Values} values @param {Allowed} limits @param {ModelFacts | undefined} model @returns {Values | null} */
export function ownSize({ aspect, width, height }, { pixels }, model) {
  const isMore = pixels !== null && Number(width) * Number(height) > pixels;
  const own = facts.settings.aspect.choices?.at(-1);
  return isMore && own && model && Object.hasOwn(model.sizes, String(aspect)) ? { aspect: own } : null;
}

/** @typedef {{ name: SettingName, what: string, words: string, use: Values | null, text: string }} Beyond a setting that is more than may be: what it is, the bound, and what may be, on its button */

/**
 * What of the settings is more than may be; it stays as it was asked.
 * @param {Values} values @param {Allowed} limits @param {Partial<Record<SettingName, number>>} most @param {ModelFacts | undefined} model @param {(model: string) => string} titleOf
 * @returns {Beyond[]}
 */
export function beyond(values, { pixels, models }, most, model, titleOf) {
  /** @type {Beyond[]} */
  const all = [];
  for (const [key, high] of Object.entries(most)) {
    const name = /** @type {SettingName} */ (key);
    const value = Number(values[name]);
    /** @param {number} count */
    const counted = (count) => (name.endsWith("steps") ? `${count} ${count === 1 ? "step" : "steps"}` : pictures(count));
    if (value > high) all.push({ name, what: counted(value), words: `Guests: up to ${counted(high)}.`, use: { [name]: high }, text: `Use ${high}` });
  }
  const [width, height] = [Number(values.width), Number(values.height)];
  if (model && pixels !== null && width * height > pixels) {
    const [w, h] = fitted([width, height], pixels, model.lengths);
    const same = Object.entries(model.sizes).find(([, one]) => one[0] === w && one[1] === h);
    const words = `Guests: up to ${square(pixels)} pixels, or as many in another shape.`;
    all.push({ name: "width", what: `${width} × ${height}`, words, use: w * h <= pixels ? { ...(same ? { aspect: same[0] } : {}), width: w, height: h } : null, text: `Use ${w} × ${h}` });
  }
  const named = String(values.model);
  if (models !== null && !models.includes(named)) {
    const [other] = models;
    all.push({ name: "model", what: titleOf(named), words: "Guests may not dream with this model.", use: other === undefined ? null : { model: other }, text: `Use ${titleOf(other)}` });
  }
  return all;
}

/** Whether a grid has one value of it: none of its axes varies it. @param {SettingName} name @param {Values} values @param {string} tab */
const isOfGrid = (name, { mode, x_axis: x, y_axis: y }, tab) => tab === "compare" && mode === "grid" && ![x, y].includes(facts.settings[name].label);

/** Where settings that can be more than may be count. @type {Partial<Record<SettingName, (values: Values, tab: string) => boolean>>} */
const COUNTS = {
  count: (_, tab) => tab === "dream",
  wall_count: ({ mode }, tab) => tab === "compare" && mode === "wall",
  draft_steps: ({ mode, draft }, tab) => tab === "compare" && mode === "wall" && draft === true,
  steps: (values, tab) => tab === "dream" || (tab === "compare" && values.mode === "wall" && values.draft !== true) || isOfGrid("steps", values, tab),
  vary_count: ({ mode }, tab) => tab === "compare" && mode === "variations",
};

/** Those that the next press of Dream would ask for. @param {Beyond[]} all @param {Values} values @param {string} tab */
export const counting = (all, values, tab) => all.filter(({ name }) => COUNTS[name]?.(values, tab) ?? (tab === "dream" || (tab === "compare" && values.mode !== "variations")));
