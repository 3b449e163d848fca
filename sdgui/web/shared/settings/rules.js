// @ts-check
// What goes with a setting that somebody chose: a model has its own defaults, an aspect its size, a typed seed is kept.

import { button, find, make } from "../dom/dom.js";
import { explain } from "../dom/explain.js";
import { grey } from "../dom/grey.js";
import { QuietLine } from "../dom/quiet-line.js";
import { ask, wordsOf } from "../fetch/ask.js";
import { offerAnew } from "../seam/seam.js";
import { GOING_WITH, carried, changesIn } from "./carried.js";
import { addChoices } from "./choice.js";
import { facts, modelFacts } from "./facts.js";
import { tellHowRead } from "./read-as.js";
import { settings } from "./settings.js";
import { turned } from "./turned.js";

/** What a size that one writes oneself is called among the aspects. */
const OWN = facts.settings.aspect.choices?.at(-1) ?? "";

/** @param {import("../dom/toasts.js").Toasts} toasts */
export function keepRules(toasts) {
  addChoices();
  const seed = find("#seed");
  const words = find('#seed [data-testid="block-info"]');
  new ResizeObserver(() => seed.style.setProperty("--words", `${words.offsetWidth}px`)).observe(words);
  seed.append(explain("seed"));
  find("#sampler").append(explain("sampler"));
  document.querySelector("#guidance .head label")?.after(explain("cfg scale"));
  const line = new QuietLine(find("#model-choice"), "model-changes");
  let former = settings.text("model");
  tellHowRead();
  settings.onChosen("model", () => chosen(settings.text("model"), former, line, toasts));
  settings.follow(["model"], () => (former = settings.text("model")));
  settings.follow(GOING_WITH, () => line.clear());
  settings.onChosen("aspect", () => {
    const size = modelFacts(settings.get("model"))?.sizes[settings.text("aspect")];
    if (size) settings.set({ width: size[0], height: size[1] });
  });
  settings.onChosen("seed", () => settings.set({ lock: settings.text("seed").trim() !== "" }));
  find("#seed-die").addEventListener("click", () => settings.set({ seed: String(crypto.getRandomValues(new Uint32Array(1))[0]) }));

  const note = make("span", { className: "size-note", id: "size-note" });
  const swap = button("⇄", "size-swap", () => {
    const size = turnedNow();
    if (size) settings.set(size);
  }, { id: "size-swap", aria: { label: "Swap width and height" } });
  find("#aspect").append(note, swap);
  settings.follow(["aspect", "model", "width", "height"], () => {
    grey(swap, turnedNow() ? "" : "Width and height are the same", "Swap width and height");
    note.textContent = (modelFacts(settings.get("model"))?.sizes[settings.text("aspect")] ?? []).join(" × ");
  });
  settings.follow(["model"], () => {
    const model = modelFacts(settings.get("model"));
    document.body.classList.toggle("has-no-avoid", model?.negative_prompt === false);
    document.body.classList.toggle("has-no-guidance", model?.guided === false);
    document.body.classList.toggle("has-no-emphasis", model?.emphasis === false);
  });
}

/** The size that is chosen, with width and height swapped. */
function turnedNow() {
  const [width, height] = /** @type {const} */ (["width", "height"]).map((name) => Number(settings.get(name)));
  return turned({ aspect: settings.text("aspect"), width, height }, modelFacts(settings.get("model"))?.sizes ?? {}, OWN);
}

/**
 * A model that could not be described when the page was made is asked for again.
 * @param {string} model @param {string} former @param {QuietLine} line @param {import("../dom/toasts.js").Toasts} toasts
 */
async function chosen(model, former, line, toasts) {
  line.clear();
  const correction = settings.text("correction"); // of a picture of the former one
  settings.set({ correction: "" });
  if (!modelFacts(model)) {
    try {
      facts.models[model] = await ask(`/model?${new URLSearchParams({ name: model })}`);
      offerAnew();
    } catch (error) {
      toasts.show(wordsOf(error), "", true);
      return;
    }
  }
  const now = modelFacts(model);
  if (settings.text("model") !== model || !now) return;
  const before = Object.fromEntries(GOING_WITH.map((name) => [name, settings.get(name)]));
  const after = carried(settings.values, modelFacts(former), now);
  settings.set(after);
  const words = changesIn(before, after);
  if (words) line.say(`Now ${words}`, { text: "Undo", act: () => settings.set({ ...before, correction, model: former }) });
}
