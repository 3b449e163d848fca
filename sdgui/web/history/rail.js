// @ts-check
// The days beside the pictures, from the newest to the oldest: a click, a drag or a key leads there.

import { make } from "../shared/dom/dom.js";
import { inFrame } from "../shared/dom/frame.js";
import { dayWords, marks, shortDay } from "./days.js";
import { ALL } from "./wall.js";

const ROOM = 22;
/** Below the last picture. */
const FOOT = 16;
/** Pixels between two strokes; every fourth is longer. */
const STROKES = 7;
/** Milliseconds for which a phone shows where one is after it has scrolled. */
const SHOWN = 1200;

export class Rail {
  /** @param {import("./wall.js").Wall} wall */
  constructor(wall) {
    this.wall = wall;
    this.marks = make("div", { className: "history-marks", aria: { hidden: true } });
    this.day = make("span", {});
    this.thumb = make("div", { className: "history-thumb", aria: { hidden: true } }, this.day);
    this.element = make("div", {
      className: "history-rail", role: "slider", tabIndex: 0, aria: { label: "Day", orientation: "vertical", valuemin: 1, valuemax: 1, valuenow: 1 },
    }, this.marks, this.thumb);
    this.isHeld = false;
    this.height = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.hiding = undefined;
    this.element.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      this.hold(true);
      this.element.setPointerCapture(event.pointerId);
      this.lead(event);
    });
    this.element.addEventListener("pointermove", (event) => this.isHeld && this.lead(event));
    for (const type of ["pointerup", "pointercancel"]) this.element.addEventListener(type, () => this.hold(false));
    this.element.addEventListener("keydown", (event) => this.key(event));
    // A mouse leaves the keyboard here, too; only who uses keys has the names of the days over the pictures meanwhile.
    this.element.addEventListener("focus", () => this.element.classList.toggle("is-keyed", !this.isHeld && this.element.matches(":focus-visible")));
    this.element.addEventListener("blur", () => this.element.classList.remove("is-keyed"));
    new ResizeObserver(() => {
      this.height = this.element.clientHeight;
      this.draw();
    }).observe(this.element);
  }

  /** @param {boolean} isHeld */
  hold(isHeld) {
    this.isHeld = isHeld;
    if (isHeld) this.element.classList.remove("is-keyed");
    this.element.classList.toggle("is-held", isHeld);
  }

  /** How far the pictures can be scrolled. */
  get range() {
    return Math.max(1, this.wall.layout.height + FOOT - this.wall.seen);
  }

  /** Where a section's beginning stands on the rail. @param {number} section */
  place(section) {
    return Math.min(1, this.wall.layout.tops[section] / this.range) * (this.height - ROOM) + ROOM / 2;
  }

  /** @param {PointerEvent} event */
  lead(event) {
    event.preventDefault();
    const { top } = this.element.getBoundingClientRect();
    const part = (event.clientY - top - ROOM / 2) / Math.max(1, this.height - ROOM);
    this.wall.element.scrollTop = Math.max(0, Math.min(1, part)) * this.range;
    if (document.activeElement !== this.element) this.element.focus({ preventScroll: true });
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const { sections } = this.wall;
    const now = this.now;
    const month = (/** @type {number} */ i) => sections[i]?.key.slice(0, 7);
    let next = now;
    if (event.key === "ArrowDown" || event.key === "ArrowRight") next += 1;
    else if (event.key === "ArrowUp" || event.key === "ArrowLeft") next -= 1;
    else if (event.key === "PageDown") while (next < sections.length - 1 && month(next) === month(now)) next += 1;
    else if (event.key === "PageUp") while (next > 0 && month(next) === month(now)) next -= 1;
    else if (event.key === "Home") next = 0;
    else if (event.key === "End") next = sections.length - 1;
    else return;
    event.preventDefault();
    this.element.classList.add("is-keyed");
    this.wall.jump(next);
    this.move();
  }

  /** The section that is seen on top. */
  get now() {
    return this.wall.layout.sectionAt(this.wall.element.scrollTop + 1);
  }

  /** Other days, or another height. */
  draw() {
    inFrame(this.marks, () => {
      const { sections } = this.wall;
      // Without days it is a scrollbar for the mouse: the keyboard has no need of it, and who listens is told no days.
      const isUseful = this.range > 1;
      const hasDays = isUseful && sections.length > 1 && sections[0].key !== ALL;
      this.element.classList.toggle("is-idle", !isUseful);
      this.element.classList.toggle("has-days", hasDays);
      if (hasDays) {
        this.element.tabIndex = 0;
        this.element.removeAttribute("aria-hidden");
      } else {
        this.element.removeAttribute("tabindex"); // what is hidden must not get the keyboard
        this.element.setAttribute("aria-hidden", "true");
      }
      if (!isUseful) this.marks.replaceChildren();
      if (!isUseful || !this.height) return;
      const found = marks(sections, (section) => this.place(section), ROOM);
      const strokes = Array.from({ length: Math.floor((this.height - ROOM) / STROKES) }, (_, i) => {
        const stroke = make("i", { className: i % 4 ? "" : "is-long" });
        stroke.style.top = `${ROOM / 2 + i * STROKES}px`;
        return stroke;
      });
      this.marks.replaceChildren(...strokes, ...found.map(({ text, at, isYear }) => {
        const mark = make("span", { textContent: text, className: isYear ? "is-year" : "" });
        mark.style.top = `${at}px`;
        return mark;
      }));
      this.move();
    });
  }

  /** Says where one is; `isScrolled`: by scrolling, after which phones show it for a moment. */
  move(isScrolled = false) {
    const { sections, element } = this.wall;
    const now = this.now;
    if (!sections.length) return;
    const part = Math.max(0, Math.min(1, element.scrollTop / this.range));
    this.thumb.style.transform = `translateY(${Math.round(part * Math.max(0, this.height - ROOM))}px)`;
    const { key } = sections[now];
    const words = key === ALL ? "" : dayWords(key);
    const short = key === ALL ? "" : shortDay(key);
    if (this.day.textContent !== short) this.day.textContent = short;
    this.element.setAttribute("aria-valuemax", String(sections.length));
    this.element.setAttribute("aria-valuenow", String(now + 1));
    this.element.setAttribute("aria-valuetext", words);
    if (!isScrolled) return;
    this.element.classList.add("is-moving");
    clearTimeout(this.hiding);
    this.hiding = setTimeout(() => this.element.classList.remove("is-moving"), SHOWN);
  }
}
