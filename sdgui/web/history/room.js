// @ts-check
// The History tab: every picture of the visitor, by day, to be searched, selected and looked at.

import { button, find, make, targetOf } from "../shared/dom/dom.js";
import { inFrame } from "../shared/dom/frame.js";
import { wordsOf } from "../shared/fetch/ask.js";
import { Bar } from "./bar.js";
import { Deeds } from "./deeds.js";
import { Emptying } from "./emptying.js";
import { Filters } from "./filters.js";
import { Hand } from "./hand.js";
import { Importing } from "./importing.js";
import { press } from "./keys.js";
import { compare, without } from "./news.js";
import { Rail } from "./rail.js";
import { Rating } from "./rating.js";
import { Records } from "./records.js";
import { clearingWords, fragmentOf, isNarrowed, isSame, read, widened } from "./search.js";
import { Selection } from "./selection.js";
import { FilterSheet } from "./sheet.js";
import { HistoryShelf } from "./shelf.js";
import { Source } from "./source.js";
import { Wall, pictures } from "./wall.js";

/**
 * @typedef {import("../shared/page/page.js").Page} Page
 * @typedef {import("./search.js").Search} Search
 * @typedef {import("./layout.js").Section} Section
 * @typedef {import("./layout.js").TileSize} TileSize
 */

const NAME = "history";
const REMEMBERED = "sdgui-history-1";
/** Milliseconds for which typing pauses. */
const PAUSE = 180;
/** Milliseconds within which pictures that are finished are shown together. */
const TOGETHER = 400;
/** So far down, in pixels, what is new does not come in by itself. */
const TOP = 8;

/** @param {Page} page */
export function enter(page) {
  const room = new History(find("#history"), page);
  page.add(NAME, { panel: room.element, seen: () => room.seen(), looked: () => room.lookAgain(), address: () => fragmentOf(room.search) });
  page.closing.push(() => room.isSeen && (room.hand.giveUp() || room.selection.clear()));
  page.help.add("In the history", [
    [["/"], "search"],
    [["←", "↑", "→", "↓"], "move; Page, Home and End too"],
    [["Space"], "select; Shift and an arrow extend"],
    [["K"], "keep"],
    [["1", "…", "5"], "rate; 0 takes it back"],
    [["Del"], "delete"],
  ]);
}

class History {
  /** @param {HTMLElement} element @param {Page} page */
  constructor(element, page) {
    this.element = element;
    this.page = page;
    /** @type {Search} */
    this.search = read(location.hash.startsWith(`#${NAME}`) ? location.hash : "");
    this.source = new Source(() => this.search);
    /** As they are shown. @type {readonly Section[]} */
    this.sections = [];
    /** As the server told them last. @type {readonly Section[]} */
    this.latest = [];
    this.isKnown = false;
    this.turn = 0;
    this.asking = new AbortController();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.typing = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.finishing = undefined;
    /** Deleted, and not yet taken out. @type {Set<string>} */
    this.gone = new Set();
    this.selection = new Selection(() => this.selected());
    this.records = new Records({
      ask: (section, offset, limit, signal) => this.source.pictures(section, offset, limit, signal),
      arrived: () => this.arrived(),
      failed: (error) => this.failed(error),
    });
    this.wall = new Wall({
      records: this.records, selection: this.selection, moved: () => this.moved(),
      selectAll: (section) => this.selectAll(section),
    });
    this.deeds = new Deeds(page, this.records, { shown: () => this.isSeen && this.marked(), changed: () => this.changed() });
    page.viewer.extra = new Rating({ records: this.records, rate: (ids, rating) => this.deeds.rate(ids, rating) });
    this.rail = new Rail(this.wall);
    this.shelf = new HistoryShelf({ page, wall: this.wall, restore: (ids) => this.restore(ids), erase: (ids) => this.erase(ids), shown: () => this.wall.render() });
    this.wall.size = remembered();
    /** @type {Filters} */
    this.filters = new Filters(this.search, this.wall.size, {
      menu: page.menu,
      search: (search, how) => this.seek(search, how),
      resize: (size) => this.resize(size),
      openSheet: () => this.sheet.open(this.search, this.filters.facets),
      enter: () => this.wall.focus(this.wall.active),
      unpick: () => this.selection.clear(),
      empty: () => this.filters.facets && this.emptying.open(this.filters.facets),
    });
    /** @type {FilterSheet} */
    this.sheet = new FilterSheet({ search: (search) => this.seek(search), size: () => this.wall.size, resize: (size) => this.resize(size) });
    this.emptying = new Emptying(page.toasts, () => this.changed());
    this.importing = new Importing({ menu: page.menu, toasts: page.toasts, changed: () => this.changed() });
    const acts = this.acts();
    this.hand = new Hand(this.wall, {
      ...acts,
      isSelecting: () => this.selection.size > 0,
      draw: (indices) => {
        this.wall.drawn = indices;
        this.wall.render();
      },
      drawn: (runs, isMore) => this.drawn(runs, isMore),
    });
    this.bar = new Bar(page.menu, {
      keep: () => this.deeds.keep(this.chosen),
      rate: (rating) => this.deeds.rate(this.chosen, rating),
      compare: () => this.deeds.compare(this.chosen),
      share: () => page.share?.(this.chosen),
      save: () => this.deeds.save(this.chosen),
      clear: () => this.selection.clear(),
      remove: () => this.remove(this.chosen),
      restore: () => this.restore(this.chosen),
    });
    this.note = make("div", { className: "history-note", hidden: true });
    this.fresh = button("", "history-fresh", () => this.showFresh(), { hidden: true });
    const body = make("div", { className: "history-body" }, this.wall.element, this.rail.element, this.note, this.fresh);
    this.filters.element.firstElementChild?.append(this.importing.more);
    element.append(this.filters.element, this.importing.line, body, this.bar.element);
    this.wall.list.addEventListener("keydown", (event) => this.key(event, acts));
    document.addEventListener("keydown", (event) => this.slash(event));
    window.addEventListener("popstate", () => this.back());
    page.forgetting.push((id) => this.forget(id));
    page.returning.push(() => this.changed({ isBack: true }));
    page.dreams.pictured.add(() => this.finished());
  }

