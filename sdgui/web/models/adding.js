// @ts-check
// Adding a model: what the hub has is told before it is fetched; where it wants to know who asks, a token is taken.

import { button, make } from "../shared/dom/dom.js";
import { grey } from "../shared/dom/grey.js";
import { tell, wordsOf } from "../shared/fetch/ask.js";
import { meter, needs } from "./meter.js";
import { size } from "./words.js";

/**
 * @typedef {import("../shared/dreams/told.js").ModelOffer} ModelOffer
 * @typedef {import("../shared/dreams/told.js").ToldModels} ToldModels
 */

export const OFFLINE = "This program was told to ask no hub (HF_HUB_OFFLINE), so nothing can be looked up or fetched.";

export class Adding {
  /** `fetch` begins to fetch a model; `changed` asks anew what there is. @param {{ fetch: (model: string) => Promise<boolean>, changed: () => Promise<void> }} calls */
  constructor({ fetch, changed }) {
    this.fetch = fetch;
    this.changed = changed;
    this.turn = 0;
    /** @type {ToldModels | null} */
    this.told = null;
    this.field = make("input", {
      type: "text", id: "model-address", placeholder: matchMedia("(width > 700px)").matches ? "Add a model: a hub id like owner/name, or its address" : "Add: hub id or address",
      autocomplete: "off", spellcheck: false, maxLength: 1000, aria: { label: "Add a model: its id on the hub, or its address", describedby: "model-answer" },
    });
    this.field.setAttribute("autocapitalize", "off");
    this.field.setAttribute("enterkeyhint", "search");
    this.ask = make("button", { type: "submit", className: "quiet-button", textContent: "Look it up" });
    this.form = make("form", { className: "adding" }, this.field, this.ask);
    this.answer = make("div", { className: "adding-answer", id: "model-answer", role: "status" });
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.lookUp(this.field.value);
    });
  }

  /** @param {ToldModels} told */
  tell(told) {
    const wasOffline = this.told?.offline ?? false;
    this.told = told;
    grey(this.ask, told.offline ? OFFLINE : "");
    if (told.offline) this.say(OFFLINE);
    else if (wasOffline) this.close();
  }

  /** @param {string} text @param {boolean} [isError] */
  say(text, isError = false) {
    this.answer.replaceChildren(make("p", { className: isError ? "is-fault" : "", textContent: text }));
  }

  close() {
    this.turn += 1;
    this.answer.replaceChildren();
  }

  /** @param {string} text */
  async lookUp(text) {
    if (!text.trim()) {
      this.field.focus();
      return;
    }
    this.turn += 1;
    const { turn } = this;
    this.say("Asking the hub…");
    try {
      const offer = await tell("/models/look-up", { text });
      if (turn === this.turn) this.offer(offer);
    } catch (error) {
      if (turn === this.turn) this.say(wordsOf(error), true);
    }
  }

  /** @param {ModelOffer} offer */
  offer(offer) {
    if (!this.told) return;
    const { memory } = this.told;
    const close = button("Close", "quiet-button", () => {
      this.close();
      this.field.focus();
    });
    const facts = [offer.family_title, `${size(offer.bytes)} in ${offer.files.toLocaleString("en")} files`, offer.licence ?? "licence not told"].filter(Boolean).join(" · ");
    /** @type {HTMLElement[]} */
    const parts = [
      make("h3", { textContent: offer.title }),
      make("p", { textContent: `${offer.model} · ${facts}` }),
      ...(offer.memory_bytes ? [make("div", { className: "offer-memory" }, ...meter(offer.memory_bytes, memory), make("span", {}, ...needs(offer.memory_bytes, memory)))] : []),
    ];
    if (offer.locked) parts.push(...this.lock(offer));
    else {
      const isHere = offer.left === 0;
      const some = offer.left < offer.bytes && !isHere ? ` (${size(offer.bytes - offer.left)} of it is here already)` : "";
      const get = button(isHere ? "Add it, all of it is here" : `Fetch ${size(offer.left)}${some}`, "quiet-button is-main", async () => {
        grey(get, "It is being asked for");
        if (await this.fetch(offer.model)) {
          this.close();
          this.field.value = "";
        } else grey(get, "");
      });
      parts.push(make("div", { className: "offer-acts" }, get, close));
    }
    this.answer.replaceChildren(make("div", { className: "offer" }, ...parts, ...(offer.locked ? [make("div", { className: "offer-acts" }, close)] : [])));
    this.answer.querySelector("button")?.focus({ preventScroll: true });
  }

  /** What one must do to be given it. @param {ModelOffer} offer @returns {HTMLElement[]} */
  lock(offer) {
    const page = make("a", { href: offer.address, target: "_blank", rel: "noreferrer noopener", textContent: "its page on the hub" });
    const licence = offer.licence ? ` (${offer.licence})` : "";
    const field = make("input", { type: "password", id: "hub-token", autocomplete: "off", maxLength: 200, aria: { label: "Token for the hub" }, placeholder: this.told?.token ? "another token" : "hf_…" });
    const keep = make("button", { type: "submit", className: "quiet-button", textContent: "Keep the token, and look again" });
    const form = make("form", { className: "adding" }, field, keep);
    form.addEventListener("submit", async (event) => {
      event.preventDefault();
      const token = field.value;
      field.value = "";
      try {
        await tell("/models/token", { token }, "PUT");
        await this.changed();
        await this.lookUp(offer.model);
      } catch (error) {
        this.say(wordsOf(error), true);
      }
    });
    const why = this.told?.token
      ? "The token that is kept here does not open it: accept its terms with the account of that token, or give another."
      : "It is only given to people who accepted its terms:";
    return [
      make("p", {}, `${why} `, `read its licence${licence} and accept it on `, page, ", then give a token that may read."),
      form,
      make("p", { className: "is-small", textContent: "The token is kept in a file that only you can read, is told to the hub alone, and is never shown again." }),
    ];
  }
}
