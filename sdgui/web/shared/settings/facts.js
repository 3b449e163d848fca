// @ts-check
// What Python and the page share: it stands in the document's head.

/** @type {import("../dreams/told.js").Facts} */
export const facts = /** @type {any} */ (globalThis).sdguiFacts;

/**
 * What is known of a model; undefined for one that could not be described.
 * @param {import("../dreams/told.js").Value} name
 */
export const modelFacts = (name) => (Object.hasOwn(facts.models, String(name)) ? facts.models[String(name)] : undefined);
