// @ts-check
// How large a grid would be and how long it would take, said before it begins.

import { button, find, make } from "../shared/dom/dom.js";
import { explain } from "../shared/dom/explain.js";
import { pause } from "../shared/dom/pause.js";
import { duration } from "../shared/dreams/words.js";
import { tell } from "../shared/fetch/ask.js";
import { wayOf } from "../shared/settings/field-errors.js";
import { facts, modelFacts } from "../shared/settings/facts.js";
import { settings } from "../shared/settings/settings.js";

/**
 * @typedef {import("../shared/dreams/told.js").Planned} Planned
 * @typedef {import("../shared/dreams/told.js").Size} Size
 */

const { axes } = facts.compare;

/** @param {number} cells */
const cellsOf = (cells) => `${cells.toLocaleString("en")} ${cells === 1 ? "cell" : "cells"}`;

const PAUSE = 400;

/** "36 cells · about 1 min 20 s". @param {Planned} planned */
const size = ({ cells = 0, seconds = null }) => `${cellsOf(cells)} · ${seconds === null ? "time not known yet" : `about ${duration(seconds)}`}`;

/** What the values of the two axes are written in. */
const FIELDS = ["#x-values textarea", "#y-values textarea"];

/** Writes what Python says of the grid under its axes; what is wrong with one of them, at that. @param {Planned | null} told @param {import("../shared/settings/field-errors.js").FieldErrors} fields */
function writePlan(told, fields) {
  if (!told) return;
  const place = find("#plan");
  place.classList.toggle("is-error", Boolean(told.error));
  const wrong = fields.named(told.field);
  for (const field of FIELDS.map(find)) {
    if (field !== wrong) fields.clear(field);
  }
  if (wrong) {
    fields.mark(wrong, [told.error, told.hint].filter(Boolean).join(" "), wayOf(told));
    place.replaceChildren();
    return;
  }
  /** @type {(string | undefined)[]} */
  const [first, ...rest] = told.error ? [told.error, told.hint] : [size(told), ...(told.notices ?? [])];
  place.replaceChildren(make("b", { textContent: first }), ...rest.filter((text) => text).map((text) => make("span", { textContent: text })));
}

/** Asks Python anew when a setting has changed and typing pauses, and when a dream has ended: its speed counts. */
export class Planning {
  /** @param {import("../shared/dreams/dreams.js").Dreams} dreams @param {import("../shared/settings/field-errors.js").FieldErrors} fields */
  constructor(dreams, fields) {
    this.fields = fields;
    this.turn = 0;
    settings.onChange(() => this.plan());
    this.plan();
    dreams.counted.add(() => this.plan());
  }

  async plan() {
    this.turn += 1;
    const { turn } = this;
    await pause(PAUSE);
    if (turn !== this.turn || settings.get("mode") !== "grid" || document.body.dataset.tab !== "compare") return;
    const told = await tell("/sheets/plan", { values: settings.values }).catch(() => null);
    if (turn === this.turn) writePlan(told, this.fields);
  }
}

/** Says under the values of an axis how they are written. */
export function hintAxes() {
  for (const axis of /** @type {const} */ (["x", "y"])) {
    const values = find(`#${axis}-values`);
    const hint = make("p", { className: "axis-hint", id: `${axis}-hint` });
    values.append(hint);
    values.querySelector("textarea")?.setAttribute("aria-describedby", hint.id);
    settings.follow([`${axis}_axis`], () => {
      const words = axes[settings.text(`${axis}_axis`)] ?? "";
      hint.replaceChildren(words, ...(words.includes("a range") ? [" ", explain("a range")] : []));
    });
    // Another axis begins with values that suit it.
    settings.onChosen(`${axis}_axis`, () => {
      const first = modelFacts(settings.get("model"))?.values[settings.text(`${axis}_axis`)];
      if (first !== undefined) settings.set({ [`${axis}_values`]: first });
    });
  }
}

/** Asks before many cells are dreamt. */
export class Confirm {
  /** @param {() => void} begin */
  constructor(begin) {
    this.words = make("p", {});
    this.yes = button("Dream grid", "quiet-button is-main", () => {
      this.element.close();
      begin();
    }, { id: "confirm-yes" });
    const no = button("Not now", "quiet-button", () => this.element.close(), { id: "confirm-no" });
    this.title = make("h2", {});
    this.element = make("dialog", { id: "confirm", className: "sd-dialog", aria: { label: "A large grid" } },
      this.title, this.words, make("div", { className: "confirm-actions" }, no, this.yes));
    document.body.append(this.element);
  }

  /** @param {Size} size */
  ask({ cells, seconds }) {
    this.title.textContent = `Dream ${cellsOf(cells)}?`;
    this.words.textContent = seconds === null
      ? "How long that takes is not known yet. You can stop at any time; what is finished stays."
      : `That takes about ${duration(seconds)}. You can stop at any time; what is finished stays.`;
    this.element.showModal();
    this.yes.focus();
  }
}
