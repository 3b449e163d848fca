// @ts-check
// "Draft first" only helps where the composition stays when the steps change: samplers that lose it are named.

import { button, find, make } from "../shared/dom/dom.js";
import { facts, modelFacts } from "../shared/settings/facts.js";
import { settings } from "../shared/settings/settings.js";

/** Says beside the checkbox when the chosen sampler does not keep the composition, and offers one that does. */
export function watchDraft() {
  const note = make("p", { className: "draft-note", id: "draft-note", role: "status" });
  find("#draft").append(note);
  settings.follow(["draft", "sampler", "model"], () => {
    const sampler = settings.text("sampler");
    const steady = modelFacts(settings.get("model"))?.steady;
    const isSteady = settings.get("draft") !== true || !steady || !sampler || steady.includes(sampler);
    note.replaceChildren(...(isSteady ? [] : words(sampler, steady)));
  });
}

/** @param {string} sampler @param {string[]} steady @returns {(string | Node)[]} */
function words(sampler, steady) {
  const best = facts.compare.steadiest;
  const better = steady.includes(best) ? best : steady[0];
  const use = button(`Use ${better}`, "link-button", () => settings.set({ sampler: better }), { id: "use-steady" });
  return [`With ${sampler}, more steps change the composition: refined pictures will not look like their drafts.`, " ", ...(better ? [use] : [])];
}
