// @ts-check
// What the scripts find in a page: the facts, as Python says them (FACTS names the file), a storage, and a document that
// nothing happens in.

import { readFileSync } from "node:fs";

/** @type {Map<string, string>} */
const kept = new Map();
Object.assign(globalThis, {
  sdguiFacts: JSON.parse(readFileSync(process.env.FACTS ?? "", "utf8")),
  localStorage: {
    getItem: (/** @type {string} */ key) => kept.get(key) ?? null,
    setItem: (/** @type {string} */ key, /** @type {string} */ value) => kept.set(key, value),
    removeItem: (/** @type {string} */ key) => kept.delete(key),
  },
});
if (!("navigator" in globalThis)) Object.assign(globalThis, { navigator: { platform: "" } });
Object.assign(globalThis, { document: { hidden: false, addEventListener: () => {} } });
