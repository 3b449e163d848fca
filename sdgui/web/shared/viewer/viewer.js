// @ts-check
// One picture, large, with everything that made it.

import { dialog } from "../dom/dialog.js";
import { button, make, targetOf } from "../dom/dom.js";
import { grey } from "../dom/grey.js";
import { moment } from "../dreams/words.js";
import { at } from "../fetch/address.js";
import { again, retryNow, settled } from "../fetch/again.js";
import { ask, wordsOf } from "../fetch/ask.js";
import { loaded } from "../fetch/image.js";
import { hasEmphasis } from "../page/prompt-reading.js";
import { facts as known } from "../settings/facts.js";
import { canCopyPictures, canShare, copyPicture, copyText, infotext, share } from "./taking.js";
import { Tools } from "./tools.js";

/**
 * @typedef {import("../dreams/dream.js").Picture} Picture
 * @typedef {import("../dreams/told.js").ToldPicture} ToldPicture
 * @typedef {{ of(picture: Picture): HTMLElement, told(picture: Picture, told: ToldPicture): void, key(key: string): boolean }} Extra
 * @typedef {{ left(picture: Picture): string, restore(picture: Picture): Promise<boolean>, erase(picture: Picture): Promise<boolean> }} OfBin
 *   what can be done with pictures that lie in the bin, which are looked at alone
 * Where pictures are taken from. A shelf that knows more is told which one is seen and what made it, and may say which of
 * all it is.
 * @typedef {{ pictures: Picture[], older(): void, reveal(picture: Picture): void,
 *   reuse(job: string, index: number, how?: { seed?: boolean }): void,
 *   shown?(picture: Picture): void, told?(picture: Picture, told: import("../dreams/told.js").ToldPicture): void,
 *   isGone?(picture: Picture): boolean, placeOf?(picture: Picture): string, ofBin?: OfBin | null }} Shelf
 * @typedef {import("./tools.js").Actions} Actions
 */

/** What a setting is called. @param {import("../dreams/told.js").SettingName} name */
const named = (name) => known.settings[name].label;

/** Characters of a prompt from which on it is cut. */
const LONG = 320;
/** Milliseconds for which a button says that it has done it. */
const SAID = 2000;

/** @type {Record<string, number>} */
const ARROWS = { ArrowLeft: -1, ArrowRight: 1 };
/** What needs the picture's file. */
const OF_FILES = new Set(["a", "b", "versus", "share"]);
/** What can be done with a picture where no capability knows more. @type {Actions} */
const NONE = { of: () => [], do: () => {}, key: () => false, flip: () => {} };

