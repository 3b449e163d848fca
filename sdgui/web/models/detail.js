// @ts-check
// One model: use it, make it the default, what is known of it, and taking it off the disk.

import { button, make } from "../shared/dom/dom.js";
import { grey } from "../shared/dom/grey.js";
import { tell, wordsOf } from "../shared/fetch/ask.js";
import { settings } from "../shared/settings/settings.js";
import { tags } from "./cards.js";
import { needs } from "./meter.js";
import { size, used } from "./words.js";

/**
 * @typedef {import("../shared/dreams/told.js").ModelCard} ModelCard
 * @typedef {import("../shared/dreams/told.js").ToldModels} ToldModels
 */

/** What becomes of the safety checker that came with a model. @type {Record<string, (card: ModelCard) => string>} */
const CHECKERS = {
  active: () => "Its own safety checker looks at every picture and may hold it back; previews are blurred because of that.",
  off: () => "It came with a safety checker, which is left out (--no-safety-checker).",
  unreadable: (card) => `${card.checker_fault} You dream without it; guests do not dream with this model.`,
};

export class Detail {
  /**
   * `use` switches to a model, `changed` asks anew what there is, `closed` is told when nothing is shown any more.
   * `correcting` is put in between.
   * @param {import("./correcting.js").Correcting} correcting
   * @param {{ use: (card: ModelCard) => void, changed: () => Promise<void>, closed: () => void,
   *   toasts: import("../shared/dom/toasts.js").Toasts }} calls
   */
  constructor(correcting, calls) {
    this.correcting = correcting;
    this.calls = calls;
    this.model = "";
    this.element = make("aside", { className: "model-detail side-panel", id: "model-detail", hidden: true, tabIndex: -1, aria: { labelledby: "model-detail-title" } });
  }

  /** @param {string} model @param {ToldModels} told */
  show(model, told) {
    const card = told.models.find((one) => one.model === model);
    this.model = card ? model : "";
    this.element.hidden = !card;
    if (card) this.element.replaceChildren(...this.parts(card, told));
  }

  close() {
    this.model = "";
    this.element.hidden = true;
    this.calls.closed();
  }

  /** Closes it where the keyboard is in it, and says whether it was. */
  escape() {
    const isIn = this.element.contains(document.activeElement);
    if (isIn) this.close();
    return isIn;
  }

  /** @param {ModelCard} card @param {ToldModels} told @returns {Node[]} */
  parts(card, told) {
    const close = button("×", "detail-close", () => this.close(), { aria: { label: "Close" } });
    const head = make("div", { className: "detail-head" },
      make("div", {}, make("h2", { id: "model-detail-title", textContent: card.title }), make("p", { textContent: card.model })),
      close);
    if (card.fault) return [head, make("p", { className: "detail-fault", textContent: card.fault }), ...this.removal(card)];
    const isDefault = card.model === told.default;
    const isUsed = card.model === settings.get("model");
    const use = button(isUsed ? "Dream with it" : "Use", "detail-use", () => this.calls.use(card));
    const first = button(isDefault ? "Default" : "Make default", "quiet-button", () => this.setDefault(card, first));
    grey(first, isDefault ? "Dreams begin with it unless another is chosen" : "");
    this.correcting.show(card.model);
    return [head, make("div", { className: "detail-acts" }, use, first), this.correcting.element, this.facts(card, told), ...this.removal(card)];
  }

  /** @param {ModelCard} card @param {ToldModels} told */
  facts(card, told) {
    /** @type {[string, (Node | string)[]][]} */
    const rows = [
      ["Family", [card.family_title]],
      ["Lies in", [card.place]],
      ["Size", [size(card.bytes)]],
      ["Memory", needs(card.memory_bytes, told.memory)],
      ["Licence", [card.licence ?? "not told by its files"]],
      ["Hash", [make("span", { className: "is-mono", textContent: `sha256 ${card.hash.slice(0, 12)}…`, title: card.hash })]],
      ["Pictures made here", [`${card.pictures.toLocaleString("en")} · ${used(card.last)}`]],
      ["Safety", [CHECKERS[card.checker]?.(card) ?? ""]],
      ["State", [tags(card, told).join(" · ") || "not loaded"]],
    ];
    return make("dl", {}, ...rows.filter(([name]) => (name !== "Hash" || card.hash) && (name !== "Safety" || card.checker)).flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", {}, ...value)]));
  }

  /** @param {ModelCard} card @param {HTMLButtonElement} first */
  async setDefault(card, first) {
    grey(first, "It is being made the default");
    try {
      const { notice } = await tell("/models/default", { model: card.model }, "PUT");
      this.calls.toasts.show(notice || `${card.title} is the default now.`);
      await this.calls.changed();
    } catch (error) {
      this.calls.toasts.show(wordsOf(error), "", true);
      grey(first, "");
    }
  }

  /** @param {ModelCard} card @returns {Node[]} */
  removal(card) {
    if (!card.removable) return [];
    const place = make("div", { className: "detail-removal" });
    const ask = button("Remove from disk…", "link-button is-grave", () => this.askRemoval(card, place, ask));
    place.append(ask);
    return [place];
  }

  /** The first of two questions is the click; this is the second. @param {ModelCard} card @param {HTMLElement} place @param {HTMLElement} ask */
  async askRemoval(card, place, ask) {
    try {
      const { frees } = await tell("/models/remove", { model: card.model });
      const yes = button(`Remove, and free ${size(frees)}`, "quiet-button is-grave", () => this.remove(card));
      const no = button("Keep it", "quiet-button", () => {
        place.replaceChildren(ask);
        ask.focus();
      });
      place.replaceChildren(make("p", { textContent: `Remove ${card.title} from the disk? Its pictures stay; to make more of them it must be fetched again.` }), yes, no);
      no.focus();
    } catch (error) {
      this.calls.toasts.show(wordsOf(error), "", true);
    }
  }

  /** @param {ModelCard} card */
  async remove(card) {
    try {
      const { freed } = await tell("/models/remove", { model: card.model, confirmed: true });
      this.calls.toasts.show(`${card.title} is removed; that freed ${size(freed)}.`);
      this.close();
    } catch (error) {
      this.calls.toasts.show(wordsOf(error), "", true);
    }
    await this.calls.changed();
  }
}
