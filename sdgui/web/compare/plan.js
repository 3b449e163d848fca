// How large a grid would be and how long it would take, said before it begins.

import { controls, follow } from "../shared/controls.js";
import { make } from "../shared/dom.js";
import { duration } from "../shared/words.js";

const cellsOf = (cells) => `${cells.toLocaleString("en")} ${cells === 1 ? "cell" : "cells"}`;

const isKnown = (seconds) => seconds !== null && seconds !== undefined;
const PAUSE = 500;
const STRENGTH = "Variation strength";

/** "36 cells · about 1 min 20 s". */
const size = ({ cells, seconds }) => `${cellsOf(cells)} · ${isKnown(seconds) ? `about ${duration(seconds)}` : "time not known yet"}`;

/** Writes what Python says of the grid under its axes. */
export function writePlan(told) {
  const place = document.querySelector("#plan");
  if (!place || !told) return;
  place.classList.toggle("is-error", Boolean(told.error));
  const [first, ...rest] = told.error ? [told.error, told.hint] : [size(told), ...(told.notices ?? [])];
  place.replaceChildren(make("b", { textContent: first }), ...rest.filter(Boolean).map((text) => make("span", { textContent: text })));
}

/** Asks Python anew when the prompt has changed and typing pauses, and when a dream has ended: its speed counts. */
export function keepPlanning(dreams) {
  let pause = 0;
  const plan = () => controls.mode === "grid" && window.sdguiCompare?.plan();
  document.querySelector("#prompt textarea")?.addEventListener("input", () => {
    clearTimeout(pause);
    pause = setTimeout(plan, PAUSE);
  });
  follow(() => dreams.active.length, plan);
}

/** Says under the values of an axis how they are written. */
export function hintAxes() {
  for (const axis of ["x", "y"]) {
    const values = document.querySelector(`#${axis}-values`);
    if (!values) continue;
    const hint = make("p", { className: "axis-hint", id: `${axis}-hint` });
    values.append(hint);
    values.querySelector("textarea")?.setAttribute("aria-describedby", hint.id);
    follow(() => controls.axis(axis), (title) => {
      hint.textContent = window.sdguiModels.axes[title] ?? "";
      document.body.toggleAttribute("data-strengths", ["x", "y"].some((one) => controls.axis(one) === STRENGTH));
    });
  }
}

/** Asks before many cells are dreamt. */
export class Confirm {
  constructor(begin) {
    this.words = make("p", {});
    const yes = make("button", { type: "button", className: "quiet-button is-main", id: "confirm-yes", textContent: "Dream grid" });
    const no = make("button", { type: "button", className: "quiet-button", id: "confirm-no", textContent: "Not now" });
    yes.addEventListener("click", () => {
      this.element.close();
      begin();
    });
    no.addEventListener("click", () => this.element.close());
    this.title = make("h2", {});
    this.element = make("dialog", { id: "confirm", className: "sd-dialog", aria: { label: "A large grid" } },
      this.title, this.words, make("div", { className: "confirm-actions" }, no, yes));
    document.body.append(this.element);
  }

  ask({ cells, seconds }) {
    this.title.textContent = `Dream ${cellsOf(cells)}?`;
    this.words.textContent = !isKnown(seconds)
      ? "How long that takes is not known yet. You can stop at any time; what is finished stays."
      : `That takes about ${duration(seconds)}. You can stop at any time; what is finished stays.`;
    this.element.showModal();
    this.element.querySelector("#confirm-yes").focus();
  }
}
