// One dream of Compare: a wall of seeds, its refined ones, a row of variations, or a labelled grid.

import { Cell } from "./cell.js";
import { make } from "../shared/dom.js";
import { exportsOf } from "./export.js";
import { Row } from "../shared/row.js";
import { ago, doing, duration, settings } from "../shared/words.js";

const MANY = 20;
const CROWD = 42;
const WIDE = 5;
const KEYS = "←↑→↓ move · K keep · X reject · A/B pin · V vary";
const VARIATION = "variation ";
const REMEMBERED = "sdgui-sort-1";

export class Sheet extends Row {
  constructor(list, dream) {
    super(list, dream);
    this.element.className = "sheet";
    this.element.dataset.testid = "sheet";
    this.element.dataset.kind = this.kind;
    this.meta.after(make("span", { className: "sheet-keys", textContent: KEYS, aria: { hidden: true } }));
    this.wasActive = dream.isActive;
    if (this.sort && !dream.isActive) this.order();
    const [first] = this.cells;
    if (first) first.openButton.tabIndex = 0;
  }

  get kind() {
    return this.dream.sheet.kind;
  }

  get isGrid() {
    return this.kind === "grid";
  }

  actions() {
    this.go = this.action("sheet-continue", "Continue", () => this.resume());
    this.go.title = "Make what is missing";
    const { list, dream } = this;
    const menu = this.action("sheet-export", "Export ▾", () => list.menu.open(menu, exportsOf(dream)));
    menu.setAttribute("aria-haspopup", "menu");
    return [...(this.isGrid ? [] : [this.makeSort()]), this.go, this.stop, menu, this.reuse, this.removal];
  }

  makeSort() {
    this.sort = make("select", { className: "sheet-sort", aria: { label: "Sort" } },
      make("option", { value: "seed", textContent: this.kind === "variations" ? "Sort: in order" : "Sort: by seed" }),
      make("option", { value: "match", textContent: "Sort: match to prompt" }));
    this.sort.value = localStorage.getItem(REMEMBERED) === "match" ? "match" : "seed";
    this.sort.addEventListener("change", () => {
      localStorage.setItem(REMEMBERED, this.sort.value);
      this.order();
    });
    return make("span", { className: "sort-box" }, this.sort);
  }

  fill() {
    for (const picture of this.dream.pictures.values()) this.tiles.set(picture.index, new Cell(this, picture));
    this.element.append(this.isGrid ? this.plot() : this.wall());
  }

  wall() {
    const cells = [...this.tiles.values()];
    if (this.kind === "variations") for (const cell of cells) cell.caption(this.caption(cell.picture), this.varied(cell.picture));
    this.grid = make("div", { className: "wall", role: "group", aria: { label: "Pictures" } }, ...cells.map((cell) => cell.frame));
    const size = cells.length > CROWD ? "crowd" : cells.length > MANY ? "many" : "few";
    this.grid.dataset.size = size;
    this.grid.style.setProperty("--count", cells.length);
    this.grid.classList.toggle("is-narrow", size !== "few" || (this.kind === "variations" && cells.length >= WIDE));
    return this.grid;
  }

  /** Columns and rows with their labels, which stay in sight while it scrolls. */
  plot() {
    const { x, y } = this.dream.sheet;
    const columns = x.labels.length;
    const label = (className, text, place, title) => {
      const element = make("div", { className, title: `${title}: ${text}` }, make("span", { textContent: text }));
      element.style.gridArea = place;
      return element;
    };
    const corner = make("div", { className: "plot-corner" },
      make("span", { textContent: `${x.title} →` }), ...(y ? [make("span", { textContent: `${y.title} ↓` })] : []));
    const heads = x.labels.map((text, i) => label("plot-column", text, `1 / ${i + 2}`, x.title));
    const sides = (y?.labels ?? []).map((text, i) => label("plot-row", text, `${i + 2} / 1`, y.title));
    for (const [index, cell] of this.tiles) {
      cell.element.style.gridArea = `${Math.floor(index / columns) + 2} / ${(index % columns) + 2}`;
    }
    this.grid = make("div", { className: "plot-grid" },
      corner, ...heads, ...sides, ...[...this.tiles.values()].map((cell) => cell.element));
    const { width, height } = this.dream.settings;
    this.grid.style.setProperty("--columns", columns);
    this.grid.style.setProperty("--rows", y?.labels.length ?? 1);
    this.grid.style.setProperty("--aspect", width / height);
    this.grid.classList.toggle("is-narrow", columns >= WIDE);
    const name = y ? `${x.title} by ${y.title}` : x.title;
    return make("div", { className: "plot", role: "group", aria: { label: name } }, this.grid);
  }

