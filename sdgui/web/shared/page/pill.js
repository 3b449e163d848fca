// @ts-check
// The model's state, in the header: asked for while it changes, and else when somebody uses the page, never by the clock.

import { find } from "../dom/dom.js";
import { retryAll } from "../fetch/again.js";
import { ask } from "../fetch/ask.js";

/** @typedef {import("../dreams/told.js").Status} Status */

/** What is older than this is asked for anew when somebody uses the page, or something is being dreamt. */
const CALM = 30_000;
const SOON = 700;
const USES = ["pointermove", "pointerdown", "keydown", "focus"];

export class Pill {
  /**
   * `told` is called with every state; `toast` says once why a model cannot be loaded; `isDreaming` tells whether a dream
   * may change it.
   * @param {{ told: (status: Status) => void, isDreaming: () => boolean,
   *   toast: (message: string, hint?: string, isError?: boolean, milliseconds?: number) => void }} calls
   */
  constructor({ told, isDreaming, toast }) {
    this.element = find("#model-pill");
    this.told = told;
    this.isDreaming = isDreaming;
    this.toast = toast;
    this.wake = () => {};
    this.asked = -Infinity;
    this.failures = 0;
    this.failure = "";
    for (const type of USES) window.addEventListener(type, () => this.used(), { capture: true, passive: true });
    this.follow();
  }

  async follow() {
    for (;;) {
      this.asked = performance.now();
      /** @type {Status} */
      const status = await ask("/status").catch(() => ({ state: "gone", model: "" }));
      const wasGone = this.failures > 0;
      this.failures = status.state === "gone" ? this.failures + 1 : 0;
      this.show(status);
      if (wasGone && !this.failures) retryAll();
      await this.rest(this.wait(status.state));
      await seen();
    }
  }

  /** Resolves after so many milliseconds, or when it is woken. @param {number | null} wait @returns {Promise<void>} */
  rest(wait) {
    return new Promise((resolve) => {
      const timer = wait === null ? undefined : setTimeout(resolve, wait);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Milliseconds until a state is asked for anew; null where it does not change by itself. @param {string} state */
  wait(state) {
    if (state === "gone") return Math.min(SOON * 2 ** this.failures, CALM);
    if (state === "ready" || state === "failed") return this.isDreaming() ? CALM : null;
    return SOON;
  }

  /** Somebody uses the page: what it says should be so. */
  used() {
    if (performance.now() - this.asked > CALM) this.wake();
  }

  /** @param {Status} status */
  show(status) {
    this.told(status);
    this.element.dataset.state = status.state;
    const text = this.element.querySelector(".pill-text");
    if (text) text.textContent = words(status);
    this.element.setAttribute("aria-label", words(status)); // where there is no room for the words, too
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
      return [model, device?.replace(/^(cpu|mps)/, (name) => name.toUpperCase()), "ready"].filter(Boolean).join(" · ");
    case "failed":
      return `${model} · cannot be loaded`;
    case "gone":
      return "The server does not answer";
    default:
      return `${model} · loading…${fraction ? ` ${Math.round(fraction * 100)} %` : ""}`;
  }
}
