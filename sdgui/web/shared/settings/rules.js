// @ts-check
// What goes with a setting that somebody chose: a model has its own defaults, an aspect its size, a typed seed is kept.

import { find, make } from "../dom/dom.js";
import { ask, wordsOf } from "../fetch/ask.js";
import { offerAnew } from "../seam/seam.js";
import { facts, modelFacts } from "./facts.js";
import { settings } from "./settings.js";

/** @param {import("../dom/toasts.js").Toasts} toasts */
export function keepRules(toasts) {
  settings.onChosen("model", () => chosen(settings.text("model"), toasts));
  settings.onChosen("aspect", () => {
    const size = modelFacts(settings.get("model"))?.sizes[settings.text("aspect")];
    if (size) settings.set({ width: size[0], height: size[1] });
  });
  settings.onChosen("seed", () => settings.set({ lock: settings.text("seed").trim() !== "" }));
  find("#seed-die").addEventListener("click", () => settings.set({ seed: String(crypto.getRandomValues(new Uint32Array(1))[0]) }));

  const note = make("span", { className: "size-note", id: "size-note" });
  find("#aspect").append(note);
  settings.follow(["aspect", "model"], () => {
    note.textContent = (modelFacts(settings.get("model"))?.sizes[settings.text("aspect")] ?? []).join(" × ");
  });
  settings.follow(["model"], () => {
    const model = modelFacts(settings.get("model"));
    document.body.classList.toggle("has-no-avoid", model?.negative_prompt === false);
    document.body.classList.toggle("has-no-guidance", model?.guided === false);
    document.body.classList.toggle("has-no-emphasis", model?.emphasis === false);
  });
}

/** A model that could not be described when the page was made is asked for again. @param {string} model @param {import("../dom/toasts.js").Toasts} toasts */
async function chosen(model, toasts) {
  if (!modelFacts(model)) {
    try {
      facts.models[model] = await ask(`/model?${new URLSearchParams({ name: model })}`);
      offerAnew();
    } catch (error) {
      toasts.show(wordsOf(error), "", true);
      return;
    }
  }
  if (settings.text("model") === model) settings.set(modelFacts(model)?.defaults ?? {});
}
