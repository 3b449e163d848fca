// @ts-check
// The viewer on what was found: it goes through all of it, in its order.

import { Picture } from "../shared/dreams/dream.js";
import { at } from "../shared/fetch/address.js";
import { ask } from "../shared/fetch/ask.js";
import { leftWords } from "./days.js";

/**
 * @typedef {import("./told.js").ToldRecord} ToldRecord
 * @typedef {import("../shared/dreams/told.js").ToldPicture} ToldPicture
 * @typedef {import("../shared/dreams/told.js").Made} Made
 * @typedef {{ page: import("../shared/page/page.js").Page, wall: import("./wall.js").Wall,
 *   restore: (ids: string[]) => Promise<boolean>, erase: (ids: string[]) => Promise<boolean>, shown: () => void }} Parts
 */

/** Pictures on both sides of the one that is seen that the viewer knows of. */
const AROUND = 40;

export class HistoryShelf {
  /** @param {Parts} parts */
  constructor({ page, wall, restore, erase, shown }) {
    this.page = page;
    this.wall = wall;
    this.told_ = shown;
    /** @type {import("../shared/viewer/viewer.js").OfBin} */
    this.acts = {
      left: ({ id }) => leftWords(id ? this.wall.records.byId.get(id)?.left : null),
      restore: async ({ id }) => id !== null && restore([id]),
      erase: async ({ id }) => id !== null && erase([id]),
    };
    this.at = 0;
    /** @type {Map<string, Picture>} */
    this.known = new Map();
  }

  /** @param {number} index */
  open(index) {
    const record = this.wall.recordAt(index);
    if (!record) return;
    this.at = index;
    this.page.viewer.open(this.pictureOf(record), this);
  }

  get ofBin() {
    return this.wall.isBin ? this.acts : null;
  }

  get isOpen() {
    return this.page.viewer.element.open && this.page.viewer.shelf === this;
  }

  /** The pictures around the one that is seen, without a gap. */
  get pictures() {
    const { wall, at: seen } = this;
    const found = [];
    for (let i = seen; i >= Math.max(0, seen - AROUND); i -= 1) {
      const record = wall.recordAt(i);
      if (!record) break;
      found.unshift(this.pictureOf(record));
    }
    for (let i = seen + 1; i <= seen + AROUND; i += 1) {
      const record = wall.recordAt(i);
      if (!record) break;
      found.push(this.pictureOf(record));
    }
    return found;
  }

  /** As the page knows it with its dream, or by itself. @param {ToldRecord} record */
  pictureOf(record) {
    const known = this.known.get(record.id);
    if (known) return known;
    const picture = this.page.dreams.picture(record.id) ?? alone(record);
    picture.views.add({ changed: () => this.marked(picture), remove: () => {} });
    this.known.set(record.id, picture);
    return picture;
  }

  /** @param {Picture} picture */
  marked(picture) {
    const record = picture.id ? this.wall.records.byId.get(picture.id) : undefined;
    if (!record || record.mark === picture.mark) return;
    record.mark = picture.mark;
    this.told_();
  }

  // What the viewer asks of a shelf

  older() {}

  /** It is seen: the wall behind follows, and what lies beside it is fetched. @param {Picture} picture */
  shown(picture) {
    const index = picture.id ? this.wall.indexOf(picture.id) : -1;
    if (index < 0) return;
    this.at = index;
    this.wall.active = index;
    this.wall.bring(index);
    this.wall.render();
    for (const step of [1, -1, 2]) {
      const { id, missing } = this.wall.recordAt(index + step) ?? {};
      if (id && !missing) new Image().src = at(`/picture/${id}${this.ofBin ? "?bin=1" : ""}`);
    }
  }

  /** @param {Picture} picture */
  placeOf(picture) {
    const index = picture.id ? this.wall.indexOf(picture.id) : -1;
    return index < 0 ? "" : `${(index + 1).toLocaleString("en")} of ${this.wall.total.toLocaleString("en")}`;
  }

  /** Whether its file was moved away. @param {Picture} picture */
  isGone(picture) {
    return (picture.id && this.wall.records.byId.get(picture.id)?.missing) === true;
  }

  /** What made it is known now. @param {Picture} picture @param {ToldPicture} told */
  told(picture, told) {
    if (!this.known.has(told.picture) || this.page.dreams.picture(told.picture) === picture) return;
    picture.index = told.index;
    picture.dream.settings = told;
    if (told.variation) picture.own = { variation: told.variation };
  }

  /** @param {Picture} picture */
  reveal(picture) {
    const index = picture.id ? this.wall.indexOf(picture.id) : -1;
    this.wall.focus(index < 0 ? this.at : index);
  }

  /** Takes over its settings, for a dream like it. @param {string} job @param {number} index @param {{ seed?: boolean }} [how] */
  async reuse(job, index, { seed = false } = {}) {
    const id = this.wall.recordAt(this.at)?.id ?? "";
    /** @type {ToldPicture | null} */
    const told = index >= 0 ? null : await ask(`/picture/${id}/facts`).catch(() => null);
    this.page.tabs.choose("dream");
    await this.page.reuse({ job, index: told?.index ?? Math.max(0, index), seed, sheet: false });
  }
}

/** A picture whose dream the page does not know, as far as the search told of it. @param {ToldRecord} record */
function alone({ id, job, created, prompt, model, width, height, seed, mark, match }) {
  const settings = /** @type {Made} */ (/** @type {unknown} */ ({
    prompt, negative_prompt: "", model, width, height, steps: "", guidance: "", sampler: "", emphasis: false,
  }));
  // Its place in its dream is not told: the facts tell it.
  const known = /** @type {number} */ (seed ?? /** @type {unknown} */ (""));
  return new Picture({ id: job, created, settings }, { index: -1, seed: known, picture: id, state: "done", mark, match });
}
