// @ts-check
// What was done last, to one or thousands, and for a while can be taken back by one click or key.

import { targetOf } from "./dom.js";
import { KEY } from "./keys.js";

/** @typedef {{ undo: () => void, close: () => void }} Undoable */

export class Undoing {
  /** @param {import("./toasts.js").Toasts} toasts */
  constructor(toasts) {
    this.toasts = toasts;
    /** What can be taken back while its toast stands. @type {Undoable | null} */
    this.last = null;
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /** Says what was done, and offers to take it back, in place of what was offered before. @param {string} what @param {() => void} undo @param {{ title?: string, lasts?: boolean }} [how] */
  offer(what, undo, { title = "Take it back", lasts = false } = {}) {
    this.last?.close();
    /** @type {Undoable} */
    const offered = { undo, close: () => toast.close() };
    const toast = this.toasts.offer(what, {
      text: "Undo", title: `${title} (${KEY}+Z)`, lasts, act: () => this.undo(), ended: () => this.last === offered && (this.last = null),
    });
    this.last = offered;
  }

  /** Takes back what was done last. */
  async undo() {
    const { last } = this;
    if (!last) return;
    this.last = null;
    last.close();
    await last.undo();
  }

  /** In a text field the same keys undo what was typed. @param {KeyboardEvent} event */
  key(event) {
    const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!isUndo || !this.last || targetOf(event).closest("textarea, input:not([type=checkbox], [type=radio], [type=range]), select")) return;
    event.preventDefault();
    this.undo();
  }
}
