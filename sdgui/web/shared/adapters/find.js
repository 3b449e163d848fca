// @ts-check
// Which LoRAs and learnt words are shown for what was typed, and what is written for one.

import { searched } from "../dom/search.js";

/** @typedef {import("../dreams/told.js").AdapterFacts} AdapterFacts */

/** The weight that a LoRA begins with. */
const WEIGHT = 0.8;

/**
 * Those of whose name, trigger words or base model each word that was typed is a part.
 * @param {AdapterFacts[]} all @param {string} typed
 */
export const fitting = (all, typed) =>
  searched(all, typed, ({ name, kind, base_model, trigger_words }) => [name, kind, base_model, ...trigger_words].join(" "));

/** What calls it in a prompt. @param {AdapterFacts} adapter */
export const called = ({ name, kind }) => (kind === "LoRA" ? `<lora:${name}:${WEIGHT}>` : name);

/**
 * What is to be put in between two pieces of a prompt: words with a comma or space where there is none, a tag as it is.
 * @param {string} before @param {string} text @param {string} after
 */
export function between(before, text, after) {
  if (text.startsWith("<")) return text;
  const begins = !before.trim() || /[,(]\s*$/.test(before) ? (/,$/.test(before) ? " " : "") : ", ";
  const ends = after.trim() && !/^\s*[,)]/.test(after) ? ", " : "";
  return `${begins}${text}${ends}`;
}