  get isSeen() {
    return document.body.dataset.tab === NAME;
  }

  get chosen() {
    return [...this.selection.ids];
  }

  // Searching

  /** Looks for something else; the address says so, and Back leads to what was looked for before. @param {Search} search @param {{ isTyping?: boolean }} [how] */
  seek(search, { isTyping = false } = {}) {
    const isNew = !isSame(search, this.search);
    this.search = search;
    this.filters.show(search);
    if (this.sheet.element.open) this.sheet.show(search, this.filters.facets);
    clearTimeout(this.typing);
    if (!isNew) return;
    const address = `#${fragmentOf(search)}`;
    if (isTyping) history.replaceState(history.state, "", address);
    else history.pushState(null, "", address);
    if (isTyping) this.typing = setTimeout(() => this.find(), PAUSE);
    else this.find();
  }

  /** The browser went back or forth. */
  back() {
    const search = read(location.hash);
    if (!location.hash.startsWith(`#${NAME}`) || isSame(search, this.search)) return;
    this.search = search;
    this.filters.field.value = search.q;
    this.filters.show(search);
    if (this.isSeen) this.find();
    else this.isKnown = false;
  }

  /** Its tab is seen. */
  seen() {
    this.wall.fit();
    this.importing.look().then(() => this.isKnown && !this.wall.total && this.count());
    if (this.isKnown) {
      this.lookAgain();
    } else {
      // Both look through everything: what there is to choose by comes after what is to be seen.
      this.find().then(() => this.lookAtFacets());
    }
  }

  /** Somebody comes back to it: pictures may have been made, marked and deleted elsewhere. */
  lookAgain() {
    if (!this.isSeen || !this.isKnown) return;
    this.records.age();
    this.changed();
  }

  /** Asks what there is, and shows it from the first on. */
  async find() {
    this.turn += 1;
    const { turn } = this;
    this.asking.abort();
    this.asking = new AbortController();
    this.element.setAttribute("aria-busy", "true");
    try {
      const told = await this.source.sections(this.asking.signal);
      if (turn !== this.turn) return;
      this.isKnown = true;
      this.latest = this.sections = told.sections;
      this.records.clear();
      this.wall.isBin = this.search.bin;
      this.shelf.known.clear();
      this.selection.clear();
      this.fresh.hidden = true;
      this.wall.begin(told.sections);
      this.count();
      this.page.toasts.say(told.total ? `${pictures(told.total)} found` : this.nothing());
    } catch (error) {
      if (turn !== this.turn || error instanceof DOMException) return;
      this.say(wordsOf(error), "Try again", () => this.find());
    }
    this.element.setAttribute("aria-busy", "false");
  }

  async lookAtFacets() {
    const facets = await this.source.facets().catch(() => null);
    this.filters.element.classList.add("is-told");
    if (!facets) return;
    this.filters.tell(facets);
    if (this.sheet.element.open) this.sheet.show(this.search, facets);
    if (this.isKnown) this.count();
  }

