// @ts-check
// The kept pictures, in the order in which they were kept; the server keeps them.

import { button, make } from "../../shared/dom/dom.js";
import { grey } from "../../shared/dom/grey.js";
import { Picture } from "../../shared/dreams/dream.js";
import { ask } from "../../shared/fetch/ask.js";
import { thumbnail } from "../../shared/fetch/image.js";
import { settings } from "../../shared/settings/settings.js";

/**
 * @typedef {import("../../shared/dreams/told.js").ToldPicture} ToldPicture
 * @typedef {{ picture: Picture, element: HTMLElement }} Kept
 * @typedef {{ dreams: import("../../shared/dreams/dreams.js").Dreams, marks: import("./marks.js").Marks,
 *   page: import("../../shared/page/page.js").Page, pair: import("../pair/pair.js").Pair,
 *   exports: import("../export/export.js").Exports, refine: (pictures: string[]) => void }} Parts
 */

const HINT = "Keep pictures with K or ♥";

/** A kept picture by itself: its dream may be far down in the list, and not loaded. @param {ToldPicture} told */
function pictureOf(told) {
  const { job, variation, index, seed, picture, mark, match, created } = told;
  const dream = { id: job, created, settings: told };
  const own = variation ? { variation } : {};
  return new Picture(dream, { index, seed, own, picture, mark, match, state: "done" });
}

export class Tray {
  /** `refine` is called with what is to be made at full steps. @param {HTMLElement} element @param {Parts} parts */
  constructor(element, { dreams, marks, page, pair, exports, refine }) {
    this.element = element;
    this.dreams = dreams;
    this.marks = marks;
    this.page = page;
    this.pair = pair;
    this.refines = refine;
    this.asked = 0;
    /** @type {Kept[]} */
    this.kept = [];
    /** Whether there are older ones than these. */
    this.isMore = false;
    this.title = make("h3", { className: "tray-title" });
    this.strip = make("div", { className: "tray-strip" });
    this.hint = make("p", { className: "tray-hint", textContent: HINT });
    this.refineButton = this.action("tray-refine", () => this.refine());
    this.exportButton = this.action("tray-export", () => page.menu.open(this.exportButton, exports.ofKept(this.jobs)));
    this.exportButton.textContent = "Export";
    this.exportButton.setAttribute("aria-haspopup", "menu");
    /** The way here where all of this is in a drawer. */
    this.chip = button("", "secondary kept-chip", () => this.bring(), { aria: { haspopup: "dialog" }, hidden: true });
    element.classList.add("tray");
    element.replaceChildren(this.title, this.strip, this.hint,
      make("div", { className: "tray-actions" }, this.refineButton, this.exportButton));
    marks.taken = () => this.refresh();
    settings.follow(["steps"], () => this.say());
    // What was refined, or is being refined, is not asked for again.
    dreams.counted.add(() => this.say());
  }

  /** Opens the drawer where the kept ones are. */
  bring() {
    this.page.drawer.set(true);
    this.element.scrollIntoView({ block: "end" });
  }

  /** @param {string} id @param {() => void} act */
  action(id, act) {
    return button("", "quiet-button", act, { id });
  }

  /** As the server has it. */
  async refresh() {
    this.asked += 1;
    const turn = this.asked;
    /** @type {{ pictures: ToldPicture[], more: boolean } | null} */
    const told = await ask("/kept").catch(() => null);
    if (!told || turn !== this.asked) return;
    const known = new Map(this.kept.map((one) => [one.picture.id, one]));
    this.kept = told.pictures.map((one) => known.get(one.picture) ?? this.thumb(pictureOf(one)));
    this.isMore = told.more;
    const wanted = this.kept.map((one) => one.element);
    if (wanted.length !== this.strip.children.length || wanted.some((element, i) => element !== this.strip.children[i])) {
      this.strip.replaceChildren(...wanted);
    }
    this.say();
    this.element.dispatchEvent(new CustomEvent("kept"));
  }

