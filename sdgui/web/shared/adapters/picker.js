// @ts-check
// The picker beside the prompt: LoRAs and learnt words by name, put in where the cursor stands.

import { dialog } from "../dom/dialog.js";
import { button, find, make } from "../dom/dom.js";
import { grey } from "../dom/grey.js";
import { stepOf } from "../dom/keys.js";
import { MOST, remark } from "../dom/search.js";
import { ask } from "../fetch/ask.js";
import { settings } from "../settings/settings.js";
import { between, called, fitting } from "./find.js";

/** @typedef {import("../dreams/told.js").AdapterFacts} AdapterFacts */

export class Picker {
  /** @param {HTMLTextAreaElement} prompt */
  constructor(prompt) {
    this.prompt = prompt;
    this.button = find("#adapters-button");
    /** @type {AdapterFacts[]} */
    this.all = [];
    this.turn = 0;
    const title = make("h2", { id: "adapters-title", textContent: "LoRAs and embeddings" });
    const close = button("Close", "quiet-button", () => this.element.close());
    this.search = make("input", { type: "search", placeholder: "Name, trigger word or base model", autocomplete: "off", aria: { label: "Search LoRAs and embeddings", controls: "adapters-list" } });
    this.list = make("ul", { id: "adapters-list", aria: { label: "LoRAs and embeddings" } });
    this.told = make("p", { className: "adapters-told", role: "status" });
    this.element = dialog({ id: "adapters", aria: { labelledby: "adapters-title" } },
      make("div", { className: "adapters-head" }, title, close), this.search, this.told, this.list);
    this.element.addEventListener("close", () => this.prompt.focus());
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.search.addEventListener("input", () => this.show());
    this.button.addEventListener("click", () => this.open());
    settings.follow(["model"], () => this.look());
  }

  open() {
    this.search.value = "";
    this.show();
    this.element.showModal();
    this.search.focus();
    this.look();
  }

  /** Asks what there is for the model that is chosen; the button is there only where there is anything. */
  async look() {
    this.turn += 1;
    const { turn } = this;
    const told = await ask(`/adapters?${new URLSearchParams({ model: settings.text("model") })}`).catch(() => null);
    if (turn !== this.turn || !told) return;
    this.all = told.adapters;
    document.body.classList.toggle("has-adapters", this.all.length > 0);
    this.show();
  }

  show() {
    const found = fitting(this.all, this.search.value);
    this.list.replaceChildren(...found.slice(0, MOST).map((one) => this.row(one)));
    this.told.textContent = remark(found.length);
  }

  /** @param {AdapterFacts} adapter */
  row(adapter) {
    const { name, kind, base_model, trigger_words, vectors, misfit } = adapter;
    const facts = [kind, base_model, vectors > 1 ? `${vectors} tokens` : ""].filter(Boolean).join(" · ");
    const pick = make("button", { type: "button", className: "adapters-pick" },
      make("span", { className: "adapters-name", textContent: name }), make("span", { className: "adapters-facts", textContent: misfit ?? facts }));
    grey(pick, misfit);
    pick.addEventListener("click", () => this.put(called(adapter)));
    const words = misfit === null ? trigger_words.map((word) => this.chip(word)) : [];
    return make("li", {}, pick, ...(words.length ? [make("div", { className: "adapters-words" }, ...words)] : []));
  }

  /** @param {string} word */
  chip(word) {
    return button(word, "quiet-button", () => this.put(word), { title: `Put “${word}” into the prompt` });
  }

  /** Puts something in where the cursor stands, and says so. @param {string} text */
  put(text) {
    const { value, selectionStart: start, selectionEnd: end } = this.prompt;
    const put = between(value.slice(0, start), text, value.slice(end));
    this.prompt.setRangeText(put, start, end, "end");
    this.prompt.dispatchEvent(new Event("input", { bubbles: true }));
    this.told.textContent = `${text} is in the prompt now.`;
  }

  /** The arrows go through what can be put in. @param {KeyboardEvent} event */
  key(event) {
    const step = stepOf(event);
    if (!step) return;
    event.preventDefault();
    const stops = [this.search, .../** @type {NodeListOf<HTMLButtonElement>} */ (this.list.querySelectorAll(".adapters-pick:enabled"))];
    const row = document.activeElement?.closest("li")?.querySelector(".adapters-pick");
    const at = stops.findIndex((one) => one === document.activeElement || one === row);
    stops[Math.max(0, Math.min(at + step, stops.length - 1))]?.focus();
  }
}
