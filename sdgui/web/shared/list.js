// A scrolling list of dreams, newest on top, older ones as one scrolls.

import { ask, make, pause } from "./dom.js";

const PAGE = 12;
/** Pixels below what is seen within which older dreams are asked for. */
const AHEAD = 800;

export class List {
  /**
   * `address` gives pages of dreams, `view(list, dream)` makes what shows one, `fits` tells which belong here, `tab` is
   * the tab that shows the list, and `greet` fills it while it is empty.
   */
  constructor(element, { dreams, address, view, fits, tab, greet }) {
    Object.assign(this, { element, dreams, address, view, fits, tab, greet });
    this.views = new Map();
    this.next = null;
    this.end = make("div", { className: "gallery-end" });
    this.element.append(this.end);
    dreams.lists.push(this);
    new IntersectionObserver(() => this.isNearEnd && this.older(), { root: element, rootMargin: `${AHEAD}px` }).observe(this.end);
    this.fitGutter();
    window.addEventListener("resize", () => this.fitGutter());
  }

  /** Whether its tab is the one that is seen. */
  get isShown() {
    return document.body.dataset.tab === this.tab;
  }

  get isNearEnd() {
    return this.end.getBoundingClientRect().top - this.element.getBoundingClientRect().bottom < AHEAD;
  }

  /** The pictures that can be opened, in the order in which they are seen. */
  get pictures() {
    return this.ordered.flatMap((view) => view.pictures);
  }

  get ordered() {
    return [...this.element.children].map((child) => this.views.get(child.dataset.job)).filter(Boolean);
  }

  /** The newest dreams, as the server has them. */
  async refresh() {
    let page = null;
    while (!page) page = await ask(`${this.address}?limit=${PAGE}`).catch(() => pause(2000));
    const isFirst = !this.views.size;
    for (const told of page.dreams) this.place(this.dreams.meet(told));
    if (isFirst) this.next = page.next;
    this.isKnown = true;
    if (isFirst && this.isNearEnd) this.older();
  }

  async older() {
    if (!this.next || this.isLoading || !this.isShown) return;
    this.isLoading = true;
    try {
      const page = await ask(`${this.address}?limit=${PAGE}&before=${this.next}`);
      for (const told of page.dreams) this.place(this.dreams.meet(told));
      this.next = page.next;
    } catch {
      await pause(2000);
    }
    this.isLoading = false;
    if (this.isNearEnd) await this.older();
  }

  /** Shows a dream where its age belongs. */
  place(dream) {
    const known = this.views.get(dream.id);
    if (known) return known;
    const view = this.view(this, dream);
    this.views.set(dream.id, view);
    const older = this.ordered.find((other) => other.dream.created < dream.created);
    this.element.insertBefore(view.element, older?.element ?? this.end);
    return view;
  }

  /** Puts the keyboard on the first picture of a dream, unless it is being typed elsewhere. */
  enter(job) {
    if (document.activeElement.closest("input, textarea, select, dialog")) return;
    this.views.get(job)?.element.querySelector(".open")?.focus({ preventScroll: true });
  }

  top() {
    this.element.scrollTo({ top: 0, behavior: "smooth" });
  }

  /** Its tab is seen now: what formed unseen is fetched. */
  shown() {
    this.fitGutter();
    for (const view of this.views.values()) view.shown();
  }

  drop(job) {
    this.views.get(job)?.remove();
    this.views.delete(job);
  }

  welcome() {
    if (!this.isKnown && !this.views.size) return;
    const there = this.element.querySelector(".welcome");
    if (this.views.size) there?.remove();
    else if (!there) this.element.prepend(this.greet());
  }

  /** Where the picture is shown, brought into sight and focused. */
  reveal(picture) {
    this.views.get(picture.dream.id)?.focus(picture);
  }

  /** Takes over the settings of a picture; with `whole`, in Compare, those of its sheet. */
  reuse(job, index, seed, whole = false) {
    window.sdguiTrigger({ job, index, seed, sheet: whole && this.tab === "compare" });
  }

  /** The room of a scrollbar is taken from the padding, so that edges line up with the prompt bar. */
  fitGutter() {
    if (this.element.offsetWidth) this.element.style.setProperty("--gutter", `${this.element.offsetWidth - this.element.clientWidth}px`);
  }
}
