// @ts-check
// What Python and the page share: it stands in the document's head.

/** @type {import("../dreams/told.js").Facts} */
export const facts = /** @type {any} */ (globalThis).sdguiFacts;

/** @typedef {import("../dreams/told.js").ModelFacts} ModelFacts */

/** What of a model somebody may use; null where it is all. @type {((model: ModelFacts) => ModelFacts) | null} */
let within = null;
/** Each model as it may be used: the same object each time. @type {WeakMap<ModelFacts, ModelFacts>} */
let cut = new WeakMap();

/** From now on models are known as far as `how` tells. @param {(model: ModelFacts) => ModelFacts} how */
export function bound(how) {
  within = how;
  cut = new WeakMap();
}

/**
 * What is known of a model; undefined for one that could not be described.
 * @param {import("../dreams/told.js").Value} name
 * @returns {ModelFacts | undefined}
 */
export function modelFacts(name) {
  const model = Object.hasOwn(facts.models, String(name)) ? facts.models[String(name)] : undefined;
  if (!model || !within) return model;
  const known = cut.get(model) ?? within(model);
  cut.set(model, known);
  return known;
}
