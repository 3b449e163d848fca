// @ts-check
// What is wrong with a field is said at the field, in words that its input is described by, until it is mended.

import { button, make } from "../dom/dom.js";
import { facts } from "./facts.js";
import { settings } from "./settings.js";

/**
 * @typedef {import("../dreams/told.js").SettingName} SettingName
 * @typedef {import("../dom/quiet-line.js").Way} Way
 * @typedef {{ name: SettingName, words: string, way: Way | null }} Beyond a setting that is more than somebody may have:
 *   which, their bound, and the press that takes what they may
 */

const MOST_SEED = 2 ** 32 - 1;

/** Where a setting is chosen that is not written in a field of its own name; a size is one of a shape. @type {Record<string, string[]>} */
const PLACES = {
  model: ["#model-input"],
  width: ['#width input[type="number"]', "#aspect input:checked"],
};

/** @param {Element} field */
const isRadio = (field) => field instanceof HTMLInputElement && field.type === "radio";

/** Whether it is a width or a height as one writes it. @param {Element} field */
const isLength = (field) => field instanceof HTMLInputElement && field.type === "number" && field.closest("#width, #height") !== null;

/** The field of this block whose fault is said there: the box of a slider that is dragged. @param {Element} target */
function marked(target) {
  const block = target.closest("#prompt-box, .block");
  const note = block?.querySelector(":scope > .field-error");
  return note ? block?.querySelector(`[aria-describedby~="${note.id}"]`) ?? null : null;
}

export class FieldErrors {
  constructor() {
    // Before Gradio's own listeners, which would set a number that is out of range to another one without a word.
    document.addEventListener("blur", (event) => {
      const { target } = event;
      if (!(target instanceof HTMLInputElement) || !target.closest("#settings")) return;
      const fault = faultOf(target);
      if (fault) {
        event.stopImmediatePropagation();
        if (!this.beyond.has(target)) this.mark(target, fault, this.mendOf(target));
      }
    }, true);
    document.addEventListener("input", (event) => {
      const field = event.target instanceof Element ? marked(event.target) : null;
      if (field && !faultOf(field)) this.clear(field);
    }, true);
    /** What was refused, and may be right where the limits are others. @type {Set<Element>} */
    this.refused = new Set();
    /** What is more than somebody may have, before it is asked. @type {Set<Element>} */
    this.beyond = new Set();
    /** Called where something was refused at its field. @type {(() => void)[]} */
    this.refusing = [];
  }

  /** From now on these are more than somebody may have, and no others. @param {Beyond[]} all */
  bound(all) {
    const former = this.beyond;
    this.beyond = new Set();
    for (const { name, words, way } of all) {
      const field = this.named(name);
      if (!field) continue;
      this.beyond.add(field);
      this.refused.delete(field);
      this.mark(field, words, way);
    }
    for (const field of former) if (!this.beyond.has(field)) this.clear(field);
  }

  /** The first field that is wrong, of those that count now. @param {{ hasPrompt: boolean }} what @returns {Element | null} */
  first({ hasPrompt }) {
    const fields = [...document.querySelectorAll(`${hasPrompt ? "#prompt textarea, " : ""}#settings input[type="number"], #seed input`)];
    return fields.find((field) => field.getClientRects().length > 0 && faultOf(field)) ?? null;
  }

  /** What a setting is written or chosen in; null where it cannot be seen. @param {string | undefined} name @returns {HTMLElement | null} */
  named(name) {
    if (!name) return null;
    const id = name.replace("_", "-");
    const places = [...(PLACES[name] ?? []), `#${id} input[type="number"]`, `#${id} :is(input, textarea)`];
    const found = places.map((place) => document.querySelector(place)).find((field) => field?.getClientRects().length);
    return found instanceof HTMLElement ? found : null;
  }

  /** Marks what was refused until it is changed, or something is begun. @param {Element} field @param {string} words @param {Way | null} [way] */
  refuse(field, words, way = null) {
    for (const act of this.refusing) act();
    if (this.beyond.has(field)) return; // it says so already
    this.mark(field, words, way ?? this.mendOf(field));
    this.refused.add(field);
  }

