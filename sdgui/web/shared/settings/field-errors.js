// @ts-check
// What is wrong with a field is said at the field, in words that its input is described by, until it is mended.

import { make } from "../dom/dom.js";
import { facts } from "./facts.js";

/** @typedef {import("../dreams/told.js").SettingName} SettingName */

const MOST_SEED = 2 ** 32 - 1;

export class FieldErrors {
  constructor() {
    // Before Gradio's own listeners, which would set a number that is out of range to another one without a word.
    document.addEventListener("blur", (event) => {
      const { target } = event;
      if (!(target instanceof HTMLInputElement) || !target.closest("#settings")) return;
      const fault = faultOf(target);
      if (fault) {
        event.stopImmediatePropagation();
        this.mark(target, fault);
      }
    }, true);
    document.addEventListener("input", (event) => {
      const { target } = event;
      if (target instanceof Element && target.getAttribute("aria-invalid") === "true" && !faultOf(target)) this.clear(target);
    }, true);
  }

  /** The first field that is wrong, of those that count now. @param {{ hasPrompt: boolean }} what @returns {Element | null} */
  first({ hasPrompt }) {
    const fields = [...document.querySelectorAll(`${hasPrompt ? "#prompt textarea, " : ""}#settings input[type="number"], #seed input`)];
    return fields.find((field) => field.getClientRects().length > 0 && faultOf(field)) ?? null;
  }

  /** What a setting is written in; null where it cannot be seen. @param {string | undefined} name */
  named(name) {
    const field = name ? document.querySelector(`#${name.replace("_", "-")} :is(input, textarea)`) : null;
    return field instanceof HTMLElement && field.getClientRects().length ? field : null;
  }

  /** @param {Element} field @param {string} words */
  mark(field, words) {
    if (field.getAttribute("aria-invalid") === "true" && field.closest(".block")?.querySelector(":scope > .field-error")?.textContent === words) return;
    this.clear(field);
    const block = field.closest("#prompt-box, .block");
    if (!block) return;
    const note = make("p", { className: "field-error", id: `${block.id}-error`, role: "alert", textContent: words });
    block.append(note);
    field.setAttribute("aria-invalid", "true");
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

/** What is wrong with what a field holds; "" where nothing is. @param {Element} field */
export function faultOf(field) {
  if (field instanceof HTMLTextAreaElement) {
    return field.closest("#prompt") && (!field.value.trim() || field.value.length > facts.longest_prompt) ? "Say what you want to see." : "";
  }
  if (!(field instanceof HTMLInputElement)) return "";
  if (field.closest("#seed")) return seedFault(field.value);
  if (field.type !== "number") return "";
  const title = field.closest(".block")?.querySelector('[data-testid="block-info"]')?.textContent?.trim() ?? "This";
  return rangeFault(title, field.validity.badInput ? NaN : field.value === "" ? null : Number(field.value), Number(field.min), Number(field.max));
}

/** @param {string} text */
export function seedFault(text) {
  const seed = text.trim();
  if (seed === "" || (/^\d{1,10}$/.test(seed) && Number(seed) <= MOST_SEED)) return "";
  return `A seed is a whole number from 0 to ${MOST_SEED.toLocaleString("en")}, or empty for a random one.`;
}

/** @param {string} title @param {number | null} value @param {number} low @param {number} high */
export function rangeFault(title, value, low, high) {
  if (value === null || (value >= low && value <= high)) return "";
  return `${title}: from ${low.toLocaleString("en")} to ${high.toLocaleString("en")}.`;
}
