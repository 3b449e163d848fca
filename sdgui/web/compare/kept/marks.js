// @ts-check
// What its owner thinks of a picture: shown at once, then told to the server, one after the other.

import { tell, wordsOf } from "../../shared/fetch/ask.js";

/**
 * @typedef {import("../../shared/dreams/dream.js").Picture} Picture
 * @typedef {import("../../shared/dreams/told.js").Mark} Mark
 */

const SAID = { kept: "Kept", rejected: "Rejected", "": "Mark taken away" };

export class Marks {
  /** @param {import("../../shared/page/page.js").Page} page */
  constructor({ dreams, toasts, others }) {
    this.dreams = dreams;
    this.toasts = toasts;
    this.others = others;
    /** @type {Promise<void>} */
    this.turn = Promise.resolve();
    /** Called when the server has taken a mark. */
    this.taken = () => {};
  }

  /** @param {Picture} picture @param {Mark} mark */
  set(picture, mark) {
    const { id, mark: before } = picture;
    this.show(picture, mark);
    this.toasts.say(SAID[mark]);
    this.turn = this.turn.then(() => this.tell(picture, { id, mark, before }));
    return this.turn;
  }

  /** @param {Picture} picture @param {{ id: string | null, mark: Mark, before: Mark }} change */
  async tell(picture, { id, mark, before }) {
    try {
      await tell(`/picture/${id}/mark`, { mark }, "PUT");
      this.taken();
      if (id) this.others.tell({ type: "marked", pictures: [id], mark });
    } catch (error) {
      if (picture.mark === mark) this.show(picture, before);
      this.toasts.show(wordsOf(error), "The mark was not kept.", true);
    }
  }

  /** The same picture may be shown in the tray, which knows it on its own, and on walls. @param {Picture} picture @param {Mark} mark */
  show(picture, mark) {
    picture.setMark(mark);
    for (const known of this.dreams.all(picture.id)) if (known !== picture) known.setMark(mark);
  }
}