  /** The press that takes the nearest length that a model can, where one is written that it cannot. @param {Element} field @returns {Way | null} */
  mendOf(field) {
    if (!(field instanceof HTMLInputElement) || !isLength(field) || !faultOf(field)) return null;
    const length = nearest(Number(field.value), Number(field.min), Number(field.max), Number(field.step));
    const act = () => {
      settings.set({ [field.closest("#width") ? "width" : "height"]: length });
      this.clear(field);
    };
    return { text: `Use ${length.toLocaleString("en")}`, act };
  }

  /** What was refused is of no more use. */
  settle() {
    for (const field of this.refused) this.clear(field);
    this.refused.clear();
  }

  /** `way`: what mends it by one press. @param {Element} field @param {string} words @param {Way | null} [way] */
  mark(field, words, way = null) {
    const block = field.closest("#prompt-box, .block");
    const told = way ? `${words} ${way.text}` : words;
    if (field.getAttribute("aria-invalid") === "true" && block?.querySelector(":scope > .field-error")?.textContent === told) return;
    this.clear(field);
    if (!block) return;
    const note = make("p", { className: "field-error", id: `${block.id}-error`, role: "alert" }, words);
    if (way) note.append(" ", button(way.text, "link-button", way.act));
    block.append(note);
    if (!isRadio(field)) field.setAttribute("aria-invalid", "true"); // which one of several cannot be
    field.setAttribute("aria-describedby", [field.getAttribute("aria-describedby"), note.id].filter(Boolean).join(" "));
  }

  /** @param {Element} field */
  clear(field) {
    const block = field.closest("#prompt-box, .block");
    const note = block?.querySelector(":scope > .field-error");
    field.removeAttribute("aria-invalid");
    if (!note) return;
    const others = (field.getAttribute("aria-describedby") ?? "").split(" ").filter((id) => id && id !== note.id);
    if (others.length) field.setAttribute("aria-describedby", others.join(" "));
    else field.removeAttribute("aria-describedby");
    note.remove();
  }
}

/** What mends a field by one press, as Python tells it. @param {import("../dreams/told.js").Mend} told @returns {Way | null} */
export const wayOf = ({ field, use }) => (field && use ? { text: use.text, act: () => settings.set({ [field]: use.values }) } : null);

/** What is wrong with what a field holds; "" where nothing is. @param {Element} field */
export function faultOf(field) {
  if (field instanceof HTMLTextAreaElement) {
    return field.closest("#prompt") && (!field.value.trim() || field.value.length > facts.longest_prompt) ? "Say what you want to see." : "";
  }
  if (!(field instanceof HTMLInputElement)) return "";
  if (field.closest("#seed")) return seedFault(field.value);
  if (field.type !== "number") return "";
  const title = field.closest(".block")?.querySelector('[data-testid="block-info"]')?.textContent?.trim() ?? "This";
  const value = field.validity.badInput ? NaN : field.value === "" ? null : Number(field.value);
  return rangeFault(title, value, Number(field.min), Number(field.max)) || (isLength(field) ? stepFault(title, value, Number(field.step)) : "");
}

/** @param {string} text */
export function seedFault(text) {
  const seed = text.trim();
  if (seed === "" || (/^\d{1,10}$/.test(seed) && Number(seed) <= MOST_SEED)) return "";
  return `A seed is a whole number from 0 to ${MOST_SEED.toLocaleString("en")}, or empty for a random one.`;
}

/** @param {string} title @param {number | null} value @param {number} step */
export const stepFault = (title, value, step) => (value !== null && step > 0 && value % step ? `${title}: a multiple of ${step}.` : "");

/** The multiple of `step` within a range that is nearest. @param {number} value @param {number} low @param {number} high @param {number} step */
export const nearest = (value, low, high, step) => Math.min(Math.max(Math.round(value / step) * step, low), high);

/** @param {string} title @param {number | null} value @param {number} low @param {number} high */
export function rangeFault(title, value, low, high) {
  if (value === null || (value >= low && value <= high)) return "";
  return `${title}: from ${low.toLocaleString("en")} to ${high.toLocaleString("en")}.`;
}
