// @ts-check
// The model's state, in the header.

import { find } from "../dom/dom.js";
import { pause } from "../dom/pause.js";
import { ask } from "../fetch/ask.js";

/** @typedef {import("../dreams/told.js").Status} Status */

const CALM = 30_000;
const SOON = 700;

export class Pill {
  /** `told` is called with every state; `toast` says once why a model cannot be loaded. @param {{ told: (status: Status) => void, toast: (message: string, hint?: string, isError?: boolean, milliseconds?: number) => void }} calls */
  constructor({ told, toast }) {
    this.element = find("#model-pill");
    this.told = told;
    this.toast = toast;
    this.wake = () => {};
    this.failure = "";
    this.follow();
  }

  async follow() {
    for (;;) {
      /** @type {Status} */
      const status = await ask("/status").catch(() => ({ state: "gone", model: "" }));
      this.show(status);
      await Promise.race([pause(status.state === "ready" ? CALM : SOON), new Promise((wake) => (this.wake = () => wake(null)))]);
      await seen();
    }
  }

  /** @param {Status} status */
  show(status) {
    this.told(status);
    this.element.dataset.state = status.state;
    const text = this.element.querySelector(".pill-text");
    if (text) text.textContent = words(status);
    this.element.title = [status.message, status.hint, status.dtype].filter(Boolean).join(" ");
    if (status.state !== "failed" || this.failure === status.message) return;
    this.failure = status.message ?? "";
    this.toast(this.failure, status.hint, true, 0);
  }
}

/** Resolves when somebody can see the page. @returns {Promise<void>} */
function seen() {
  return new Promise((resolve) => {
    const look = () => {
      if (document.hidden) return;
      document.removeEventListener("visibilitychange", look);
      resolve();
    };
    document.addEventListener("visibilitychange", look);
    look();
  });
}

/** @param {Status} status */
function words({ state, model, device, fraction }) {
  switch (state) {
    case "ready":
      return [model, device, "ready"].filter(Boolean).join(" · ");
    case "failed":
      return `${model} · cannot be loaded`;
    case "gone":
      return "no connection";
    default:
      return `${model} · loading…${fraction ? ` ${Math.round(fraction * 100)} %` : ""}`;
  }
}
