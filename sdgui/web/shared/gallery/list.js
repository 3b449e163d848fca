// @ts-check
// A scrolling list of dreams, newest on top, older ones as one scrolls.

import { make } from "../dom/dom.js";
import { again, settled } from "../fetch/again.js";
import { ask } from "../fetch/ask.js";
import { neighbour } from "./neighbours.js";

/**
 * @typedef {import("../dreams/dream.js").Dream} Dream
 * @typedef {import("../dreams/dream.js").Picture} Picture
 * @typedef {import("../dreams/dreams.js").Dreams} Dreams
 * @typedef {import("./row.js").Row} Row
 * @typedef {import("../dreams/told.js").Page} Page
 * @typedef {{ className: string, text: string | (() => string), act: () => void, made?: (button: HTMLButtonElement) => void }} Action `made` is given its button
 * @typedef {{ job: string, index: number, seed: boolean, sheet: boolean }} Reuse
 */

const PAGE = 12;
/** The same where all that is shown is asked for. */
const LARGE_PAGE = 48;
/** Pages that are asked for at once to close the gap to what is known already. */
const MOST_PAGES = 4;
/** Dreams that the server deletes with one request. */
const MOST_AT_ONCE = 100;
/** Pixels below what is seen within which older dreams are asked for. */
const AHEAD = 800;

/** Right and down. @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Milliseconds in which what lies below makes room for a dream that opens. */
const OPENING = 220;

/** When the last dream of a page was begun, beside those that are alive; nothing lies behind the last page. @param {Page} page */
const endOf = ({ dreams, next }) => (next ? dreams.find(({ id }) => id === next)?.created ?? Infinity : -Infinity);

export class List {
  /**
   * `address` gives pages of dreams, `view(list, dream)` makes what shows one, `fits` tells which belong here, `tab` is
   * the tab that shows the list, `greet` fills it while it is empty, `open` shows a picture large, `actions` are what
   * else can be done with a dream, `reuse` takes over settings; `act` does what a key means for a picture, `more` is what else
   * its tile offers.
   * @param {HTMLElement} element
   * @param {{ dreams: Dreams, address: string, view: (list: any, dream: Dream) => Row, fits: (dream: Dream) => boolean,
   *   tab: string, greet: () => HTMLElement, open: (picture: Picture, list: List) => void, reuse: (asked: Reuse) => void,
   *   bin: import("./bin.js").Bin, actions?: (dream: Dream) => Action[], act?: (key: string, picture: Picture) => boolean,
   *   more?: () => import("../page/page.js").More[] }} how
   */
  constructor(element, { dreams, bin, address, view, fits, tab, greet, open, reuse, actions = () => [], act, more = () => [] }) {
    this.element = element;
    this.dreams = dreams;
    this.bin = bin;
    this.address = address;
    this.view = view;
    this.fits = fits;
    this.tab = tab;
    this.greet = greet;
    this.actions = actions;
    this.opens = open;
    this.reuses = reuse;
    this.acts = act;
    this.more = more;
    /** @type {Map<string, Row>} */
    this.views = new Map();
    /** What pictures have, in pixels; nothing while another tab is seen. */
    this.room = { width: 0, height: 0 };
    this.window = "";
    /** @type {string | null} */
    this.next = null;
    this.isKnown = false;
    this.isLoading = false;
    this.end = make("div", { className: "gallery-end" });
    /** What waits, one line each. */
    this.queue = make("div", { className: "queue" });
    this.element.append(this.queue, this.end);
    dreams.lists.push(this);
    // Another has begun or ended: who waited for it may be the next.
    dreams.counted.add(() => [...this.views.values()].forEach((row) => (row.dream.isActive || row.isBare) && row.changed()));
    new IntersectionObserver(() => this.isNearEnd && this.older(), { root: element, rootMargin: `${AHEAD}px` }).observe(this.end);
    this.fitGutter();
    window.addEventListener("resize", () => this.fitGutter());
    new ResizeObserver(() => this.measure()).observe(element);
  }

