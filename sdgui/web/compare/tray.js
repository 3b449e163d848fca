// The kept pictures, in the order in which they were kept; the server keeps them.

import { controls, follow } from "../shared/controls.js";
import { ask, make } from "../shared/dom.js";
import { Picture } from "../shared/dream.js";
import { exportsOfKept } from "./export.js";

const HINT = "Keep pictures with K or ♥: they stay here.";

/** A kept picture by itself: its dream may be far down in the list, and not loaded. */
function pictureOf(facts) {
  const { job, variation, index, seed, picture, mark, match, created } = facts;
  const dream = { id: job, created, settings: facts, pictures: new Map() };
  const own = variation ? { variation } : {};
  return new Picture(dream, { index, seed, own, picture, mark, match, state: "done" });
}

export class Tray {
  constructor(element, { dreams, marks, viewer, menu, pair }) {
    Object.assign(this, { element, dreams, marks, viewer, menu, pair });
    this.kept = [];
    this.title = make("h3", { className: "tray-title" });
    this.strip = make("div", { className: "tray-strip" });
    this.hint = make("p", { className: "tray-hint", textContent: HINT });
    this.refineButton = this.action("tray-refine", () => this.refine());
    this.exportButton = this.action("tray-export", () => this.menu.open(this.exportButton, exportsOfKept(this.jobs)));
    this.exportButton.textContent = "Export";
    this.exportButton.setAttribute("aria-haspopup", "menu");
    element.classList.add("tray");
    element.replaceChildren(this.title, this.strip, this.hint,
      make("div", { className: "tray-actions" }, this.refineButton, this.exportButton));
    marks.taken = () => this.refresh();
    // Together with what is shown, which may have changed and be wanted back since the last look.
    follow(() => [controls.steps, this.drafts.length, this.refineButton.title], () => this.say());
  }

  action(id, act) {
    const button = make("button", { type: "button", className: "quiet-button", id });
    button.addEventListener("click", act);
    return button;
  }

  /** As the server has it. */
  async refresh() {
    this.asked = (this.asked ?? 0) + 1;
    const turn = this.asked;
    const told = await ask("/kept").catch(() => null);
    if (!told || turn !== this.asked) return;
    const known = new Map(this.kept.map((one) => [one.picture.id, one]));
    this.kept = told.pictures.map((facts) => known.get(facts.picture) ?? this.thumb(pictureOf(facts)));
    const wanted = this.kept.map((one) => one.element);
    if (wanted.length !== this.strip.children.length || wanted.some((element, i) => element !== this.strip.children[i])) {
      this.strip.replaceChildren(...wanted);
    }
    this.say();
    this.element.dispatchEvent(new CustomEvent("kept"));
  }

  thumb(picture) {
    const name = `${picture.settings.prompt}, seed ${picture.seed}`;
    const open = make("button", { type: "button", className: "tray-open", title: name, aria: { label: `Open: ${name}` } },
      make("img", { alt: "", src: `/thumb/${picture.id}`, draggable: false, decoding: "async", loading: "lazy" }));
    open.addEventListener("click", () => this.viewer.open(this.known(picture), this));
    const drop = make("button", { type: "button", className: "tray-drop", textContent: "×", title: "Do not keep", aria: { label: `Do not keep seed ${picture.seed}` } });
    drop.addEventListener("click", () => this.marks.set(this.known(picture), ""));
    return { picture, element: make("div", { className: "tray-item", data: { picture: picture.id, testid: "kept" } }, open, drop) };
  }

  /** The same picture where the page knows it with its dream. */
  known(picture) {
    return this.dreams.picture(picture.id) ?? picture;
  }

  say() {
    const { steps } = controls;
    const count = this.kept.length;
    this.title.textContent = `Kept ${count}`;
    this.hint.hidden = count > 0;
    this.strip.hidden = !count;
    const drafts = this.drafts;
    this.refineButton.textContent = `Refine at ${steps ?? "full"} steps`;
    this.refineButton.disabled = !drafts.length;
    this.refineButton.title = this.why(drafts.length, steps);
    this.exportButton.disabled = !count;
  }

  why(count, steps) {
    if (count) return `${count === 1 ? "The kept draft" : `The ${count} kept drafts`} of “${this.drafts[0].settings.prompt}” again, at ${steps} steps`;
    return this.kept.length ? `No kept picture has fewer than ${steps} steps, or they are refined already` : "Keep some pictures of a draft first";
  }

  /**
   * Kept pictures of one wall with fewer steps than the slider says, which no sheet has at these steps yet; of several
   * such walls, that of which a picture was kept last.
   */
  get drafts() {
    const { steps } = controls;
    const made = new Set();
    for (const { sheet, settings } of this.dreams.known.values()) {
      if (sheet?.kind === "refined" && settings.steps === steps) sheet.sources.forEach((id) => made.add(id));
    }
    const drafts = this.kept.map((one) => one.picture).filter(({ id, settings }) => settings.steps < steps && !made.has(id));
    const last = drafts.at(-1);
    return drafts.filter(({ dream, settings }) => dream.id === last.dream.id && settings.prompt === last.settings.prompt);
  }

  refine() {
    const { drafts } = this;
    if (!drafts.length) return;
    window.sdguiCompare?.refine({ job: drafts[0].dream.id, pictures: drafts.map(({ id }) => id) });
  }

  get jobs() {
    const jobs = new Map();
    for (const { picture } of this.kept) {
      const { id, settings } = picture.dream;
      jobs.set(id, { id, prompt: settings.prompt, count: (jobs.get(id)?.count ?? 0) + 1 });
    }
    return [...jobs.values()];
  }

  // What the viewer needs of the shelf that a picture is taken from

  get pictures() {
    return this.kept.map((one) => this.known(one.picture));
  }

  older() {}

  reveal(picture) {
    this.kept.find((one) => one.picture.id === picture.id)?.element.querySelector(".tray-open").focus();
  }

  reuse(job, index, seed) {
    window.sdguiTrigger({ job, index, seed });
  }
}
