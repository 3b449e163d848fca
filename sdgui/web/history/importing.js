// @ts-check
// Bringing in the pictures of a folder of this machine: for the owner alone, who is asked where it is and how.

import { dialog } from "../shared/dom/dialog.js";
import { button, make } from "../shared/dom/dom.js";
import { grey } from "../shared/dom/grey.js";
import { ask, tell, wordsOf } from "../shared/fetch/ask.js";

/**
 * @typedef {import("./told.js").ToldImport} ToldImport
 * @typedef {{ menu: import("../shared/dom/menu.js").Menu, toasts: import("../shared/dom/toasts.js").Toasts, changed: () => void }} Calls
 */

/** Milliseconds after which it is asked how far it is, as long as one is under way and somebody looks. */
const SOON = 1000;
const TITLE = "Import a folder";

export class Importing {
  /** @param {Calls} calls */
  constructor(calls) {
    this.calls = calls;
    /** @type {ToldImport | null} */
    this.shown = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    /** Whether who looks may bring in folders; that is told. */
    this.may = false;
    this.more = button("⋯", "history-square history-more", () => calls.menu.open(this.more, [{ text: `${TITLE}…`, act: () => this.open() }]), {
      title: "More", aria: { label: "More", haspopup: "menu", expanded: false },
    });
    this.title = make("b", {});
    this.words = make("span", {});
    this.bar = make("progress", { aria: { label: "How much of the folder is imported" } });
    this.stop = button("Stop", "quiet-button", () => this.pressed());
    this.line = make("div", { className: "history-bin-line history-import", role: "group", hidden: true, aria: { label: "Import of a folder" } },
      this.title, this.words, this.stop, this.bar);
    this.path = make("input", { type: "text", id: "history-import-path", autocomplete: "off", spellcheck: false, required: true, maxLength: 4096,
      placeholder: "/home/me/stable-diffusion/outputs" });
    this.linked = make("input", { type: "radio", name: "history-import-how", checked: true });
    const copied = make("input", { type: "radio", name: "history-import-how" });
    this.fault = make("p", { className: "is-error", role: "alert", hidden: true });
    this.go = button("Import", "quiet-button is-main", () => {}, { type: "submit" });
    const form = make("form", { method: "dialog" },
      make("h2", { id: "history-importing-title", textContent: TITLE }),
      make("p", { textContent: "Pictures of A1111, Forge, ComfyUI, InvokeAI, SwarmUI or an older sdgui, with what they were made with. Importing it again adds only what is new." }),
      make("label", {}, make("span", { textContent: "Path of the folder on this machine" }), this.path),
      make("fieldset", { role: "radiogroup", aria: { label: "How" } },
        make("label", {}, this.linked, "Link: the files stay where they are"),
        make("label", {}, copied, "Copy them into the output folder")),
      make("p", { textContent: "Your own files are only read. Deleting a linked picture here, or emptying the bin, never deletes them." }),
      this.fault,
      make("div", { className: "history-emptying-acts" }, button("Cancel", "quiet-button", () => this.element.close()), this.go));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.begin();
    });
    this.element = dialog({ id: "history-importing", aria: { labelledby: "history-importing-title" } }, form);
    document.addEventListener("visibilitychange", () => document.hidden || (this.shown?.state === "running" && this.look()));
  }

  open() {
    this.fault.hidden = true;
    this.element.showModal();
    this.path.focus();
  }

  async begin() {
    grey(this.go, "The folder is being looked at");
    try {
      const told = await tell("/history/imports", { folder: this.path.value, copies: !this.linked.checked });
      if (told.error) {
        this.fail([told.error, told.hint].filter(Boolean).join(" "));
        return;
      }
      this.element.close();
      this.show(told.import);
    } catch (error) {
      this.fail(wordsOf(error));
    } finally {
      grey(this.go, "");
    }
  }

  /** @param {string} words */
  fail(words) {
    this.fault.textContent = words;
    this.fault.hidden = false;
    this.path.focus();
  }

  /** Asks how far it is; who may not know has nothing to choose here. */
  async look() {
    clearTimeout(this.timer);
    /** @type {{ may: boolean, imports: ToldImport[] } | null} */
    const told = await ask("/history/imports").catch(() => null);
    this.more.parentElement?.classList.add("is-told");
    if (!told) return;
    this.may = told.may;
    this.more.hidden = !told.may;
    const { shown } = this;
    const next = told.imports.find(({ state }) => state === "running") ?? told.imports.find(({ id }) => id === shown?.id);
    if (next) this.show(next);
  }

  /** @param {ToldImport} told */
  show(told) {
    const isNew = told.added > 0 && (this.shown?.id !== told.id || this.shown.added !== told.added);
    const hasEnded = told.state !== "running" && this.shown?.state === "running";
    this.shown = told;
    const isRunning = told.state === "running";
    this.title.textContent = `${isRunning ? "Importing" : "Import of"} ${told.folder}`;
    this.words.textContent = told.sentence;
    this.stop.textContent = isRunning ? "Stop" : "Close";
    this.bar.hidden = !isRunning;
    if (told.total) {
      this.bar.max = told.total;
      this.bar.value = told.done;
    } else this.bar.removeAttribute("value");
    this.line.hidden = false;
    if (hasEnded) this.calls.toasts.say(told.sentence);
    if (isNew || hasEnded) this.calls.changed();
    clearTimeout(this.timer);
    if (isRunning && !document.hidden) this.timer = setTimeout(() => this.look(), SOON);
  }

  async pressed() {
    const { shown } = this;
    if (shown?.state !== "running") {
      this.line.hidden = true;
      this.shown = null;
      return;
    }
    await ask(`/history/imports/${shown.id}`, { method: "DELETE" }).catch((error) => this.calls.toasts.show(wordsOf(error), "", true));
    this.look();
  }
}
