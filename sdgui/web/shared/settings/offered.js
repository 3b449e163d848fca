// @ts-check
// What the components of settings offer, where the model that is chosen decides it.

/**
 * @typedef {import("../dreams/told.js").ModelFacts} ModelFacts
 * @typedef {import("../dreams/told.js").SettingName} SettingName
 * @typedef {{ choices: [string, string][] } | import("../dreams/told.js").Lengths} Offered
 */

/** The settings that each model offers in its own way. @type {SettingName[]} */
export const OF_MODEL = ["sampler", "width", "height"];

/**
 * What a component is told beside its value, in Gradio's words: a list's choices, a number's limits and step.
 * @param {SettingName} name
 * @param {Pick<ModelFacts, "samplers" | "lengths"> | undefined} model
 * @returns {Offered | {}}
 */
export function offered(name, model) {
  if (!model || !OF_MODEL.includes(name)) return {};
  if (name === "sampler") return { choices: model.samplers.map((sampler) => [sampler, sampler]) };
  return { ...model.lengths };
}