  /** The search may find others by now; `isBack`: for what was deleted came back to where it was. */
  async changed({ isBack = false } = {}) {
    if (!this.isSeen) return;
    this.lookAtFacets();
    const { turn } = this;
    const told = await this.source.sections().catch(() => null);
    if (!told || turn !== this.turn) return;
    this.latest = told.sections;
    const found = compare(this.sections, told.sections);
    const { onTop, grown } = found;
    const isOther = found.isOther || (isBack && onTop > 0);
    const isFarDown = this.wall.element.scrollTop > TOP || this.shelf.isOpen;
    if (onTop && !isOther && isFarDown && this.search.sort === "newest") {
      // What one looks at stays: the new ones wait on top until they are asked for.
      this.records.held = grown;
      this.fresh.textContent = `${onTop.toLocaleString("en")} new`;
      this.fresh.setAttribute("aria-label", `Show ${onTop === 1 ? "the new picture" : `the ${onTop} new pictures`}`);
      this.fresh.hidden = false;
      this.wall.render();
      return;
    }
    if (onTop || isOther) this.take(onTop && !isOther && this.search.sort === "newest" ? grown : null);
    else this.wall.render();
  }

  /** Shows what the server told last. @param {Map<string, number> | null} grown where pictures came on top alone */
  take(grown) {
    this.fresh.hidden = true;
    this.sections = this.latest;
    this.wall.change(() => {
      this.records.held.clear();
      if (grown) for (const [key, count] of grown) this.records.shift(key, count);
      else this.records.age();
      return this.sections;
    });
    this.count();
  }

  showFresh() {
    this.wall.element.scrollTop = 0;
    this.take(new Map(this.records.held));
    this.wall.focus(0);
  }

  /** A dream has finished a picture. */
  finished() {
    if (!this.isSeen || this.search.bin || this.finishing !== undefined) return;
    this.finishing = setTimeout(() => {
      this.finishing = undefined;
      this.changed();
    }, TOGETHER);
  }

  /** Says how many there are, or why there is none. */
  count() {
    const { total } = this.wall;
    this.filters.counted(pictures(total));
    this.sheet.counted(pictures(total));
    this.rail.draw();
    const isBare = !total && !this.search.bin && !isNarrowed(this.search);
    this.filters.element.classList.toggle("is-bare", isBare);
    if (total) this.note.hidden = true;
    else if (isBare) this.greet();
    else if (isNarrowed(this.search)) this.say(this.nothing(), clearingWords(this.search), () => this.seek(widened(this.search)));
    else this.say(this.nothing());
  }

  /** There is no picture, but perhaps in the bin. */
  greet() {
    const binned = this.filters.facets?.bin ?? 0;
    if (binned) {
      this.say(`All of your pictures are in the bin, ${binned.toLocaleString("en")} of them.`, "Open the bin", () => this.seek({ ...this.search, bin: true }));
      this.note.append(this.page.inOtherBrowsers);
      return;
    }
    this.say(this.nothing(), "Dream something", () => this.page.tabs.choose("dream"));
    this.note.prepend(make("h2", { textContent: "Nothing here yet" }));
    if (this.importing.may) this.note.append(button("Import a folder…", "link-button", () => this.importing.open()));
    this.note.append(this.page.inOtherBrowsers);
  }

  nothing() {
    if (isNarrowed(this.search)) return "No picture fits that.";
    return this.search.bin ? "The bin is empty." : "Every picture that you dream will be here, by day, to be found again.";
  }

  /** @param {string} words @param {string} [text] @param {() => void} [act] */
  say(words, text = "", act = () => {}) {
    this.note.replaceChildren(make("p", { textContent: words }), ...(text ? [button(text, "quiet-button", act)] : []));
    this.note.classList.toggle("is-over", this.wall.total > 0);
    this.note.hidden = false;
  }

  // What arrives

  arrived() {
    if (this.note.classList.contains("is-over")) this.note.hidden = true;
    this.wall.renderSoon();
    if (this.shelf.isOpen) this.page.viewer.steps();
  }

  /** @param {unknown} error */
  failed(error) {
    this.say(wordsOf(error), "Try again", () => {
      this.note.hidden = true;
      this.records.again();
    });
  }

  moved() {
    this.rail.move(true);
    if (!this.fresh.hidden && this.wall.element.scrollTop <= TOP) this.take(new Map(this.records.held));
  }

  /** @param {TileSize} size */
  resize(size) {
    localStorage.setItem(REMEMBERED, size);
    this.wall.resize(size);
    this.rail.draw();
  }

  /** A picture was deleted, here or elsewhere. @param {string} id */
  forget(id) {
    this.gone.add(id);
    inFrame(this.gone, () => {
      const ids = new Set(this.gone);
      this.gone.clear();
      this.selection.drop(ids);
      if (!this.search.bin) this.takeOut(ids);
      this.changed();
    });
  }

  /** @param {Set<string>} ids */
  takeOut(ids) {
    this.wall.change(() => {
      this.sections = without(this.sections, this.records.take(ids));
      return this.sections;
    });
    this.count();
  }

  // Selecting

  selected() {
    const { size } = this.selection;
    this.marked();
    this.filters.pick(size);
    this.element.classList.toggle("is-selecting", size > 0);
    this.mark();
    this.page.toasts.say(size ? `${size.toLocaleString("en")} selected` : "None selected");
  }

