// @ts-check
// Lists of few: the browser's own, which opens by click and key and keeps the keyboard. Gradio's only keep the values.

import { make } from "../dom/dom.js";
import { facts, modelFacts } from "./facts.js";
import { settings } from "./settings.js";

/** @typedef {import("../dreams/told.js").SettingName} SettingName */

/** @type {SettingName[]} */
const LISTS = ["sampler", "x_axis", "y_axis"];
const RADIOS = ["aspect", "compare-mode", "vary-by"];

/** Puts the lists in their places, and has radios that belong together be one group, as their arrows expect. */
export function addChoices() {
  for (const name of LISTS) addList(name);
  for (const id of RADIOS) group(id);
}

/** Gradio gives each radio a name of its own, and does so again when one is chosen. @param {string} id */
function group(id) {
  const block = document.getElementById(id);
  if (!block) return; // A capability that is not there.
  const name = () => {
    const radios = /** @type {NodeListOf<HTMLInputElement>} */ (block.querySelectorAll('input[type="radio"]'));
    for (const radio of radios) if (radio.name !== id) radio.name = id;
  };
  new MutationObserver(name).observe(block, { subtree: true, childList: true, attributeFilter: ["name"] });
  name();
}

/** @param {SettingName} name */
function addList(name) {
  const id = name.replace("_", "-");
  const block = document.getElementById(id);
  if (!block) return; // A capability that is not there.
  const select = make("select", { id: `${id}-list` });
  block.append(
    make("label", { htmlFor: select.id, textContent: facts.settings[name].label }),
    make("div", { className: "list-field" }, select));
  select.addEventListener("change", () => settings.set({ [name]: select.value }, { byPerson: true }));
  settings.follow([name, "model"], () => {
    const value = settings.text(name);
    const offered = facts.settings[name].choices ?? modelFacts(settings.get("model"))?.samplers ?? [];
    const all = offered.includes(value) ? offered : [value, ...offered];
    if (all.join("\n") !== [...select.options].map((option) => option.value).join("\n")) {
      select.replaceChildren(...all.map((text) => make("option", { value: text, textContent: text })));
    }
    select.value = value;
  });
}
