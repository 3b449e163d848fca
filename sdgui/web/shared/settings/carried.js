// @ts-check
// What stays when another model is chosen: what somebody set and the new one can do; all else is as the new one has it.

import { namesOf } from "./settings.js";

/**
 * @typedef {import("../dreams/told.js").ModelFacts} ModelFacts
 * @typedef {import("../dreams/told.js").Values} Values
 * @typedef {import("../dreams/told.js").SettingName} SettingName
 */

/** Those that a model has defaults of. @type {SettingName[]} */
export const GOING_WITH = ["aspect", "width", "height", "steps", "guidance", "sampler"];

/**
 * The values that go with `model` where those of `former` stood in the settings.
 * @param {Values} values @param {ModelFacts | undefined} former @param {ModelFacts} model
 * @returns {Values}
 */
export function carried(values, former, model) {
  const { defaults } = model;
  if (!former) return defaults;
  /** @param {SettingName} name */
  const isOwn = (name) => values[name] !== former.defaults[name];
  const sampler = isOwn("sampler") && model.samplers.includes(String(values.sampler)) ? values.sampler : defaults.sampler;
  return {
    ...size(values, isOwn("aspect"), model),
    steps: isOwn("steps") ? values.steps : defaults.steps,
    guidance: isOwn("guidance") && model.guided ? values.guidance : defaults.guidance,
    sampler,
  };
}

/** @param {Values} values @param {boolean} isOwn @param {ModelFacts} model @returns {Values} */
function size({ aspect, width, height }, isOwn, { defaults, sizes, lengths: { minimum, maximum, step } }) {
  const own = isOwn ? sizes[String(aspect)] : undefined;
  if (own) return { aspect, width: own[0], height: own[1] };
  /** @param {unknown} length */
  const fits = (length) => typeof length === "number" && length >= minimum && length <= maximum && length % step === 0;
  if (isOwn && fits(width) && fits(height)) return { aspect, width, height };
  return { aspect: defaults.aspect, width: defaults.width, height: defaults.height };
}

/**
 * What is another now, in words: "30 steps · cfg 5 · 768 × 768"; empty where nothing is.
 * @param {Values} before @param {Values} after
 */
export function changesIn(before, after) {
  const changed = namesOf(after).filter((name) => after[name] !== before[name]);
  /** @param {SettingName[]} names */
  const has = (...names) => names.some((name) => changed.includes(name));
  return [
    ...(has("width", "height") ? [`${after.width} × ${after.height}`] : []),
    ...(has("steps") ? [`${after.steps} steps`] : []),
    ...(has("guidance") ? [`cfg ${after.guidance}`] : []),
    ...(has("sampler") ? [String(after.sampler)] : []),
  ].join(" · ");
}
