// @ts-check
// The model that dreams are made with: searched by name, grouped by family; it says there how far it is loaded.
// (https://www.w3.org/WAI/ARIA/apg/patterns/combobox/)

import { find, make } from "../dom/dom.js";
import { stepOf } from "../dom/keys.js";
import { remark } from "../dom/search.js";
import { ask } from "../fetch/ask.js";
import { modelFacts } from "./facts.js";
import { grouped } from "./model-search.js";
import { settings } from "./settings.js";

/** @typedef {import("../dreams/told.js").ModelName} ModelName */

export class ModelChoice {
  constructor() {
    /** @type {ModelName[]} */
    this.all = [];
    /** The models that may be chosen; null for all. @type {string[] | null} */
    this.allowed = null;
    /** What is typed to search by; null while it shows what is chosen. @type {string | null} */
    this.sought = null;
    this.at = -1;
    this.list = make("div", { id: "model-list", className: "model-list", role: "listbox", hidden: true, aria: { label: "Models" } });
    this.input = make("input", {
      type: "text", id: "model-input", autocomplete: "off", spellcheck: false, role: "combobox",
      aria: { expanded: "false", controls: "model-list", autocomplete: "list", describedby: "model-loading" },
    });
    this.loading = make("span", { id: "model-loading", className: "model-loading" });
    const label = make("label", { textContent: "Model", htmlFor: "model-input" });
    find("#model-choice").append(label, make("div", { className: "model-field" }, this.input, this.loading), this.list);
    this.input.addEventListener("click", () => this.open());
    this.input.addEventListener("input", () => {
      this.sought = this.input.value;
      this.at = -1;
      this.open();
    });
    this.input.addEventListener("keydown", (event) => this.key(event));
    this.input.addEventListener("blur", () => this.close());
    // A press would take the keyboard away before it is a click.
    this.list.addEventListener("mousedown", (event) => event.preventDefault());
    settings.follow(["model"], () => this.write());
  }

  get isOpen() {
    return !this.list.hidden;
  }

  /** @returns {HTMLElement[]} */
  get options() {
    return /** @type {HTMLElement[]} */ ([...this.list.querySelectorAll("[role=option]")]);
  }

  /** What is chosen, by its title. */
  write() {
    const model = settings.text("model");
    const title = this.all.find((one) => one.model === model)?.title ?? modelFacts(model)?.title ?? model;
    if (!this.isOpen) this.input.value = title;
    this.input.title = model;
  }

  /** How far a model is loaded, if it is the one that is chosen. @param {import("../dreams/told.js").Status} status */
  tell({ state, model, fraction }) {
    const isLoading = state === "loading" && model === settings.text("model");
    const words = isLoading ? `loading${fraction ? ` ${Math.round(fraction * 100)} %` : "…"}` : "";
    if (this.loading.textContent !== words) this.loading.textContent = words;
  }

  open() {
    const wasOpen = this.isOpen;
    this.list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    if (!wasOpen && this.sought === null) this.input.select();
    this.show();
    if (!wasOpen) this.look();
  }

  close() {
    this.list.hidden = true;
    this.sought = null;
    this.at = -1;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.write();
  }

  /** Only these may be chosen from now on; null for all. @param {string[] | null} models */
  allow(models) {
    this.allowed = models;
    if (this.isOpen) this.show();
  }

  async look() {
    const told = await ask("/models/choices").catch(() => null);
    if (!told) return;
    this.all = told.models;
    if (this.isOpen) this.show();
  }

  show() {
    const { groups, more } = grouped(this.all.filter(({ model }) => this.allowed?.includes(model) ?? true), this.sought ?? "");
    const chosen = settings.text("model");
    let count = 0;
    const parts = groups.map(({ family, models }) => make("div", { role: "group", aria: { label: family } },
      make("div", { className: "model-family", textContent: family, ariaHidden: "true" }),
      ...models.map((one) => {
        const option = make("div", { id: `model-option-${count}`, role: "option", textContent: one.title, title: one.model, data: { model: one.model }, aria: { label: one.title, selected: one.model === chosen } });
        option.addEventListener("click", () => this.choose(one.model));
        count += 1;
        return option;
      })));
    const words = this.all.length ? remark(count + more) : "Looking…";
    this.list.replaceChildren(...parts, ...(words ? [make("p", { textContent: words })] : []));
    this.mark();
  }

  /** The option that the keyboard is at. */
  mark() {
    const { options } = this;
    options.forEach((option, i) => option.classList.toggle("active", i === this.at));
    const option = options[this.at];
    if (!option) {
      this.input.removeAttribute("aria-activedescendant");
      return;
    }
    this.input.setAttribute("aria-activedescendant", option.id);
    option.scrollIntoView({ block: "nearest" });
  }

  /** @param {string} model */
  choose(model) {
    this.close();
    settings.set({ model }, { byPerson: true });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.isComposing) return;
    const step = stepOf(event);
    if (step) {
      event.preventDefault();
      if (!this.isOpen) this.open();
      const { length } = this.options;
      this.at = length ? (this.at + step + length + Number(this.at < 0 && step < 0)) % length : -1;
      this.mark();
    } else if (event.key === "Enter" && this.isOpen) {
      event.preventDefault();
      const option = this.options[Math.max(0, this.at)];
      if (option) this.choose(option.dataset.model ?? "");
    } else if (event.key === "Escape" && this.isOpen) this.close();
  }
}
