// @ts-check
// What the components of settings offer, where the model that is chosen decides it.

/**
 * @typedef {import("../dreams/told.js").ModelFacts} ModelFacts
 * @typedef {import("../dreams/told.js").SettingName} SettingName
 * @typedef {{ choices: [string, string][] } | import("../dreams/told.js").Lengths} Offered
 */

/** The settings that each model offers in its own way. @type {SettingName[]} */
export const OF_MODEL = ["sampler", "width", "height"];
/** The most that numbers may be, for who may not ask for all. @type {Partial<Record<SettingName, number>>} */
let most = {};

/** From now on these numbers are no more than that. @param {Partial<Record<SettingName, number>>} limits */
export function allow(limits) {
  most = { ...Object.fromEntries(limited().map((name) => [name, Infinity])), ...limits };
}

/** The settings that have a limit, or had one. */
export const limited = () => /** @type {SettingName[]} */ (Object.keys(most));

/**
 * What a component is told beside its value, in Gradio's words: a list's choices, a number's limits and step.
 * @param {SettingName} name
 * @param {Pick<ModelFacts, "samplers" | "lengths"> | undefined} model
 * @param {number} [high] what the page itself allows
 * @returns {Offered | { maximum: number } | {}}
 */
export function offered(name, model, high = Infinity) {
  const limit = Math.min(most[name] ?? high, high);
  if (name in most && Number.isFinite(limit)) return { maximum: limit };
  if (!model || !OF_MODEL.includes(name)) return {};
  if (name === "sampler") return { choices: model.samplers.map((sampler) => [sampler, sampler]) };
  return { ...model.lengths };
}
