// @ts-check
// A place for one picture in the history; it shows another one where it is used again.

import { make } from "../shared/dom/dom.js";
import { at } from "../shared/fetch/address.js";
import { again, settled } from "../shared/fetch/again.js";
import { leftWords } from "./days.js";

/** @typedef {import("./told.js").ToldRecord} ToldRecord */
/** @typedef {{ record: ToldRecord | undefined, index: number, total: number, box: import("./layout.js").Box, isSelected: boolean, isActive: boolean, day: string, isBin: boolean }} Shown */

const GONE = "file gone";
const REJECTED = "✕ rejected";
/** @type {Record<string, string>} */
const CLASSES = { "♥": "is-kept", [REJECTED]: "is-rejected", [GONE]: "is-gone" };

export class HistoryTile {
  constructor() {
    this.index = -1;
    /** @type {ToldRecord | undefined} */
    this.record = undefined;
    this.image = make("img", { alt: "", draggable: false, decoding: "async" });
    this.element = make("div", { className: "history-tile", role: "option", tabIndex: -1 }, this.image);
    // The styles of each element cost more than all else while pictures scroll by: these two are there once needed.
    /** @type {HTMLElement | undefined} */
    this.check = undefined;
    /** @type {HTMLElement | undefined} */
    this.badges = undefined;
    for (const type of ["pointerenter", "focus"]) this.element.addEventListener(type, () => this.offer());
    this.top = 0;
    this.width = 0;
    this.said = "";
    this.address = "";
    this.image.addEventListener("load", () => {
      settled(this.image);
      this.element.classList.add("is-there");
    });
    this.image.addEventListener("error", () => {
      const { address } = this;
      if (!address) return;
      this.element.classList.remove("is-there");
      again(this.image, () => {
        if (this.address === address && this.element.isConnected) this.image.src = at(address);
      });
    });
  }

  /** @param {Shown} shown */
  show({ record, index, total, box, isSelected, isActive, day, isBin }) {
    const { element } = this;
    if (record?.id !== this.record?.id) {
      this.record = record;
      this.load(record ? `/thumb/${record.id}${isBin ? "?bin=1" : ""}` : "");
    }
    this.record = record;
    if (this.index !== index) {
      this.index = index;
      element.dataset.index = String(index);
      element.setAttribute("aria-posinset", String(index + 1));
    }
    // Written only where it differs: this runs for each tile in each frame that scrolls.
    const said = [box.left, box.top, box.width, total, isSelected, isActive, day, record?.id, record?.mark, record?.rating, record?.missing, record?.left].join(" ");
    if (said === this.said) return;
    this.said = said;
    element.style.transform = `translate(${box.left}px, ${box.top}px)`;
    this.top = box.top;
    if (this.width !== box.width) element.style.width = element.style.height = `${box.width}px`;
    this.width = box.width;
    element.setAttribute("aria-setsize", String(total));
    element.setAttribute("aria-selected", String(isSelected));
    element.setAttribute("aria-label", record ? nameOf(record, day) : "Picture, still loading");
    element.tabIndex = isActive ? 0 : -1;
    element.classList.toggle("is-rejected", record?.mark === "rejected");
    const badges = [...(record?.mark === "kept" ? ["♥"] : record?.mark === "rejected" ? [REJECTED] : []), ...(record?.rating ? [`★ ${record.rating}`] : []), ...(record?.missing ? [GONE] : []), ...(isBin ? [leftWords(record?.left)] : [])].filter(Boolean);
    if (badges.length || this.badges) this.badge(badges);
    if (isSelected) this.offer();
  }

  /** @param {string[]} badges */
  badge(badges) {
    this.badges ??= make("span", { className: "history-badges", aria: { hidden: true } });
    this.badges.replaceChildren(...badges.map((text) => make("span", { className: CLASSES[text] ?? (text.startsWith("★") ? "is-rated" : "is-left"), textContent: text })));
    if (badges.length) this.element.append(this.badges);
    else this.badges.remove();
  }

  /** It can be selected. */
  offer() {
    if (this.check) return;
    this.check = make("span", { className: "history-check", aria: { hidden: true } });
    this.image.after(this.check);
  }

  /** @param {string} address "" for none */
  load(address) {
    settled(this.image);
    this.address = address;
    this.element.classList.remove("is-there");
    this.element.title = this.record?.prompt ?? "";
    // Without an address the browser gives up what it was still fetching.
    if (address) this.image.src = at(address);
    else this.image.removeAttribute("src");
  }

  remove() {
    this.record = undefined;
    this.load("");
    this.index = -1;
    this.said = "";
    this.element.remove();
  }
}

/** @param {ToldRecord} record @param {string} day */
function nameOf({ prompt, seed, mark, rating, missing, left }, day) {
  return [prompt || "Without a prompt", ...(seed === null ? [] : [`seed ${seed}`]), ...(missing ? [GONE] : []), ...(mark ? [mark] : []), ...(rating ? [`rated ${rating} of 5`] : []), ...(day ? [day] : []), ...(left ? [`${leftWords(left)} in the bin`] : [])].join(", ");
}
