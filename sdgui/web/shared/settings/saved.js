// @ts-check
// Settings that outlive the page: kept in the browser by name, with the version of their meaning.

import { namesOf } from "./settings.js";

/**
 * @typedef {import("../dreams/told.js").Values} Values
 * @typedef {import("../dreams/told.js").Facts} Facts
 * @typedef {import("../dreams/told.js").SettingName} SettingName
 * @typedef {Pick<Storage, "getItem" | "setItem" | "removeItem">} Kept
 */

export const KEY = "sdgui-settings";
const VERSION = 2;

/** What was saved by this version; null where nothing was. @param {Kept} storage @returns {Values | null} */
export function load(storage) {
  try {
    const saved = JSON.parse(storage.getItem(KEY) ?? "null");
    return saved?.version === VERSION && isPlain(saved.values) ? saved.values : null;
  } catch {
    return null; // Not ours, or a browser that keeps nothing.
  }
}

/** @param {Kept} storage @param {Values} values */
export function save(storage, values) {
  try {
    storage.setItem(KEY, JSON.stringify({ version: VERSION, values }));
  } catch {
    // A browser that keeps nothing: the settings last as long as the page.
  }
}

/**
 * What the former version saved, which knew values by their places only; `saved` and `former` by its keys.
 * @param {Record<string, unknown>} saved
 * @param {Record<string, SettingName[]>} former
 * @returns {Values}
 */
export function migrate(saved, former) {
  /** @type {Values} */
  const values = {};
  for (const [key, names] of Object.entries(former)) {
    const list = saved[key];
    if (!Array.isArray(list) || list.length !== names.length) continue;
    names.forEach((name, place) => (values[name] = list[place]));
  }
  return values;
}

/** Forgets what the former version saved. @param {Kept} storage @param {Record<string, string[]>} former */
export function forgetFormer(storage, former) {
  try {
    for (const key of Object.keys(former)) storage.removeItem(key);
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

/**
 * The saved values that mean something now. Of a model that is gone only what suits every model stays; a value of
 * another kind than the setting's own, or a choice that is not offered, is not taken over.
 * @param {Values} saved
 * @param {Values} now
 * @param {Pick<Facts, "models" | "settings">} facts
 * @returns {Values}
 */
export function fitting(saved, now, { models, settings }) {
  const model = Object.hasOwn(models, String(saved.model)) ? models[String(saved.model)] : null;
  /** @param {SettingName} name @returns {boolean} */
  const fits = (name) => {
    const facts = settings[name];
    if (!facts || !Object.hasOwn(now, name) || !isAlike(saved[name], now[name])) return false;
    if (!model && !facts.lasting) return false;
    if (facts.choices && !facts.choices.includes(String(saved[name]))) return false;
    if (name === "sampler" && !model?.samplers.includes(String(saved[name]))) return false;
    return !facts.goes_with || fits(facts.goes_with);
  };
  /** @type {Values} */
  const kept = Object.fromEntries(namesOf(saved).filter(fits).map((name) => [name, saved[name]]));
  // An aspect has the model's own size: what was saved may be what a limit, which is gone, had left of it.
  const size = model?.sizes[String(kept.aspect)];
  return size ? { ...kept, width: size[0], height: size[1] } : kept;
}

/** @param {unknown} value */
const isPlain = (value) => typeof value === "object" && value !== null && !Array.isArray(value);

/** @param {unknown} value @param {unknown} other */
const isAlike = (value, other) => typeof value === typeof other || [value, other].some((one) => one === null) && [value, other].every((one) => one === null || typeof one === "number");
