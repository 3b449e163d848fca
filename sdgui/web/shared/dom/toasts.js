// @ts-check
// Sentences that come and go, and words for those who do not see the page.

import { button, make } from "./dom.js";

const MOST = 3;

export class Toasts {
  constructor() {
    this.element = make("div", { className: "toasts" });
    this.status = make("div", { className: "sr-only-live", role: "status" });
    document.body.append(this.element, this.status);
  }

  /**
   * One sentence and its hint; it goes by itself, or stays where `milliseconds` is 0.
   * @param {string} message
   * @param {string} [hint]
   */
  show(message, hint = "", isError = false, milliseconds = 9000) {
    const close = button("×", "", () => toast.remove(), { aria: { label: "Close the message" } });
    const toast = make(
      "div",
      { className: `toast${isError ? " is-error" : ""}`, role: isError ? "alert" : "status", data: { testid: "toast" } },
      make("div", {}, make("p", { textContent: message }), ...(hint ? [make("p", { textContent: hint })] : [])),
      close,
    );
    const host = document.querySelector("dialog[open]") ?? document.body;
    host.append(this.element);
    for (const other of [...this.element.children]) {
      if (other.textContent === toast.textContent) other.remove();
    }
    this.element.append(toast);
    while (this.element.children.length > MOST) this.element.firstElementChild?.remove();
    if (milliseconds) setTimeout(() => toast.remove(), milliseconds);
  }

  /** @param {string} message */
  take(message) {
    for (const toast of [...this.element.children]) if (toast.querySelector("p")?.textContent === message) toast.remove();
  }

  /** Errors of what was tried before: it has worked now. */
  clearErrors() {
    for (const toast of this.element.querySelectorAll(".is-error")) toast.remove();
  }

  /** For those who do not see the page. @param {string} words */
  say(words) {
    this.status.textContent = words;
  }
}
