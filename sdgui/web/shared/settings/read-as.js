// @ts-check
// A picture's own correction, taken over with its settings: its model is read as it was then, and the page says so.

import { find } from "../dom/dom.js";
import { QuietLine } from "../dom/quiet-line.js";
import { settings } from "./settings.js";

const PREDICTIONS = { epsilon: "prediction epsilon", v_prediction: "prediction v" };

/** How a model is read, in words; empty where it is as its owner has it now. @param {string} text */
export function readAs(text) {
  if (!text) return "";
  try {
    const { prediction_type: prediction, zero_snr: zero, clip_skip: skip, vae } = JSON.parse(text);
    const words = [
      ...(prediction ? [PREDICTIONS[/** @type {keyof typeof PREDICTIONS} */ (prediction)] ?? String(prediction)] : []),
      ...(zero === true || zero === false ? [`zero terminal SNR ${zero ? "on" : "off"}`] : []),
      ...(skip ? [`clip skip ${skip}`] : []),
      ...(vae ? [`VAE ${vae.id}`] : []),
    ];
    return words.join(" · ") || "as its files say";
  } catch {
    return "in a way that is not understood";
  }
}

/** Says it below the model, with the way to how it is read now. */
export function tellHowRead() {
  const line = new QuietLine(find("#model-choice"), "model-read-as");
  settings.follow(["correction"], () => {
    const words = readAs(settings.text("correction"));
    if (words) line.say(`Read as for that picture: ${words}`, { text: "Read as now", act: () => settings.set({ correction: "" }) });
    else line.clear();
  });
}