  /** What is special of a picture, for ears: where it lies in a grid, how it varies. */
  where(index) {
    const { x, y } = this.dream.sheet;
    if (!this.isGrid) return this.kind === "variations" ? [this.varied(this.dream.pictures.get(index))] : [];
    const column = `${x.title} ${x.labels[index % x.labels.length]}`;
    return y ? [column, `${y.title} ${y.labels[Math.floor(index / x.labels.length)]}`] : [column];
  }

  varied(picture) {
    const { x } = this.dream.sheet;
    if (x) return `${x.title === "Strength" ? "strength " : VARIATION}${x.labels[picture.index] ?? ""}`;
    const { variation } = picture.settings;
    if (!variation) return "strength 0";
    const strengths = new Set([...this.dream.pictures.values()].map((other) => other.settings.variation?.strength ?? 0));
    return strengths.size > 1 ? `strength ${variation.strength}` : `${VARIATION}${variation.seed}`;
  }

  /** The same below a tile, where ten digits have room, and few words beside them. */
  caption(picture) {
    const words = this.varied(picture);
    return words.startsWith(VARIATION) ? words.slice(VARIATION.length) : words;
  }

  /** Its tiles in the order in which they are seen. */
  get cells() {
    const cells = [...this.tiles.values()];
    if (this.sort?.value !== "match" || !this.ordered) return cells;
    return cells.sort((a, b) => this.ordered.get(a) - this.ordered.get(b));
  }

  get pictures() {
    return this.cells.map((cell) => cell.picture).filter(({ id }) => id !== null);
  }

  /** Sorts anew: when asked to, and when all are there; never while pictures come, so that nothing jumps. */
  order() {
    const held = this.grid.contains(document.activeElement) ? document.activeElement : null;
    const ranks = this.dream.ranks();
    const cells = [...this.tiles.values()];
    if (this.sort.value === "match") {
      cells.sort((a, b) => (ranks.get(a.picture.index) ?? Infinity) - (ranks.get(b.picture.index) ?? Infinity)
        || a.picture.index - b.picture.index);
    }
    this.ordered = new Map(cells.map((cell, place) => [cell, place]));
    this.grid.append(...cells.map((cell) => cell.frame));
    held?.focus({ preventScroll: true });
  }

  say() {
    super.say();
    const { dream } = this;
    const missing = dream.missing;
    this.go.hidden = dream.isActive || !missing;
    this.go.textContent = `Continue (${missing})`;
    const ranks = dream.ranks();
    for (const [index, cell] of this.tiles) cell.place(ranks.get(index) ?? null);
    this.list.selection.pins(this);
    if (this.sort) {
      this.sort.options[1].disabled = !ranks.size && this.sort.value !== "match";
      this.sort.title = ranks.size ? "" : "No match was measured for these pictures";
      if (this.wasActive && !dream.isActive && this.sort.value === "match") this.order();
    }
    this.wasActive = dream.isActive;
  }

  doing() {
    const { news, pictures, done } = this.dream;
    if (this.list.dreams.isOffline || news?.type !== "progress") return super.doing();
    const step = news.step ? `step ${news.step} of ${news.steps}` : done.length ? "" : "starting…";
    const left = news.seconds_left === null ? step : `${duration(news.seconds_left)} left`;
    return [`${done.length} of ${pictures.size}`, left].filter(Boolean).join(" · ");
  }

  made() {
    const { state, created, done, pictures } = this.dream;
    const count = done.length < pictures.size ? `${done.length} of ${pictures.size}` : `${pictures.size}`;
    const stopped = state === "cancelled" ? "stopped · " : "";
    const parts = [`${stopped}${count} ${this.what}`, ago(created), settings(this.dream.settings, this.dream.varied)];
    return parts.filter(Boolean).join(" · ");
  }

  get what() {
    const { x, y } = this.dream.sheet;
    const [first] = this.dream.pictures.values();
    switch (this.kind) {
      case "refined":
        return "refined";
      case "variations":
        return `variations of seed ${first?.seed}`;
      case "grid":
        return y ? `cells: ${x.title} × ${y.title}` : `cells: ${x.title}`;
      default:
        return "seeds";
    }
  }

  async resume() {
    this.go.disabled = true;
    await this.list.dreams.resume(this.dream.id);
    this.go.disabled = false;
  }

  focus(picture) {
    const cell = this.tiles.get(picture.index);
    if (cell) this.list.selection.select(cell, { focus: true });
  }

  forget(cell) {
    super.forget(cell);
    this.ordered?.delete(cell);
    this.list.selection.forget(cell);
  }
}
