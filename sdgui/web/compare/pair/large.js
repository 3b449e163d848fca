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
    this.level = make("span", { className: "pair-level", title: "Pixels of the screen for one of the picture, along an edge" });
    this.fit = this.button("Fit", "Fit: the whole picture, at the most four times its pixels (0)", () => this.stage.hand.reset());
    this.actual = this.button("1:1", "1:1: one pixel of the picture for one of the screen (1)", () => this.stage.hand.rescale());
    this.scales = make("div", { className: "pair-scales" }, this.fit, this.actual);
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
    this.stage.hand.told = () => this.say();
    new ResizeObserver(() => this.element.open && this.stage.hand.settle()).observe(this.stage.element);
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
    this.stage.element.append(this.scales);
    this.element.showModal();
    this.stage.hand.reset();
    if (!this.stage.focus()) this.pair.focusMode();
  }

  close() {
    if (this.element.open) this.element.close();
  }

  closed() {
    this.scales.remove();
    this.stage.element.classList.remove("is-large");
    this.stage.hand.reset();
    this.pair.takeBack();
    this.pair.home.style.minHeight = "";
    (COMPACT.matches ? this.pair.strip.element : this.pair.enlarge).focus({ preventScroll: true });
  }

  /** How large they are seen: of two sizes, both. */
  say() {
    const { hand } = this.stage;
    this.level.textContent = `${[...new Set(hand.sizes().scales.map((scale) => Math.round(scale * 100)))].join(" / ")} %`;
    this.fit.setAttribute("aria-pressed", String(hand.isFit));
    this.actual.setAttribute("aria-pressed", String(hand.isActual));
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
    else if (event.key === "1") this.stage.hand.rescale();
    else if (this.stage.mode === "slider" && !targetOf(event).closest("input")) {
      this.stage.key(event);
      return;
    } else return;
    event.preventDefault();
    event.stopPropagation();
  }
}
