// @ts-check
// The stars in the viewer, wherever it was opened from.

import { Stars } from "./bar.js";

/** @typedef {import("../shared/dreams/dream.js").Picture} Picture */

export class Rating {
  /** @param {{ records: import("./records.js").Records, rate: (ids: string[], rating: number) => void }} parts */
  constructor({ records, rate }) {
    this.records = records;
    this.rates = rate;
    /** @type {Picture | null} */
    this.picture = null;
    /** What was given by hand is newer than what the server tells then. */
    this.isGiven = false;
    this.stars = new Stars((rating) => this.give(rating));
    this.stars.element.classList.add("viewer-rating");
  }

  /** The stars of this picture. @param {Picture} picture */
  of(picture) {
    this.picture = picture;
    this.isGiven = false;
    this.stars.show((picture.id && this.records.of(picture.id)?.rating) || 0);
    return this.stars.element;
  }

  /** @param {Picture} picture @param {import("../shared/dreams/told.js").ToldPicture} told */
  told(picture, told) {
    if (picture === this.picture && !this.isGiven) this.stars.show(told.rating);
  }

  /** Whether the key meant stars. @param {string} key */
  key(key) {
    if (!/^[0-5]$/.test(key)) return false;
    this.give(Number(key));
    return true;
  }

  /** @param {number} rating */
  give(rating) {
    const id = this.picture?.id;
    if (!id) return;
    this.isGiven = true;
    this.stars.show(rating);
    this.rates([id], rating);
  }
}
