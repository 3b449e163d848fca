// @ts-check
// The stage as large as the window: the same modes and keys, and a zoom that both pictures share.

import { COMPACT } from "../../shared/dom/compact.js";
import { dialog } from "../../shared/dom/dialog.js";
import { button, make, targetOf } from "../../shared/dom/dom.js";

export class Large {
  /** Borrows the stage and the modes from the pair while it is open. @param {import("./pair.js").Pair} pair */
  constructor(pair) {
    this.pair = pair;
    this.stage = pair.stage;
    this.numbers = make("span", { className: "pair-numbers" });
    this.level = this.button("", "Back to the whole picture", () => this.stage.hand.reset());
    this.level.classList.add("pair-level");
    this.modes = make("div", { className: "pair-large-modes" });
    this.element = dialog({ id: "pair-large", aria: { label: "A and B, large" } },
      make("div", { className: "pair-large-top" },
        this.modes,
        this.numbers,
        make("div", { className: "pair-large-tools" },
          this.button("−", "Zoom out (−)", () => this.zoom(1 / 1.5)),
          this.level,
          this.button("+", "Zoom in (+)", () => this.zoom(1.5)),
          this.button("⇄", "Swap A and B", () => pair.swap()),
          this.button("✕", "Close", () => this.element.close()))));
    this.stage.hand.told = (zoom) => {
      this.level.textContent = `${Math.round(zoom * 100)} %`;
      this.level.disabled = zoom === 1;
    };
    this.stage.hand.reset();
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("close", () => this.closed());
  }

  /** @param {string} text @param {string} label @param {() => void} act */
  button(text, label, act) {
    return button(text, "quiet-button", act, { title: label, aria: { label } });
  }

  open() {
    if (this.element.open) return;
    this.pair.home.style.minHeight = `${this.pair.home.offsetHeight}px`;
    this.modes.append(this.pair.modes);
    this.element.append(this.stage.element, ...(COMPACT.matches ? [this.pair.table.element] : []));
    this.stage.element.classList.add("is-large");
    this.element.showModal();
    if (!this.stage.focus()) this.pair.focusMode();
  }

  close() {
    if (this.element.open) this.element.close();
  }

  closed() {
    this.stage.hand.reset();
    this.stage.element.classList.remove("is-large");
    this.pair.takeBack();
    this.pair.home.style.minHeight = "";
    (COMPACT.matches ? this.pair.strip.element : this.pair.enlarge).focus({ preventScroll: true });
  }

  /** @param {number} factor */
  zoom(factor) {
    this.stage.hand.zoomBy(factor);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === " ") {
      this.pair.key(event);
      return;
    }
    if (event.key === "+" || event.key === "=") this.zoom(1.5);
    else if (event.key === "-") this.zoom(1 / 1.5);
    else if (event.key === "0") this.stage.hand.reset();
    else if (this.stage.mode === "slider" && !targetOf(event).closest("input")) {
      this.stage.key(event);
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
