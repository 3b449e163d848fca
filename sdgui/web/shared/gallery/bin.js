// @ts-check
// Nothing is gone at once: what is deleted goes into the bin, and for a while one click or key brings it back.

import { KEY } from "../dom/keys.js";
import { targetOf } from "../dom/dom.js";
import { isGone, tell, wordsOf } from "../fetch/ask.js";

/**
 * What is deleted: pictures by their ids, and whole dreams.
 * @typedef {{ pictures?: string[], dreams?: string[] }} Deleted
 * @typedef {{ deleted: Deleted, undo: string, jobs: Set<string>, toast: import("../dom/toasts.js").Toast }} Undoable
 */

export class Bin {
  /**
   * `forget` is told of each picture that is deleted, `returned` that something came back.
   * @param {{ dreams: import("../dreams/dreams.js").Dreams, toasts: import("../dom/toasts.js").Toasts,
   *   forget: (id: string) => void, returned: () => void }} parts
   */
  constructor({ dreams, toasts, forget, returned }) {
    this.dreams = dreams;
    this.toasts = toasts;
    this.forget = forget;
    this.returned = returned;
    /** What can be brought back while its toast stands. @type {Undoable | null} */
    this.last = null;
    document.addEventListener("keydown", (event) => this.key(event));
  }

  /** Puts pictures and whole dreams into the bin and offers to undo it; false where that could not be. @param {Deleted} deleted */
  async put({ pictures = [], dreams = [] }) {
    // Before anybody is told: then the page knows them no more.
    const whole = dreams.flatMap((job) => this.dreams.known.get(job)?.done ?? []);
    const jobs = new Set([...dreams, ...pictures.flatMap((id) => this.dreams.picture(id)?.dream.id ?? [])]);
    /** @type {{ pictures: number, undo: string }} */
    let told;
    try {
      told = await tell("/bin", { pictures, dreams });
    } catch (error) {
      if (!isGone(error)) {
        this.toasts.show(wordsOf(error), "Nothing was deleted.", true);
        return false;
      }
      told = { pictures: 0, undo: "" }; // deleted elsewhere
    }
    for (const job of dreams) this.dreams.drop(job);
    for (const picture of [...pictures, ...whole.flatMap(({ id }) => id ?? [])]) this.forget(picture);
    this.dreams.settle();
    if (told.undo) this.offer({ pictures, dreams }, told, jobs);
    return true;
  }

  /** @param {Deleted} deleted @param {{ pictures: number, undo: string }} told @param {Set<string>} jobs */
  offer(deleted, { pictures, undo }, jobs) {
    this.last?.toast.close();
    const dreams = deleted.dreams?.length ?? 0;
    const what = pictures === 1 ? "1 picture" : pictures ? `${pictures} pictures` : dreams > 1 ? `${dreams} dreams` : "The dream";
    const toast = this.toasts.offer(`${what} deleted`, {
      text: "Undo", title: `Bring it back (${KEY}+Z)`, act: () => this.undo(), ended: () => this.last?.undo === undo && (this.last = null),
    });
    this.last = { deleted, undo, jobs, toast };
  }

  /** Brings back what was deleted last. */
  async undo() {
    const { last } = this;
    if (!last) return;
    this.last = null;
    last.toast.close();
    try {
      await tell("/bin/restore", { undo: last.undo });
    } catch (error) {
      this.toasts.show(wordsOf(error), "What was deleted is still in the bin.", true);
      return;
    }
    await this.dreams.after(() => Promise.all([...last.jobs].map((job) => this.dreams.return(job))));
    this.returned();
    this.toasts.say("Brought back");
  }

  /** In a text field the same keys undo what was typed. @param {KeyboardEvent} event */
  key(event) {
    const isUndo = event.key.toLowerCase() === "z" && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
    if (!isUndo || !this.last || targetOf(event).closest("textarea, input:not([type=checkbox], [type=radio], [type=range]), select")) return;
    event.preventDefault();
    this.undo();
  }
}