export class Viewer {
  /** @param {{ bin: import("../gallery/bin.js").Bin, toasts: import("../dom/toasts.js").Toasts }} how */
  constructor({ bin, toasts }) {
    this.bin = bin;
    this.toasts = toasts;
    /** What can be done with a picture. @type {Actions} */
    this.actions = NONE;
    /** @type {Picture | null} */
    this.picture = null;
    /** The picture whose facts are written. @type {Picture | null} */
    this.told = null;
    /** How it was made, as far as it is known. @type {Record<string, string>} */
    this.notes = {};
    /** Where the pictures are taken from. @type {Shelf} */
    this.shelf = { pictures: [], older: () => {}, reveal: () => {}, reuse: () => {} };
    /** Whether the file of the picture was moved away. */
    this.isMissing = false;
    this.tools = new Tools({
      of: (picture) => this.actions.of(picture).filter(({ name }) => !this.isMissing || !OF_FILES.has(name)),
      do: (name, picture) => this.actions.do(name, picture),
      key: (key, picture) => this.actions.key(key, picture),
      flip: (how) => this.actions.flip(how),
    }, () => this.rest());
    this.stage = make("div", { className: "viewer-stage" });
    this.back = this.stepper("back", "Previous picture", "←", -1);
    this.forth = this.stepper("forth", "Next picture", "→", 1);
    this.scale = button("1:1", "viewer-scale", () => this.rescale(!this.isActual), { title: "One pixel of the picture for one of the screen" });
    this.rejected = make("p", { className: "viewer-rejected", textContent: "✕ rejected", hidden: true });
    this.stage.append(this.back, this.forth, this.scale, this.rejected);
    /** What a capability has to say of each picture, if any. @type {Extra | null} */
    this.extra = null;
    this.extras = make("div", { className: "viewer-extra" });
    /** The text in the file that is shown, in which programs write what made it; null where it is not known. @type {string | null} */
    this.parameters = null;
    this.place = make("span", { aria: { live: "polite" } });
    this.facts = make("div", { className: "viewer-facts", tabIndex: 0, aria: { label: "How it was made" } });
    this.download = make("a", { className: "quiet-button", textContent: "Download PNG", id: "viewer-download" });
    this.reuse = this.action("viewer-reuse", "Reuse settings", () => this.take(false));
    this.sameSeed = this.action("viewer-same-seed", "Same seed", () => this.take(true));
    this.sameSeed.title = "The settings with this seed, locked";
    this.delete = this.action("viewer-delete", "Delete", () => this.erase());
    this.restore = this.action("viewer-restore", "Restore", () => this.outOfBin("restore"));
    this.forGood = this.action("viewer-for-good", "", () => this.eraseForGood());
    const close = button("✕", "quiet-button", () => this.element.close(), { id: "viewer-close", aria: { label: "Close" } });
    this.element = dialog(
      { id: "viewer", tabIndex: -1, aria: { label: "Picture" } },
      this.stage,
      make("div", { className: "viewer-side" },
        make("div", { className: "viewer-top" }, this.place, close),
        this.tools.element,
        this.extras,
        this.facts,
        make("div", { className: "viewer-actions" }, this.reuse, this.sameSeed, this.download, this.delete, this.restore, this.forGood)),
    );
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("close", () => this.closed());
    this.element.addEventListener("click", (event) => this.click(event));
    this.swipes();
  }

  /** @param {string} id @param {string} text @param {() => void} act */
  action(id, text, act) {
    return button(text, "quiet-button", act, { id });
  }

  /** @param {string} name @param {string} label @param {string} arrow @param {number} step */
  stepper(name, label, arrow, step) {
    return button(arrow, `viewer-step ${name}`, () => this.step(step), { aria: { label } });
  }

  /** Opens a picture of a shelf: something with `pictures` to step through, `older()`, `reveal()` and `reuse()`. @param {Picture} picture @param {Shelf} shelf */
  open(picture, shelf) {
    this.shelf = shelf;
    this.show(picture);
    if (this.element.open) return;
    this.element.showModal();
    this.rest();
  }

  /** The keyboard is on none of the buttons, so that Space presses none. */
  rest() {
    if (this.element.open) this.element.focus({ preventScroll: true });
  }

  /** @param {Picture} picture */
  show(picture) {
    this.leave();
    this.picture = picture;
    picture.views.add(this);
    this.shelf.shown?.(picture);
    this.steps();
    const { pictures } = this.shelf;
    if (pictures.indexOf(picture) >= pictures.length - 3) this.shelf.older();
    const own = pictures.filter(({ dream }) => dream === picture.dream);
    this.place.textContent = this.shelf.placeOf?.(picture) ?? (own.length > 1 ? `${own.indexOf(picture) + 1} of ${own.length}` : "");
    const extra = this.extra?.of(picture);
    if (extra && extra.parentElement !== this.extras) this.extras.replaceChildren(extra);
    this.parameters = null;
    this.download.href = at(`/picture/${picture.id}?download=1`);
    this.isMissing = this.shelf.isGone?.(picture) === true;
    this.element.classList.toggle("is-of-bin", this.isOfBin);
    this.beSure(false);
    this.tools.fill(picture);
    this.tell(picture, {});
    this.offer();
    this.facts.scrollTop = 0;
    this.rescale(false);
    const { width, height } = picture.settings;
    // More would be mush.
    this.stage.style.setProperty("--width", `${width / devicePixelRatio}px`);
    this.stage.style.setProperty("--height", `${height / devicePixelRatio}px`);
    this.enlarge(picture);
    this.ask(picture);
  }

