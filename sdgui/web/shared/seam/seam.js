// @ts-check
// The only way between Gradio's components and the page: each component writes its value into the settings when it
// changes, and what the page sets is written into the components. Python's half is seam.py, which names them.

import { earlyPrompt } from "../page/early.js";
import { facts, modelFacts } from "../settings/facts.js";
import { OF_MODEL, limited, offered } from "../settings/offered.js";
import { fitting, forgetFormer, load, migrate, save } from "../settings/saved.js";
import { namesOf, settings } from "../settings/settings.js";

/**
 * @typedef {import("../dreams/told.js").Value} Value
 * @typedef {import("../dreams/told.js").Values} Values
 * @typedef {import("../dreams/told.js").SettingName} SettingName
 * @typedef {{ __type__: "update", value?: Value } & Partial<import("../settings/offered.js").Offered>} Update
 */

/** @template T */
class Later {
  constructor() {
    /** @type {(value: T) => void} */
    this.resolve = () => {};
    /** @type {Promise<T>} */
    this.promise = new Promise((resolve) => (this.resolve = resolve));
  }
}

/** What the components hold, as far as they told. @type {Values} */
const theirs = {};
/** Names of components that are to be written. @type {Set<SettingName>} */
const stale = new Set();
/** Has Gradio read or write its components. @type {((what: "read" | "write") => void) | null} */
let go = null;
/** @type {Later<void>} */
const start = new Later();
/** Who waits for what the components hold. @type {Later<void> | null} */
let reading = null;

/** The components are there, and the settings hold what they or the last visit say. */
export const ready = start.promise;

/** Gradio gives the way to its components. @param {(what: "read" | "write") => void} way */
export function connect(way) {
  go = way;
  if (stale.size) go("write");
}

/** Gradio hands values over by their places: here they get their names. @param {string[]} names @param {unknown[]} values */
const named = (names, values) => Object.fromEntries(names.map((name, i) => [name, values[i]]));

/**
 * The components' values, then what was saved below each key.
 * @param {SettingName[]} names @param {unknown[]} values @param {string[]} keys
 * @returns {[Values, Record<string, unknown>]}
 */
export const parted = (names, values, keys) => [/** @type {Values} */ (named(names, values)), named(keys, values.slice(names.length))];

/**
 * All components with what they hold first; `former`: what the former version saved, by its keys.
 * @param {Values} values
 * @param {Record<string, unknown>} former
 * @returns {[]}
 */
export function begin(values, former) {
  Object.assign(theirs, values);
  settings.add(values);
  settings.onChange((changed) => {
    tell(changed);
    save(localStorage, settings.values);
  });
  const saved = load(localStorage) ?? migrate(former, facts.former);
  const written = earlyPrompt();
  if (written !== null) take("prompt", written); // its component has it already
  settings.set({ ...fitting(saved, values, facts), ...(written === null ? {} : { prompt: written }) });
  forgetFormer(localStorage, facts.former);
  // From here on Gradio calls us at once: between what is chosen and what goes with it nobody can type.
  Object.assign(window, { sdguiSeam: { take, outgoing, receive } });
  start.resolve();
  return [];
}

/** A component holds something else now. @param {SettingName} name @param {Value} value @returns {[]} */
function take(name, value) {
  theirs[name] = value;
  settings.set({ [name]: value }, { byPerson: true });
  return [];
}

/**
 * The settings as the components have them this moment: a change is told a moment after it is seen, and who presses
 * Ctrl+Enter means what is written.
 */
export async function current() {
  if (!reading) {
    reading = new Later();
    go?.("read");
  }
  await reading.promise;
  return settings.values;
}

/** What the components hold now. @param {SettingName[]} names @param {Value[]} values @returns {[]} */
function receive(names, values) {
  names.forEach((name, i) => stale.has(name) || take(name, values[i]));
  reading?.resolve();
  reading = null;
  return [];
}

/** @param {Values} changed */
function tell(changed) {
  const isIdle = !stale.size;
  for (const name of namesOf(changed)) if (theirs[name] !== changed[name]) stale.add(name);
  // A model has samplers and sizes of its own.
  if ("model" in changed) for (const name of OF_MODEL) stale.add(name);
  if (isIdle && stale.size) go?.("write");
}

/** A model is known only now, or limits: what it offers within them is told to the components. */
export function offerAnew() {
  for (const name of [...OF_MODEL, ...limited()]) stale.add(name);
  go?.("write");
}

/** What the components are to hold, in the order of these names. @param {SettingName[]} names @returns {Update[]} */
function outgoing(names) {
  const updates = names.map((name) => (stale.has(name) ? update(name) : nothing()));
  for (const name of stale) theirs[name] = settings.get(name);
  stale.clear();
  return updates;
}

/** @returns {Update} */
const nothing = () => ({ __type__: "update" });

/** @param {SettingName} name @returns {Update} */
function update(name) {
  return { ...nothing(), value: settings.get(name), ...offered(name, modelFacts(settings.get("model")), facts.settings[name]?.high) };
}
