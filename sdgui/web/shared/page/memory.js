// @ts-check
// What the header's pill opens: the memory of each worker, the models that are warm, and a button that frees one.

import { button, find, make } from "../dom/dom.js";
import { grey } from "../dom/grey.js";
import { pause } from "../dom/pause.js";
import { ago, duration, size } from "../dreams/words.js";
import { ask, tell, wordsOf } from "../fetch/ask.js";

/**
 * @typedef {import("../dreams/told.js").Memory} Told
 * @typedef {import("../dreams/told.js").WorkerMemory} WorkerMemory
 * @typedef {import("../dreams/told.js").HeldModel} HeldModel
 */

/** Milliseconds between two looks while it is open: the first answer makes idle workers measure. */
const SOON = 400;
const LATER = 2000;

export class Memory {
  /** @param {{ toast: (message: string, hint?: string, isError?: boolean) => void }} calls */
  constructor({ toast }) {
    this.toast = toast;
    this.button = find("#model-pill");
    this.opened = 0;
    this.element = make("div", { id: "memory", popover: "auto", role: "dialog", tabIndex: -1, aria: { label: "Memory" } });
    this.element.addEventListener("toggle", (event) => this.toggled(/** @type {ToggleEvent} */ (event).newState === "open"));
    this.content = make("div", { className: "memory-content" });
    this.element.append(this.content);
    document.body.append(this.element);
    this.button.setAttribute("popovertarget", "memory");
    addEventListener("resize", () => this.isOpen && this.place());
  }

  get isOpen() {
    return this.element.matches(":popover-open");
  }

  /** @param {boolean} isOpen */
  toggled(isOpen) {
    this.button.setAttribute("aria-expanded", String(isOpen));
    const own = ++this.opened;
    if (isOpen) {
      this.show(null);
      this.element.focus();
      this.follow(own);
    } else if (this.element.contains(document.activeElement) || document.activeElement === document.body) {
      this.button.focus({ preventScroll: true });
    }
  }

  /** Asks for as long as it is open. @param {number} own */
  async follow(own) {
    for (let wait = SOON; own === this.opened; wait = LATER) {
      const told = await ask("/memory").catch(() => null);
      if (own !== this.opened) return;
      this.show(told);
      await pause(document.hidden ? 2 * LATER : wait);
    }
  }

  /** @param {Told | null} told */
  show(told) {
    const focused = document.activeElement instanceof HTMLElement && this.element.contains(document.activeElement) ? document.activeElement.dataset.model : undefined;
    const workers = told?.workers.filter(({ title }) => title) ?? [];
    const parts = workers.map((worker) => panel(worker, told?.may_free ?? false, (model) => this.free(model)));
    this.content.replaceChildren(...(parts.length ? parts : [make("p", { className: "memory-note", textContent: told ? "The model is loading; its memory is told once it is there." : "Asking…" })]));
    this.place();
    if (focused === undefined) return;
    const same = [...this.element.querySelectorAll("button")].find((one) => one.dataset.model === focused);
    (same ?? this.element).focus();
  }

  /** Below the pill, and within the page. */
  place() {
    const at = this.button.getBoundingClientRect();
    const width = this.element.offsetWidth;
    const left = Math.max(12, Math.min(at.left + at.width / 2 - width / 2, innerWidth - width - 12));
    this.element.style.left = `${left}px`;
    this.element.style.top = `${at.bottom + 12}px`;
    this.element.style.setProperty("--tip", `${at.left + at.width / 2 - left}px`);
  }

  /** @param {HeldModel} model */
  async free(model) {
    try {
      this.show(await tell("/memory/free", { models: [model.model] }));
    } catch (error) {
      this.toast(wordsOf(error), "", true);
      return;
    }
    this.follow(++this.opened);
  }
}

/** @param {WorkerMemory} worker @param {boolean} mayFree @param {(model: HeldModel) => void} free */
function panel(worker, mayFree, free) {
  const { title, total, rows, models } = worker;
  const bar = total === null ? [] : [make("div", { className: "memory-bar", aria: { hidden: true } }, ...rows.map(({ kind, bytes }) => segment(kind, bytes)))];
  const left = Math.max(...models.filter(({ dreaming }) => !dreaming).map(({ seconds }) => seconds));
  return make(
    "section",
    { className: "memory-worker", aria: { label: title } },
    make("h2", {}, make("span", { textContent: title }), make("small", { textContent: total === null ? "" : size(total) })),
    ...bar,
    make("dl", {}, ...rows.flatMap(({ kind, text, bytes }) => [
      make("dt", {}, make("i", { className: `memory-${kind}`, aria: { hidden: true } }), text),
      make("dd", { textContent: size(bytes) }),
    ])),
    make("h3", { textContent: "Warm models" }),
    ...(models.length ? models.map((model) => row(model, mayFree, free)) : [make("p", { className: "memory-note", textContent: "None." })]),
    ...(mayFree && left > 0 ? [make("p", { className: "memory-note", textContent: `A freed model stays on disk and is back in about ${duration(left)}.` })] : []),
  );
}

/** @param {string} kind @param {number} bytes */
function segment(kind, bytes) {
  const part = make("i", { className: `memory-${kind}` });
  part.style.flexGrow = String(bytes);
  return part;
}

/** @param {HeldModel} model @param {boolean} mayFree @param {(model: HeldModel) => void} free */
function row(model, mayFree, free) {
  const { title, bytes, used, dreaming } = model;
  const name = make("div", {}, make("b", { textContent: title, title }), make("small", { textContent: dreaming ? "dreaming now" : `used ${ago(used)}` }));
  const parts = [name, make("span", { className: "memory-size", textContent: size(bytes) })];
  if (dreaming) parts.push(make("span", { className: "memory-dreaming", textContent: "dreaming" }));
  else if (mayFree) {
    const freeing = button("Free it", "quiet-button", () => {
      grey(freeing, "It is being freed");
      free(model);
    }, { data: { model: model.model }, aria: { label: `Free it: ${title}` } });
    parts.push(freeing);
  }
  return make("div", { className: "memory-model", data: { testid: "warm-model" } }, ...parts);
}
