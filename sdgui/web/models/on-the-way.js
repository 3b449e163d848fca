// @ts-check
// What is on its way from the hub: asked for once a second while it is seen, and not at all where nothing is.

import { button, make } from "../shared/dom/dom.js";
import { ask, tell, wordsOf } from "../shared/fetch/ask.js";
import { left, sharing, size } from "./words.js";

/** @typedef {import("../shared/dreams/told.js").ModelDownload} ModelDownload */

const SOON = 1000;
const MOVING = ["running", "checking"];

export class OnTheWay {
  /**
   * `isSeen` tells whether anybody sees it; `arrived` is called when one of them is no longer on its way.
   * @param {{ isSeen: () => boolean, arrived: () => Promise<void>, toasts: import("../shared/dom/toasts.js").Toasts }} calls
   */
  constructor({ isSeen, arrived, toasts }) {
    this.isSeen = isSeen;
    this.arrived = arrived;
    this.toasts = toasts;
    /** @type {ModelDownload[]} */
    this.downloads = [];
    /** @type {Map<string, Card>} */
    this.cards = new Map();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.element = make("section", { className: "family on-the-way", hidden: true }, make("h2", { textContent: "On its way" }));
    this.place = make("div", { className: "family-cards" });
    this.element.append(this.place);
    document.addEventListener("visibilitychange", () => this.follow());
  }

  /** Asks now, and then as long as something moves. */
  async follow() {
    clearTimeout(this.timer);
    if (!this.isSeen() || document.hidden) return;
    try {
      this.show((await ask("/models/downloads")).downloads);
    } catch {
      // Whoever uses the page next asks again; the header says that there is no connection.
    }
    if (this.downloads.some(({ state }) => MOVING.includes(state))) this.timer = setTimeout(() => this.follow(), SOON);
  }

  /** @param {ModelDownload[]} downloads */
  show(downloads) {
    const names = downloads.map(({ model }) => model);
    const gone = this.downloads.filter(({ model }) => !names.includes(model));
    this.downloads = downloads;
    this.element.hidden = !downloads.length;
    this.element.dataset.span = String(Math.min(3, downloads.length));
    for (const { model } of gone) {
      this.cards.get(model)?.element.remove();
      this.cards.delete(model);
    }
    for (const download of downloads) {
      let card = this.cards.get(download.model);
      if (!card) {
        card = new Card(download.model, (path, model) => this.act(path, model));
        this.cards.set(download.model, card);
        this.place.append(card.element);
      }
      card.show(download);
    }
    if (gone.length) this.arrived();
  }

  /** @param {string} path @param {string} model @returns {Promise<boolean>} whether it was done */
  async act(path, model) {
    try {
      const { downloads } = await tell(path, { model });
      this.show(downloads);
      this.follow();
      return true;
    } catch (error) {
      this.toasts.show(wordsOf(error), "", true);
      return false;
    }
  }
}

/** One of them; its buttons stay the same ones, so that the keyboard keeps its place. */
class Card {
  /** @param {string} model @param {(path: string, model: string) => Promise<boolean>} act */
  constructor(model, act) {
    this.name = make("b");
    this.percent = make("span", { className: "model-tag is-plain" });
    this.facts = make("span", { className: "model-line" });
    this.bar = make("i");
    this.meter = make("span", { className: "meter is-progress", role: "progressbar" }, this.bar);
    this.meter.setAttribute("aria-valuemin", "0");
    this.meter.setAttribute("aria-valuemax", "100");
    this.pace = make("span", { className: "model-line" });
    this.fault = make("span", { className: "model-line is-fault", role: "alert" });
    this.isHeld = false;
    this.hold = button("Pause", "link-button", () => act(this.isHeld ? "/models/downloads" : "/models/downloads/pause", model));
    this.give = button("Cancel", "link-button", () => this.askOnce(model, act));
    this.note = make("span", { className: "model-line", textContent: "goes on after a restart" });
    this.element = make("div", { className: "model-card", data: { download: model } },
      make("span", { className: "model-top" }, this.name, this.percent), this.facts, this.meter,
      make("span", { className: "download-acts" }, this.pace, this.hold, this.give), this.fault, this.note);
  }

  /** What is here is removed with it, so it is asked twice. @param {string} model @param {(path: string, model: string) => Promise<boolean>} act */
  askOnce(model, act) {
    if (this.give.dataset.asked) {
      act("/models/downloads/cancel", model);
      return;
    }
    this.give.dataset.asked = "yes";
    this.give.textContent = "Remove what is here";
    this.give.addEventListener("blur", () => {
      delete this.give.dataset.asked;
      this.give.textContent = "Cancel";
    }, { once: true });
  }

  /** @param {ModelDownload} download */
  show({ title, family_title: family, licence, state, done, total, speed, seconds_left: seconds, message, hint }) {
    const percent = Math.floor((100 * done) / Math.max(1, total));
    this.isHeld = state === "paused" || state === "failed";
    this.name.textContent = title;
    this.percent.textContent = `${percent} %`;
    this.facts.textContent = [family, sharing(done, total), licence].filter(Boolean).join(" · ");
    this.bar.style.width = `${percent}%`;
    this.meter.setAttribute("aria-valuenow", String(percent));
    this.meter.setAttribute("aria-label", `${title} on its way`);
    const pace = [speed === null ? "" : `${size(speed)}/s`, seconds === null ? "" : left(seconds)].filter(Boolean).join(" · ");
    this.pace.textContent = { running: pace || "beginning…", checking: "comparing with the hub…", paused: "held", failed: "broken off" }[state];
    this.hold.textContent = this.isHeld ? "Go on" : "Pause";
    const words = [message, hint].filter(Boolean).join(" ");
    if (this.fault.textContent !== words) this.fault.textContent = words;
    this.fault.hidden = !words;
    this.note.hidden = Boolean(words);
  }
}