  /** What is selected, or how it is marked, is seen. */
  marked() {
    const ids = this.chosen;
    this.wall.render();
    this.bar.show({ ...this.deeds.judged(ids), count: ids.length, isBin: this.search.bin, canShare: this.page.share !== null });
  }

  /** Toasts stand above the bar. */
  mark() {
    document.body.classList.toggle("selects-pictures", this.selection.size > 0);
  }

  /** @returns {import("./keys.js").Acts} */
  acts() {
    return {
      open: (index) => this.shelf.open(index),
      toggle: (index) => this.toggle(index),
      extend: (index) => this.extend(index),
      all: (section) => this.selectAll(section),
      keep: (index) => this.search.bin || this.deeds.keep(this.meant(index)),
      rate: (index, rating) => this.search.bin || this.deeds.rate(this.meant(index), rating),
      remove: (index) => this.search.bin || this.remove(this.meant(index)),
    };
  }

  /** What a key is meant for: all that is selected, else the picture that it was pressed on. @param {number} index */
  meant(index) {
    if (this.selection.size) return this.chosen;
    const id = this.wall.recordAt(index)?.id;
    return id ? [id] : [];
  }

  /** One that has not been told yet is asked for. @param {number} index */
  async toggle(index) {
    this.wall.active = index;
    const id = this.wall.recordAt(index)?.id ?? (await this.tried(this.ids([[index, index + 1]])))?.[0];
    if (id) this.selection.toggle(id, index);
  }

  /** @param {number} index */
  async extend(index) {
    if (this.selection.anchor < 0) this.selection.mark(this.wall.active);
    await this.tried(this.selection.extend(index, (from, to) => this.ids([[from, to + 1]])));
  }

  /** @param {[number, number][]} runs @returns {Promise<string[]>} */
  async ids(runs) {
    const { layout, sections, whole } = this.wall;
    const spans = runs.flatMap(([from, to]) => layout.spans(from, to));
    const ids = await this.source.ids(sections, spans, this.records);
    const isAll = ids.length === spans.reduce((sum, { from, to }) => sum + to - from, 0);
    let at = 0;
    for (const { section, from, to } of spans) {
      const { key, count } = sections[section];
      if (isAll && sections === this.wall.sections && !from && to === count) whole.set(key, ids.slice(at, at + count));
      at += to - from;
    }
    return ids;
  }

  /** Selects a whole section; where it is selected, not any more. @param {number} section */
  async selectAll(section) {
    const { starts } = this.wall.layout;
    const isWhole = this.wall.isWhole(this.wall.sections[section]);
    const ids = await this.tried(this.ids([[starts[section], starts[section + 1]]]));
    if (!ids?.length) return;
    if (isWhole) this.selection.drop(ids);
    else this.selection.add(ids);
  }

  /** @param {[number, number][]} runs @param {boolean} isMore */
  async drawn(runs, isMore) {
    const ids = await this.tried(this.ids(runs));
    if (!ids) return;
    if (!isMore) this.selection.ids.clear();
    this.selection.add(ids);
  }

  /** @template T @param {Promise<T>} asked @returns {Promise<T | null>} */
  async tried(asked) {
    return asked.catch((error) => {
      this.page.toasts.show(wordsOf(error), "Not all of them could be selected.", true);
      return null;
    });
  }

  /** @param {string[]} ids */
  async remove(ids) {
    if (ids.length) await this.deeds.remove(ids);
  }

  /** Whether any came back. @param {string[]} asked */
  async restore(asked) {
    return this.leaveBin(await this.deeds.restore(asked));
  }

  /** For good; whether they are gone. @param {string[]} asked */
  async erase(asked) {
    return this.leaveBin(await this.deeds.erase(asked));
  }

  /** @param {string[]} ids */
  leaveBin(ids) {
    if (!ids.length) return false;
    this.selection.drop(ids);
    this.takeOut(new Set(ids));
    this.changed();
    return true;
  }

  // Keys

  /** @param {KeyboardEvent} event @param {import("./keys.js").Acts} acts */
  key(event, acts) {
    if (!this.wall.total || !press(event, this.wall, acts)) return;
    event.preventDefault();
    event.stopPropagation();
  }

  /** @param {KeyboardEvent} event */
  slash(event) {
    const isPlain = event.key === "/" && !event.ctrlKey && !event.metaKey && !event.altKey;
    if (!isPlain || !this.isSeen || targetOf(event).closest("input, textarea, select, dialog, [popover]")) return;
    event.preventDefault();
    this.filters.focus();
  }
}

/** @returns {TileSize} */
function remembered() {
  const size = localStorage.getItem(REMEMBERED);
  return size === "small" || size === "large" ? size : "middle";
}