  get isOfBin() {
    return Boolean(this.shelf.ofBin);
  }

  /** What the routes are asked about a picture. @param {Picture} picture */
  addressOf(picture, what = "") {
    return `/picture/${picture.id}${what}${this.isOfBin ? "?bin=1" : ""}`;
  }

  /** Of a picture whose file is gone nothing is offered that needs it. */
  offer() {
    for (const one of [this.download, ...this.facts.querySelectorAll("#viewer-copy-picture, #viewer-share")]) {
      if (one instanceof HTMLElement) one.hidden = this.isMissing || this.isOfBin;
    }
  }

  /** Whether it is shown pixel for pixel, and scrolled where it is larger than its place. */
  get isActual() {
    return this.stage.classList.contains("is-actual");
  }

  /** @param {boolean} isActual */
  rescale(isActual) {
    this.stage.classList.toggle("is-actual", isActual);
    this.scale.textContent = isActual ? "Fit" : "1:1";
  }

  /** Whether there is one before it, and one after it. */
  steps() {
    if (!this.picture) return;
    const { pictures } = this.shelf;
    const place = pictures.indexOf(this.picture);
    grey(this.back, place <= 0 ? "This is the first picture" : "");
    grey(this.forth, place >= pictures.length - 1 ? "This is the last picture" : "");
    if ([this.back, this.forth].some((stepper) => stepper.disabled && stepper === document.activeElement)) this.rest();
  }

  /** No longer told of the picture's changes. */
  leave() {
    settled(this);
    this.picture?.views.delete(this);
  }

  /** @param {Picture} picture */
  async enlarge(picture) {
    const { prompt } = picture.settings;
    // What the gallery shows already, until the original is there.
    this.put(make("img", { alt: prompt, src: at(`/thumb/${picture.id}${this.isOfBin ? "?bin=1" : ""}`), draggable: false }));
    if (this.isMissing) {
      await this.failed(picture);
      return;
    }
    const large = await loaded(this.addressOf(picture), prompt).catch(() => null);
    if (this.picture !== picture) return;
    if (large) {
      settled(this);
      this.put(large);
    } else {
      this.failed(picture);
    }
  }

  /** Shows an image on the stage, and nothing else. @param {HTMLImageElement} image */
  put(image) {
    for (const before of this.stage.querySelectorAll("img, .viewer-broken")) before.remove();
    this.stage.prepend(image);
  }

  /** Says so over what is there; it is also tried again by itself, unless its file is gone. @param {Picture} picture */
  async failed(picture) {
    /** @type {import("../dreams/told.js").ToldPicture | null} */
    const told = await ask(this.addressOf(picture, "/facts")).catch(() => null);
    if (this.picture !== picture) return;
    const gone = told?.gone;
    this.isMissing = gone !== undefined;
    this.offer();
    this.tools.fill(picture);
    const [words, act] = gone
      ? [gone, button("Take it out of the list", "link-button", () => this.erase())]
      : ["The picture could not be loaded.", button("Try again", "link-button", () => retryNow(this))];
    for (const before of this.stage.querySelectorAll(".viewer-broken")) before.remove();
    this.stage.append(make("p", { className: "viewer-broken", role: "alert" }, `${words} `, act));
    if (!gone) again(this, () => this.picture === picture && this.enlarge(picture));
  }

