// @ts-check
// What can be done with one picture, wherever it is shown: keep, reject, pin, vary, compare with what it was made from.

import { COMPACT } from "../shared/dom/compact.js";

/**
 * @typedef {import("../shared/dreams/dream.js").Picture} Picture
 * @typedef {import("../shared/dreams/told.js").Mark} Mark
 */

/** @param {Picture} picture @param {Mark} mark @returns {Mark} */
const toggled = (picture, mark) => (picture.mark === mark ? "" : mark);

/** @type {Record<string, string>} */
const NAMES = { k: "keep", x: "reject", a: "a", b: "b", v: "vary" };

export class Actions {
  /** `vary` begins variations around a picture. @param {{ marks: import("./kept/marks.js").Marks, pair: import("./pair/pair.js").Pair, page: import("../shared/page/page.js").Page, vary: (picture: Picture) => void }} parts */
  constructor({ marks, pair, page, vary }) {
    this.marks = marks;
    this.pair = pair;
    this.page = page;
    this.varies = vary;
  }

  /** What there is for a picture, in the order of its buttons. @param {Picture} picture */
  of(picture) {
    const isKept = picture.mark === "kept";
    const isRejected = picture.mark === "rejected";
    const source = picture.dream.source?.(picture.index);
    const origin = picture.dream.sheet?.kind === "refined" ? "draft" : "original";
    return [
      { name: "keep", sign: "♥", word: isKept ? "Kept" : "Keep", label: isKept ? "Do not keep (K)" : "Keep (K)", isOn: isKept },
      { name: "reject", sign: "✕", word: isRejected ? "Rejected" : "Reject", label: isRejected ? "Do not reject (X)" : "Reject (X)", isOn: isRejected },
      { name: "a", sign: "A", label: "Pin as A (A)", isOn: this.pair.a === picture.id },
      { name: "b", sign: "B", label: "Pin as B (B)", isOn: this.pair.b === picture.id },
      { name: "vary", sign: "⟳", word: "Vary", label: "Vary (V)" },
      ...(source ? [{ name: "versus", sign: "vs", word: origin, label: `Compare with its ${origin}` }] : []),
      ...this.page.more,
    ];
  }

  /** Does what a key means; false when it means nothing. @param {string} key @param {Picture} picture */
  key(key, picture) {
    const name = NAMES[key.toLowerCase()];
    if (!name) return false;
    this.do(name, picture);
    return true;
  }

  /** @param {string} name @param {Picture} picture */
  do(name, picture) {
    if (!picture.id) return;
    switch (name) {
      case "keep":
        this.marks.set(picture, toggled(picture, "kept"));
        break;
      case "reject":
        this.marks.set(picture, toggled(picture, "rejected"));
        break;
      case "a":
      case "b":
        this.pin(name, picture.id);
        break;
      case "vary":
        this.varies(picture);
        break;
      case "versus":
        this.versus(picture);
        break;
      default:
        this.page.more.find((one) => one.name === name)?.do(picture);
    }
  }

  flip({ large = false } = {}) {
    this.pair.flip({ large });
  }

  /** @param {"a" | "b"} which @param {string} id */
  async pin(which, id) {
    const pinned = this.pair.pin(which, id);
    this.pair.bring();
    await pinned;
    this.page.toasts.say(`Pinned as ${which.toUpperCase()}`);
    // The settings, where the two are seen else, are out of sight there.
    if (COMPACT.matches && this.pair.stage.isFull) this.pair.large.open();
  }

  /** Beside what it was made from. @param {Picture} picture */
  async versus(picture) {
    const source = picture.dream.source?.(picture.index);
    if (!source || !picture.id) return;
    await this.pin("a", source);
    await this.pin("b", picture.id);
    this.pair.look("slider");
  }
}
