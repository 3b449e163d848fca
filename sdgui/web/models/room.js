// @ts-check
// The Models tab, the owner's: what is here, what is on its way, and what can be fetched.

import { COMPACT } from "../shared/dom/compact.js";
import { find, make } from "../shared/dom/dom.js";
import { Refused, ask, tell, wordsOf } from "../shared/fetch/ask.js";
import { facts } from "../shared/settings/facts.js";
import { settings } from "../shared/settings/settings.js";
import { Adding } from "./adding.js";
import { families } from "./cards.js";
import { Correcting } from "./correcting.js";
import { Detail } from "./detail.js";
import { knownModels } from "./known.js";
import { OnTheWay } from "./on-the-way.js";

/**
 * @typedef {import("../shared/page/page.js").Page} Page
 * @typedef {import("../shared/dreams/told.js").ToldModels} ToldModels
 */

const FEW = 4;
const isWide = () => !COMPACT.matches;

/** @param {Page} page */
export function enter(page) {
  const room = new Models(find("#models"), page);
  page.add("models", { panel: room.element, seen: () => room.seen() });
  page.closing.push(() => room.detail.escape());
  settings.onChosen("model", async () => {
    await switchTo(settings.text("model"));
    page.pill.wake();
  });
}

/** Has the model that was chosen loaded, so that the next dream need not wait for it. @param {string} model */
async function switchTo(model) {
  // Whoever dreams with it is told why it cannot be had.
  await tell("/models/switch", { model }).catch(() => {});
}

class Models {
  /** @param {HTMLElement} element @param {Page} page */
  constructor(element, page) {
    this.element = element;
    this.page = page;
    /** @type {ToldModels | null} */
    this.told = null;
    this.turn = 0;
    this.adding = new Adding({
      fetch: async (model) => {
        const isBegun = await this.coming.act("/models/downloads", model);
        if (isBegun) this.coming.element.scrollIntoView({ block: "nearest" });
        return isBegun;
      },
      changed: () => this.refresh(),
    });
    this.coming = new OnTheWay({
      isSeen: () => document.body.dataset.tab === "models",
      arrived: () => this.refresh(),
      toasts: page.toasts,
    });
    const correcting = new Correcting({ changed: (model) => this.corrected(model), toasts: page.toasts });
    this.detail = new Detail(correcting, {
      use: (card) => this.use(card.model, card.title),
      changed: () => this.refresh(),
      closed: () => this.mark(true),
      toasts: page.toasts,
    });
    this.known = make("ul", {});
    this.knownBox = make("details", { className: "known" }, make("summary", { textContent: "Well-known models with open weights" }), this.known,
      make("p", { className: "is-small", textContent: "Sizes and memory are approximate; what is fetched is told before it begins." }));
    this.families = make("div", { className: "families" });
    this.fault = make("p", { className: "models-fault", role: "alert", hidden: true });
    const middle = make("div", { className: "models-middle" }, this.adding.form, this.adding.answer, this.knownBox, this.fault, this.families);
    element.append(middle, this.detail.element);
  }

  seen() {
    this.refresh();
    this.coming.follow();
  }

  /** Asks what there is, and shows it. */
  async refresh() {
    this.turn += 1;
    const { turn } = this;
    try {
      /** @type {ToldModels} */
      const told = await ask("/models");
      if (turn === this.turn) this.show(told);
    } catch (error) {
      if (turn === this.turn) this.refused(error);
    }
  }

  /** @param {unknown} error */
  refused(error) {
    this.fault.hidden = false;
    this.fault.textContent = wordsOf(error);
    const isOthers = error instanceof Refused && error.status === 403;
    for (const part of [this.adding.form, this.adding.answer, this.knownBox, this.families]) part.hidden = isOthers;
  }

  /** @param {ToldModels} told */
  show(told) {
    const isFirst = this.told === null;
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.model : undefined;
    this.told = told;
    this.fault.hidden = true;
    this.adding.tell(told);
    const known = knownModels(told, (model) => {
      this.adding.field.value = model;
      this.adding.lookUp(model);
      this.element.querySelector(".models-middle")?.scrollTo({ top: 0 });
    });
    this.known.replaceChildren(...known);
    this.knownBox.hidden = known.length < 2;
    if (isFirst) this.knownBox.open = isWide() && told.models.length < FEW;
    this.families.replaceChildren(this.coming.element, ...families(told, (model) => this.open(model)));
    if (isFirst && isWide()) this.detail.model = settings.text("model") || told.default;
    this.detail.show(this.detail.model, told);
    this.mark(false);
    if (focused !== undefined) this.cardOf(focused)?.focus();
  }

  /** @param {string} model @returns {HTMLElement | undefined} */
  cardOf(model) {
    return [...this.families.querySelectorAll("button")].find((one) => one.dataset.model === model);
  }

  /** @param {string} model */
  open(model) {
    if (!this.told) return;
    this.detail.show(model, this.told);
    this.detail.element.scrollTo({ top: 0 });
    this.mark(false);
    if (!isWide()) this.detail.element.focus();
  }

  /** The card whose detail is shown is marked; where that was closed, the keyboard goes back to it. @param {boolean} isClosed */
  mark(isClosed) {
    for (const card of this.families.querySelectorAll("button")) {
      const was = card.getAttribute("aria-pressed") === "true";
      card.setAttribute("aria-pressed", String(card.dataset.model === this.detail.model));
      if (isClosed && was) card.focus();
    }
  }

  /** The page knows a corrected model anew, and begins its dreams so. @param {string} model */
  async corrected(model) {
    facts.models[model] = await ask(`/model?${new URLSearchParams({ name: model })}`);
    if (settings.text("model") === model) settings.set({ ...facts.models[model].defaults, correction: "" });
    await this.refresh();
  }

  /** @param {string} model @param {string} title */
  use(model, title) {
    settings.set({ model }, { byPerson: true });
    this.page.tabs.choose("dream");
    this.page.toasts.show(`Dreams are made with ${title} now.`);
  }
}