  /** How it was made is known to the server alone. @param {Picture} picture */
  async ask(picture) {
    /** @type {ToldPicture | null} */
    const told = await ask(this.addressOf(picture, "/facts")).catch(() => null);
    if (!told || this.picture !== picture) return;
    this.parameters = told.parameters ?? null;
    this.shelf.told?.(picture, told);
    this.extra?.told(picture, told);
    this.tell(picture, told.notes ?? {});
  }

  /** Writes what is known of the picture; `notes` tell how it was made. @param {Picture} picture @param {Record<string, string>} notes */
  tell(picture, notes) {
    this.notes = notes;
    const isRejected = picture.mark === "rejected";
    this.stage.classList.toggle("is-rejected", isRejected);
    this.rejected.hidden = !isRejected;
    const { prompt, negative_prompt, width, height, steps, guidance, sampler, model, variation, emphasis } = picture.settings;
    const rank = picture.dream.ranks?.().get(picture.index);
    const place = rank ? ` · number ${rank} of its sheet` : "";
    /** @type {[string, string][]} */
    const all = [
      [named("seed"), String(picture.seed)],
      ["Variation", variation ? `seed ${variation.seed}, strength ${variation.strength}` : ""],
      ["Size", `${width} × ${height}`],
      [named("steps"), String(steps)],
      [named("guidance"), String(guidance)],
      [named("sampler"), sampler],
      [named("model"), model],
      [named("emphasis"), hasEmphasis(prompt + negative_prompt) ? (emphasis ? "on" : "off") : ""],
      ["Avoided", negative_prompt],
      ["Match", picture.match === null ? "" : `${picture.match.toFixed(2)}${picture.dream.sheet ? place : ""}`],
      ["Mark", picture.mark],
      ["In the bin", this.shelf.ofBin?.left(picture) ?? ""],
      ["Made", moment(picture.dream.created)],
      ["File", notes.file ?? ""],
      ["Made on", [notes.device, notes.dtype].filter(Boolean).join(", ")],
      ...Object.entries(notes).filter(([name]) => name.startsWith("LoRA ")),
    ];
    const facts = all.filter(([, value]) => value !== "");
    const list = make("dl", {}, ...facts.flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })]));
    const before = this.facts.querySelector("dl");
    if (before && this.told === picture) before.replaceWith(list);
    else this.facts.replaceChildren(...this.words(prompt), make("div", { className: "viewer-copies" }, ...this.copiers(picture)), list);
    this.told = picture;
  }

  /** The prompt, cut where it is long. @param {string} prompt @returns {HTMLElement[]} */
  words(prompt) {
    const whole = make("p", { className: "viewer-prompt", textContent: prompt });
    if (prompt.length <= LONG) return [whole];
    whole.classList.add("is-cut");
    const more = button("More", "link-button", () => {
      const isCut = whole.classList.toggle("is-cut");
      more.textContent = isCut ? "More" : "Less";
      more.setAttribute("aria-expanded", String(!isCut));
    }, { id: "viewer-more", aria: { expanded: "false" } });
    return [whole, more];
  }

  /** What can be taken along: the prompt, the settings as text that other programs read, the picture itself. @param {Picture} picture */
  copiers(picture) {
    const { prompt } = picture.settings;
    return [
      this.copier("viewer-copy", "Copy prompt", () => copyText(prompt, this.element)),
      this.copier("viewer-copy-settings", "Copy settings", () => copyText(this.parameters ?? infotext(picture), this.element)),
      ...(canCopyPictures() ? [this.copier("viewer-copy-picture", "Copy picture", () => copyPicture(picture))] : []),
      ...(canShare() ? [this.copier("viewer-share", "Send picture…", () => share(picture), "Sent")] : []),
    ];
  }

  /** @param {string} id @param {string} text @param {() => Promise<void>} act @param {string} [done] */
  copier(id, text, act, done = "Copied") {
    const copy = button(text, "link-button", async () => {
      try {
        await act();
      } catch (error) {
        if (error instanceof DOMException && error.name === "AbortError") return; // it was called off
        this.toasts.show("The browser did not allow that.", wordsOf(error), true);
        return;
      }
      copy.textContent = done;
      setTimeout(() => (copy.textContent = text), SAID);
    }, { id });
    return copy;
  }

  /** The picture was marked. */
  changed() {
    if (!this.picture) return;
    this.tools.fill(this.picture);
    this.tell(this.picture, this.notes);
  }

  /** @param {number} by */
  step(by) {
    const { pictures } = this.shelf;
    const next = this.picture && pictures[pictures.indexOf(this.picture) + by];
    if (next) this.show(next);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (!this.picture || event.ctrlKey || event.metaKey || event.altKey || event.repeat && !(event.key in ARROWS)) return;
    if (event.key in ARROWS) this.step(ARROWS[event.key]);
    else if (this.isOfBin) return;
    else if (this.extra?.key(event.key)) event.stopPropagation();
    else if (event.key === "Delete" || event.key === "Backspace") this.erase();
    else if (this.isMissing && OF_FILES.has(event.key.toLowerCase())) return;
    else if (this.actions.key(event.key, this.picture)) this.tools.fill(this.picture);
    else if (event.key === " " && event.target === this.element) this.actions.flip({ large: true });
    else return;
    event.preventDefault();
  }

  /** @param {MouseEvent} event */
  click(event) {
    if (event.detail > 0 && targetOf(event).closest("button")) this.rest();
  }

  swipes() {
    /** @type {Touch | null} */
    let start = null;
    this.stage.addEventListener("touchstart", (event) => {
      start = event.touches.length === 1 ? event.touches[0] : null;
    }, { passive: true });
    this.stage.addEventListener("touchend", (event) => {
      const end = event.changedTouches[0];
      if (!start || !end) return;
      const across = end.clientX - start.clientX;
      if (Math.abs(across) > 48 && Math.abs(across) > 2 * Math.abs(end.clientY - start.clientY)) this.step(across < 0 ? 1 : -1);
      start = null;
    }, { passive: true });
  }

  /** @param {boolean} seed */
  take(seed) {
    if (!this.picture) return;
    const { dream, index } = this.picture;
    this.element.close();
    this.shelf.reuse(dream.id, index, { seed });
  }

  /** Into the bin, which can be undone; the next picture takes its place. */
  async erase() {
    const { picture } = this;
    if (!picture?.id) return;
    const { pictures } = this.shelf;
    const place = pictures.indexOf(picture);
    const next = pictures[place + 1] ?? pictures[place - 1];
    this.leave();
    const isDeleted = await this.bin.put({ pictures: [picture.id] });
    if (this.picture !== picture) return;
    if (!isDeleted) this.show(picture);
    else if (next) this.show(next);
    else this.element.close();
  }

  /** @param {"restore" | "erase"} act */
  async outOfBin(act) {
    const { picture } = this;
    const { ofBin, pictures } = this.shelf;
    if (!picture || !ofBin) return;
    const place = pictures.indexOf(picture);
    const next = pictures[place + 1] ?? pictures[place - 1];
    const isDone = await ofBin[act](picture);
    if (this.picture !== picture) return;
    if (!isDone) this.show(picture);
    else if (next) this.show(next);
    else this.element.close();
  }

  /** Nothing brings it back after that: the same button asks once more. */
  eraseForGood() {
    if (this.isSure) this.outOfBin("erase");
    else this.beSure(true);
  }

  /** @param {boolean} isSure */
  beSure(isSure) {
    this.isSure = isSure;
    this.forGood.textContent = isSure ? "Yes, for good" : "Delete for good…";
    this.forGood.classList.toggle("is-grave", isSure);
  }

  closed() {
    if (this.element.open) return; // told a moment later, when it may show another already
    const { picture } = this;
    this.leave();
    this.picture = null;
    if (picture) this.shelf.reveal(picture);
  }

  /** The picture was deleted elsewhere. */
  remove() {
    this.element.close();
  }
}
