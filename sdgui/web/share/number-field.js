// @ts-check
// A number with a button for less and one for more; empty is no limit. It is told when somebody pauses.

import { button, make } from "../shared/dom/dom.js";
import { grey } from "../shared/dom/grey.js";
import { stepped, typed } from "./words.js";

const PAUSE = 500;

export class NumberField {
  /**
   * @param {{ id: string, label: string, low: number, high: number, isEndless?: boolean, save: (value: number | null) => Promise<void> }} what
   *   `isEndless`: it may be without a limit; `save` throws where it was refused
   */
  constructor({ id, label, low, high, isEndless = true, save }) {
    this.range = { low, high, isEndless };
    this.save = save;
    /** @type {number | null} */
    this.value = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.isSaving = false;
    this.fault = make("p", { className: "share-fault", id: `${id}-fault`, role: "alert" });
    this.input = make("input", { id, type: "text", inputMode: "numeric", autocomplete: "off", placeholder: isEndless ? "any" : "", maxLength: 4, aria: { describedby: this.fault.id } });
    this.less = button("−", "", () => this.step(-1), { aria: { label: `Less: ${label}` } });
    this.more = button("+", "", () => this.step(1), { aria: { label: `More: ${label}` } });
    this.element = make("div", { className: "share-row share-field" },
      make("label", { htmlFor: id, textContent: label, title: isEndless ? "Empty for no limit" : "" }),
      make("span", { className: "share-stepper" }, this.less, this.input, this.more), this.fault);
    this.input.addEventListener("input", () => this.soon());
    this.input.addEventListener("change", () => this.now());
    this.input.addEventListener("keydown", (event) => {
      const by = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : 0;
      if (!by) return;
      event.preventDefault();
      this.step(by);
    });
  }

  /** Whether something is written there that was not told yet. */
  get isBusy() {
    return this.isSaving || this.timer !== undefined || this.fault.textContent !== "";
  }

  /** What holds now; what somebody is writing stays. @param {number | null} value */
  tell(value) {
    this.value = value;
    if (!this.isBusy) this.write(value);
  }

  /** @param {number | null} value */
  write(value) {
    const text = value === null ? "" : String(value);
    if (this.input.value !== text) this.input.value = text;
    grey(this.less, value !== null && value <= this.range.low ? `${this.range.low} is the least` : "");
    grey(this.more, value === null ? "There is no limit" : value >= this.range.high ? `${this.range.high} is the most` : "");
  }

  /** @param {1 | -1} by */
  step(by) {
    const { low, high } = this.range;
    const now = typed(this.input.value, low, high);
    this.write(stepped(now === undefined ? this.value : now, by, low, high));
    this.soon();
  }

  soon() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.now(), PAUSE);
  }

  async now() {
    clearTimeout(this.timer);
    this.timer = undefined;
    const { low, high, isEndless } = this.range;
    const value = typed(this.input.value, low, high);
    if (value === undefined || (value === null && !isEndless)) {
      this.fail(`From ${low} to ${high}${isEndless ? ", or empty for no limit" : ""}.`);
      return;
    }
    this.fail("");
    if (value === this.value) {
      this.write(value);
      return;
    }
    this.isSaving = true;
    try {
      await this.save(value);
      this.value = value;
    } catch (error) {
      this.fail(error instanceof Error ? error.message : String(error));
    } finally {
      this.isSaving = false;
    }
    if (!this.isBusy) this.write(this.value);
  }

  /** @param {string} words */
  fail(words) {
    if (this.fault.textContent !== words) this.fault.textContent = words;
    if (words) this.input.setAttribute("aria-invalid", "true");
    else this.input.removeAttribute("aria-invalid");
  }
}