  /** The room that pictures have, in pixels, has changed. */
  measure() {
    const { clientWidth, clientHeight } = this.element;
    if (!clientWidth) return; // another tab is seen
    const { paddingLeft, paddingRight, paddingTop } = getComputedStyle(this.element);
    const width = clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    const height = clientHeight - parseFloat(paddingTop);
    // Of one window the most that there was: a prompt of more lines and a note below it move no picture.
    const window = `${innerWidth} ${innerHeight} ${width}`;
    const most = this.window === window ? Math.max(height, this.room.height) : height;
    this.window = window;
    if (this.room.width === width && this.room.height === most) return;
    this.room = { width, height: most };
    for (const view of this.views.values()) view.fit(this.room);
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

  /** @returns {Row[]} */
  get ordered() {
    return [...this.queue.children, ...this.element.children].flatMap((child) => {
      const view = child instanceof HTMLElement ? this.views.get(child.dataset.job ?? "") : undefined;
      return view ? [view] : [];
    });
  }

  /** Puts a whole dream into the bin. @param {Dream} dream */
  delete(dream) {
    return this.bin.put({ dreams: [dream.id] });
  }

  /** The dreams that ended without a picture. */
  get bare() {
    return this.ordered.filter((row) => row.isBare);
  }

  /** Puts all of those into the bin. */
  clearBare() {
    return this.bin.put({ dreams: this.bare.map(({ dream }) => dream.id).slice(0, MOST_AT_ONCE) });
  }

  /** Whether pictures can be marked here. */
  get marks() {
    return this.acts !== undefined;
  }

  /** Does what a key means for a picture, and says whether it means anything. @param {string} key @param {Picture} picture */
  act(key, picture) {
    if (key === "Delete" && picture.id) {
      this.bin.put({ pictures: [picture.id] });
      return true;
    }
    return this.acts?.(key, picture) ?? false;
  }

  /** @param {Picture} picture */
  open(picture) {
    this.opens(picture, this);
  }

  /**
   * The newest dreams, as the server has them, without a gap to those that are known already; or all that are shown.
   * What is not among them any more was deleted elsewhere.
   * @param {{ isWhole?: boolean }} [how]
   */
  async refresh({ isWhole = false } = {}) {
    const limit = isWhole ? LARGE_PAGE : PAGE;
    let page = await this.ask(null, limit);
    const before = new Set(this.views.keys());
    const there = new Set();
    const oldest = isWhole ? Math.min(...[...this.views.values()].map(({ dream }) => dream.created)) : Infinity;
    for (let count = 1; ; count += 1) {
      for (const told of page.dreams) {
        there.add(told.id);
        this.place(this.dreams.meet(told));
      }
      const isMet = page.dreams.some(({ id, state }) => before.has(id) && state !== "active");
      if (!before.size || !page.next || (isMet && endOf(page) <= oldest)) break;
      if (count === MOST_PAGES) {
        if (!isMet) {
          this.forgetOlder(page.dreams.at(-1)?.created ?? 0);
          before.clear();
        }
        break;
      }
      page = await this.ask(page.next, limit);
    }
    const end = endOf(page);
    for (const { dream } of [...this.views.values()]) {
      if (!there.has(dream.id) && !dream.isActive && dream.created > end) this.dreams.drop(dream.id);
    }
    if (!before.size) this.next = page.next;
    this.isKnown = true;
    if (!before.size && this.isNearEnd) this.older();
  }

  /** A page of dreams, as soon as the server answers. @param {string | null} [before] @param {number} [limit] @returns {Promise<Page>} */
  async ask(before = null, limit = PAGE) {
    const address = `${this.address}?limit=${limit}${before ? `&before=${before}` : ""}`;
    const asking = {};
    for (;;) {
      const page = await ask(address).catch(() => null);
      if (page) {
        settled(asking);
        return page;
      }
      await new Promise((/** @type {(value: void) => void} */ resolve) => again(asking, resolve));
    }
  }

  /** Too much has come in between: what is older is asked for again as one scrolls. @param {number} created */
  forgetOlder(created) {
    for (const [job, view] of this.views) if (view.dream.created < created && !view.dream.isActive) this.drop(job);
  }

  /** @returns {Promise<void>} */
  async older() {
    if (!this.next || this.isLoading || !this.isShown) return;
    this.isLoading = true;
    const page = await this.ask(this.next);
    for (const told of page.dreams) this.place(this.dreams.meet(told));
    this.next = page.next;
    this.isLoading = false;
    if (this.isNearEnd) await this.older();
  }

  /** Shows a dream where its age belongs. @param {Dream} dream */
  place(dream) {
    const known = this.views.get(dream.id);
    if (known) return known;
    const view = this.view(this, dream);
    this.views.set(dream.id, view);
    if (!this.room.width) this.measure();
    view.fit(this.room);
    this.arrange(view);
    this.welcome();
    return view;
  }

  /**
   * Puts a dream where its age belongs, the newest first; what waits stands above, so that it opens on top when its turn
   * comes, and what has formed stays where it is. @param {Row} view
   */
  arrange(view) {
    if (this.views.get(view.dream.id) !== view) return; // it is still being made
    const host = view.stage === "waiting" ? this.queue : this.element;
    const after = this.ordered.find((other) => other !== view && other.element.parentElement === host && other.dream.created < view.dream.created);
    const next = after?.element ?? (host === this.element ? this.end : null);
    if (view.element.parentElement === host && view.element.nextElementSibling === next) return;
    const focused = document.activeElement;
    host.insertBefore(view.element, next);
    if (focused instanceof HTMLElement && view.element.contains(focused)) focused.focus({ preventScroll: true });
  }

  /**
   * A dream begins to form: what is seen below glides down and does not leap. Where the list is scrolled, the browser keeps
   * in its place what one looks at. @param {() => void} open
   */
  makeRoom(open) {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    const { bottom } = this.element.getBoundingClientRect();
    const seen = isCalm || !this.isShown || this.element.scrollTop > 0 ? [] : this.ordered
      .map(({ element }) => ({ element, top: element.getBoundingClientRect().top }))
      .filter(({ element, top }) => top < bottom && element.parentElement === this.element);
    open();
    for (const { element, top } of seen) {
      const by = top - element.getBoundingClientRect().top;
      if (by) element.animate([{ transform: `translateY(${by}px)` }, { transform: "none" }], { duration: OPENING, easing: "ease-out" });
    }
  }

  /** The picture that an arrow leads to. @param {import("./tile.js").Tile} tile @param {string} key */
  beside(tile, key) {
    const arrow = ARROWS[key];
    if (!arrow) return undefined;
    const all = this.ordered.flatMap((row) => [...row.tiles.values()]).filter(({ openButton }) => !openButton.disabled && openButton.offsetParent);
    const boxes = all.map(({ element }) => element.getBoundingClientRect());
    const place = neighbour(all.indexOf(tile), boxes, arrow, true);
    return place === null ? undefined : all[place];
  }

  /** Puts the keyboard on the first picture of a dream, unless it is being typed elsewhere. @param {string} job */
  enter(job) {
    if (document.activeElement?.closest("input, textarea, select, dialog")) return;
    /** @type {HTMLElement | null | undefined} */
    const first = this.views.get(job)?.element.querySelector(".open");
    first?.focus({ preventScroll: true });
  }

  top() {
    const isCalm = matchMedia("(prefers-reduced-motion: reduce)").matches;
    this.element.scrollTo({ top: 0, behavior: isCalm ? "instant" : "smooth" });
  }

  /** Its tab is seen now: what formed unseen is fetched. */
  shown() {
    this.fitGutter();
    for (const view of this.views.values()) view.shown();
  }

  /** @param {string} job */
  drop(job) {
    const view = this.views.get(job);
    if (!view) return;
    if (view.element.contains(document.activeElement)) this.handOn(view);
    view.remove();
    this.views.delete(job);
  }

  /** The keyboard is not lost with a dream: it goes to the same of the next one, or to its title. @param {Row} view */
  handOn(view) {
    const all = this.ordered;
    const at = all.indexOf(view);
    const next = all[at + 1] ?? all[at - 1];
    const name = document.activeElement?.closest(".dream-actions button")?.className ?? "title";
    const same = next?.element.querySelector(`.dream-actions .${name}:not([hidden])`);
    (same instanceof HTMLElement ? same : next?.title ?? this.element).focus({ preventScroll: true });
    next?.element.scrollIntoView({ block: "nearest" });
  }

  welcome() {
    if (!this.isKnown && !this.views.size) return;
    const there = this.element.querySelector(".welcome");
    if (this.views.size) there?.remove();
    else if (!there) this.element.prepend(this.greet());
  }

  /** Greets anew, in other words. */
  regreet() {
    this.element.querySelector(".welcome")?.remove();
    this.welcome();
  }

  /** Where the picture is shown, brought into sight and focused. @param {Picture} picture */
  reveal(picture) {
    this.views.get(picture.dream.id)?.focus(picture);
  }

  /**
   * Takes over the settings of a picture; with `seed` its seed, too; with `whole`, where sheets are, those of its sheet.
   * @param {string} job
   * @param {number} index
   * @param {{ seed?: boolean, whole?: boolean }} [how]
   */
  reuse(job, index, { seed = false, whole = false } = {}) {
    this.reuses({ job, index, seed, sheet: whole });
  }

  /** The room of a scrollbar is taken from the padding, so that edges line up with the prompt bar. */
  fitGutter() {
    if (this.element.offsetWidth) this.element.style.setProperty("--gutter", `${this.element.offsetWidth - this.element.clientWidth}px`);
  }
}
