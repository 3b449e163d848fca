// @ts-check
// The picture that variations are made around, said before they begin.

import { find, make } from "../shared/dom/dom.js";
import { thumbnail } from "../shared/fetch/image.js";

/** @typedef {import("../shared/dreams/dream.js").Picture} Picture */

/** What a row goes out from: of a picture that is a variation itself, only its seed. @param {Picture} picture */
function around({ seed, own: { variation } }) {
  if (!variation) return `Around seed ${seed}`;
  return `Around seed ${seed} alone: this picture is a variation of it (seed ${variation.seed}, strength ${variation.strength})`;
}

export class VaryBase {
  /**
   * The selected picture of a sheet, else what is pinned as A, else what was kept last.
   * @param {{ selection: import("./sheet/selection.js").Selection, pair: import("./pair/pair.js").Pair,
   *   tray: import("./kept/tray.js").Tray, dreams: import("../shared/dreams/dreams.js").Dreams }} parts
   */
  constructor({ selection, pair, tray, dreams }) {
    this.selection = selection;
    this.pair = pair;
    this.tray = tray;
    this.dreams = dreams;
    /** The id that was said last. @type {string | null | undefined} */
    this.said = undefined;
    this.element = make("div", { id: "vary-base", role: "status" });
    find("#variation-settings").prepend(this.element);
    selection.list.element.addEventListener("selected", () => this.say());
    pair.root.addEventListener("pinned", () => this.say());
    tray.element.addEventListener("kept", () => this.say());
    this.say();
  }

  get id() {
    return this.selection.picture?.id ?? this.pair.a ?? this.tray.kept.at(-1)?.picture.id ?? null;
  }

  say() {
    const { id } = this;
    if (id === this.said) return;
    this.said = id;
    if (id === null) {
      this.element.replaceChildren(make("span", { textContent: "Choose a picture first: click one in a wall, or pin one as A." }));
      return;
    }
    const known = this.selection.picture ?? this.dreams.picture(id) ?? this.tray.kept.find(({ picture }) => picture.id === id)?.picture;
    this.element.replaceChildren(
      thumbnail(id, ""),
      make("span", { textContent: known ? around(known) : "Around the picture pinned as A" }),
    );
  }
}