  /** @param {Picture} picture @returns {Kept} */
  thumb(picture) {
    const name = `${picture.settings.prompt}, seed ${picture.seed}`;
    const open = make("button", { type: "button", className: "tray-open", title: name, aria: { label: `Open: ${name}` } },
      thumbnail(String(picture.id), String(picture.seed)));
    open.addEventListener("click", () => this.page.viewer.open(this.known(picture), this));
    const drop = button("×", "tray-drop", () => this.marks.set(this.known(picture), ""), { title: "Do not keep", aria: { label: `Do not keep seed ${picture.seed}` } });
    return { picture, element: make("div", { className: "tray-item", data: { picture: picture.id, testid: "kept" } }, open, drop) };
  }

  /** The same picture where the page knows it with its dream. @param {Picture} picture */
  known(picture) {
    return this.dreams.picture(picture.id) ?? picture;
  }

  say() {
    const steps = settings.number("steps");
    const count = this.kept.length;
    this.title.textContent = this.isMore ? `Kept last ${count}` : `Kept ${count}`;
    this.chip.textContent = `Kept ${count}`;
    this.chip.hidden = !count;
    this.hint.hidden = count > 0;
    this.strip.hidden = !count;
    const drafts = this.drafts;
    this.refineButton.textContent = `Refine at ${steps ?? "full"} steps`;
    const which = drafts.length === 1 ? "The kept draft" : `The ${drafts.length} kept drafts`;
    grey(this.refineButton, this.barred(drafts.length, steps), drafts.length ? `${which} of “${drafts[0].settings.prompt}” again, at ${steps} steps` : "");
    grey(this.exportButton, count ? "" : "No picture is kept yet");
  }

  /** Why nothing can be refined; "" where something can. @param {number} drafts @param {number | null} steps */
  barred(drafts, steps) {
    if (drafts) return "";
    return this.kept.length ? `No kept picture has fewer than ${steps} steps, or they are refined already` : "Keep some pictures of a draft first";
  }

  /**
   * Kept pictures of one wall with fewer steps than the slider says, which no sheet has at these steps yet; of several
   * such walls, that of which a picture was kept last.
   */
  get drafts() {
    const steps = settings.number("steps") ?? 0;
    const made = new Set();
    for (const { sheet, settings: own } of this.dreams.known.values()) {
      if (sheet?.kind === "refined" && own.steps === steps) sheet.sources.forEach((id) => made.add(id));
    }
    const drafts = this.kept.map((one) => one.picture).filter((picture) => picture.settings.steps < steps && !made.has(picture.id));
    const last = drafts.at(-1);
    return drafts.filter(({ dream, settings: own }) => dream.id === last?.dream.id && own.prompt === last.settings.prompt);
  }

  refine() {
    const { drafts } = this;
    if (!drafts.length) return;
    this.refines(drafts.flatMap(({ id }) => id ?? []));
  }

  get jobs() {
    const jobs = new Map();
    for (const { picture } of this.kept) {
      const { id, settings: own } = picture.dream;
      jobs.set(id, { id, prompt: own.prompt, count: (jobs.get(id)?.count ?? 0) + 1 });
    }
    return [...jobs.values()];
  }

  // What the viewer needs of the shelf that a picture is taken from

  get pictures() {
    return this.kept.map((one) => this.known(one.picture));
  }

  older() {}

  /** @param {Picture} picture */
  reveal(picture) {
    /** @type {HTMLElement | null | undefined} */
    const open = this.kept.find((one) => one.picture.id === picture.id)?.element.querySelector(".tray-open");
    open?.focus();
  }

  /** @param {string} job @param {number} index @param {{ seed?: boolean }} [how] */
  reuse(job, index, { seed = false } = {}) {
    this.page.reuse({ job, index, seed, sheet: false });
  }
}
