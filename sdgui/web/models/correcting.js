// @ts-check
// Correcting a model: what its owner knows better than its files, kept for this model.

import { button, make } from "../shared/dom/dom.js";
import { tell, wordsOf } from "../shared/fetch/ask.js";

/**
 * @typedef {import("../shared/dreams/told.js").ToldCorrected} ToldCorrected
 * @typedef {import("../shared/dreams/told.js").CorrectedValues} CorrectedValues
 */

/** @type {Record<string, string>} */
const BOTH = { "": "as its files say", true: "on", false: "off" };

export class Correcting {
  /** `changed` is called once a model is another than before. @param {{ changed: (model: string) => Promise<void>, toasts: import("../shared/dom/toasts.js").Toasts }} calls */
  constructor({ changed, toasts }) {
    this.changed = changed;
    this.toasts = toasts;
    this.model = "";
    this.place = make("div", { className: "correcting-place" });
    this.element = make("details", { className: "correcting" }, make("summary", {}, "Correct ", make("span", { textContent: "kept for this model" })), this.place);
    this.element.addEventListener("toggle", () => this.element.open && this.read());
  }

  /** @param {string} model */
  show(model) {
    if (model === this.model) return;
    this.model = model;
    this.element.open = false;
    this.place.replaceChildren();
  }

  async read() {
    const { model } = this;
    if (this.place.childElementCount) return;
    this.place.replaceChildren(make("p", { className: "is-small", role: "status", textContent: "Looking at the model…" }));
    try {
      const told = await tell("/models/corrected", { model });
      if (model === this.model) this.write(told);
    } catch (error) {
      if (model === this.model) this.place.replaceChildren(make("p", { className: "is-fault", role: "alert", textContent: wordsOf(error) }));
    }
  }

  /** @param {ToldCorrected} told */
  write({ can, values, own, samplers, size_step: step, predictions, vaes }) {
    /** @type {HTMLElement[]} */
    const fields = [];
    if (can.includes("prediction_type")) fields.push(choice("prediction_type", "Prediction type", { "": "as its files say", ...predictions }, values.prediction_type));
    if (can.includes("zero_snr")) fields.push(choice("zero_snr", "Zero terminal SNR", BOTH, values.zero_snr));
    if (can.includes("clip_skip")) fields.push(number("clip_skip", "Clip skip", values.clip_skip, 1, { min: 1, step: 1 }));
    if (can.includes("vae") && (vaes.length || values.vae)) fields.push(...vaeChoice(vaes, values.vae));
    fields.push(
      choice("sampler", "Default sampler", { "": `usual (${own.sampler})`, ...Object.fromEntries(samplers.map((one) => [one, one])) }, values.sampler),
      number("width", "Default width", values.width, own.width, { min: 64, step }),
      number("height", "Default height", values.height, own.height, { min: 64, step }),
      number("steps", "Default steps", values.steps, own.steps, { min: 1, step: 1 }),
      number("guidance", "Default cfg", values.guidance, own.guidance, { min: 0, step: "any" }),
    );
    const fault = make("p", { className: "is-fault", role: "alert", hidden: true });
    const keep = make("button", { type: "submit", className: "quiet-button", textContent: "Keep" });
    const reset = button("As its files say", "quiet-button", () => this.keep({ clip_skip: 1 }, fault));
    const form = make("form", { noValidate: true }, ...fields, fault, make("div", { className: "correcting-acts" }, keep, reset));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.keep(valuesIn(form), fault);
    });
    this.place.replaceChildren(form);
  }

  /** @param {CorrectedValues} values @param {HTMLElement} fault */
  async keep(values, fault) {
    const { model } = this;
    try {
      const told = await tell("/models/corrected", { model, ...values }, "PUT");
      if (model === this.model) this.write(told);
      this.toasts.show("Kept: dreams with this model are made so from now on.");
      await this.changed(model);
    } catch (error) {
      fault.hidden = false;
      fault.textContent = wordsOf(error);
    }
  }
}

/** What the form says; what is left empty is as the model's files say. @param {HTMLFormElement} form @returns {CorrectedValues} */
function valuesIn(form) {
  /** @type {Record<string, string | number | boolean>} */
  const values = { clip_skip: 1 };
  for (const field of form.elements) {
    if (!(field instanceof HTMLInputElement || field instanceof HTMLSelectElement) || field.value === "") continue;
    values[field.name] = field instanceof HTMLInputElement ? Number(field.value) : field.name === "zero_snr" ? field.value === "true" : field.value;
  }
  return values;
}

/** @param {string} name @param {string} label @param {Record<string, string>} choices @param {string | boolean | null | undefined} value */
function choice(name, label, choices, value) {
  const select = make("select", { name, id: `correct-${name}` }, ...Object.entries(choices).map(([one, words]) => make("option", { value: one, textContent: words })));
  select.value = value === null || value === undefined ? "" : String(value);
  return make("label", { className: "is-wide" }, make("span", { textContent: label }), select);
}

/**
 * Those that fit; the others are greyed, with the reason. What the file of the chosen one leaves open is said below.
 * @param {import("../shared/dreams/told.js").OfferedVae[]} vaes @param {string | null | undefined} value
 */
function vaeChoice(vaes, value) {
  const fitting = vaes.filter((one) => !one.misfit);
  const label = choice("vae", "VAE", { "": "the model's own", ...Object.fromEntries(fitting.map(({ name }) => [name, name])) }, value);
  const select = /** @type {HTMLSelectElement} */ (label.querySelector("select"));
  for (const { misfit } of vaes.filter((one) => one.misfit)) select.append(make("option", { value: "", disabled: true, textContent: misfit }));
  if (value && !fitting.some(({ name }) => name === value)) select.append(make("option", { value, disabled: true, selected: true, textContent: `“${value}” is not here now` }));
  const doubt = make("p", { className: "is-small is-wide correcting-doubt" });
  const tellDoubt = () => {
    doubt.textContent = vaes.find(({ name }) => name === select.value)?.doubt ?? "";
    doubt.hidden = !doubt.textContent;
  };
  select.addEventListener("change", tellDoubt);
  tellDoubt();
  return [label, doubt];
}

/** @param {string} name @param {string} label @param {number | null | undefined} value @param {number} own @param {{ min: number, step: number | string }} limits */
function number(name, label, value, own, { min, step }) {
  const field = make("input", { type: "number", name, id: `correct-${name}`, min: String(min), step: String(step), inputMode: "decimal", placeholder: String(own) });
  field.value = value === null || value === undefined || (name === "clip_skip" && value === 1) ? "" : String(value);
  return make("label", {}, make("span", { textContent: label }), field);
}
