// @ts-check
// A guest's controls within the limits: what a model is known to do is cut to what they may ask for.

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
export function mostOf({ pictures, steps }, settings) {
  /** @type {[SettingName, number | null][]} */
  const all = [["count", pictures], ["wall_count", pictures], ["vary_count", pictures], ["steps", steps], ["draft_steps", steps]];
  return Object.fromEntries(all.flatMap(([name, most]) => {
    const { low = 1, high = Infinity } = settings[name] ?? {};
    return most === null || !settings[name] || most >= high ? [] : [[name, Math.max(low, most)]];
  }));
}

/** The model to dream with: the `wanted` one where it may be, the one of `now` where that may, else the first; null is no limit. @param {string} wanted @param {string} now @param {string[] | null} models */
export const modelWithin = (wanted, now, models) => [wanted, now].find((one) => models === null || models.includes(one)) ?? models?.[0] ?? now;

/** What of the settings is more than may be, as it may be. @param {Values} values @param {Partial<Record<SettingName, number>>} most @returns {Values} */
export const cut = (values, most) => Object.fromEntries(Object.entries(most).filter(([name, high]) => Number(values[/** @type {SettingName} */ (name)]) > high));
