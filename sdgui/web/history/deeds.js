// @ts-check
// What is done with pictures of the history, one or many.

import { make } from "../shared/dom/dom.js";
import { at } from "../shared/fetch/address.js";
import { tell, wordsOf } from "../shared/fetch/ask.js";
import { Going, Partly, inPortions, partly } from "../shared/fetch/portions.js";
import { pictures } from "./wall.js";

/**
 * @typedef {import("../shared/page/page.js").Page} Page
 * @typedef {import("./records.js").Records} Records
 * @typedef {{ shown: () => void, changed: () => void }} Calls `shown`: something looks otherwise; `changed`: others may be found
 */

/** Pictures of one ZIP. */
const MOST = 10_000;

export class Deeds {
  /** @param {Page} page @param {Records} records @param {Calls} calls */
  constructor(page, records, calls) {
    this.page = page;
    this.records = records;
    this.calls = calls;
    /** The change that is under way, if any; of it, whether it was told. @type {Promise<boolean>} */
    this.under = Promise.resolve(true);
  }

  /** Keeps them; where all are kept already, none of them any more. @param {string[]} ids */
  async keep(ids) {
    const kept = !this.areKept(ids);
    const isDone = await this.change(ids, { kept }, "/history/marks");
    if (!isDone) return;
    this.page.marked(ids, kept ? "kept" : "");
    this.page.toasts.say(kept ? `${pictures(ids.length)} kept` : `${pictures(ids.length)} not kept any more`);
  }

  /** @param {string[]} ids */
  areKept(ids) {
    return ids.every((id) => this.records.of(id)?.kept === true);
  }

  /** The rating that all have alike, else 0. @param {string[]} ids */
  ratingOf(ids) {
    const ratings = new Set(ids.map((id) => this.records.of(id)?.rating ?? 0));
    return ratings.size === 1 ? [...ratings][0] : 0;
  }

  /** @param {string[]} ids @param {number} rating 0 takes it away */
  async rate(ids, rating) {
    const isDone = await this.change(ids, { rating }, "/history/ratings");
    if (isDone) this.page.others.tell({ type: "rated" });
    if (isDone) this.page.toasts.say(rating ? `${pictures(ids.length)} rated ${rating} of 5` : `${pictures(ids.length)} without a rating`);
  }

  /**
   * Shown at once, and told to the server, one change after the other.
   * @param {string[]} ids @param {{ kept: boolean } | { rating: number }} change @param {string} address
   */
  change(ids, change, address) {
    this.records.change(new Set(ids), change);
    this.calls.shown();
    this.under = this.under.then(() => this.send(ids, change, address));
    return this.under;
  }

  /** Whether it was told. @param {string[]} ids @param {{ kept: boolean } | { rating: number }} change @param {string} address @returns {Promise<boolean>} */
  async send(ids, change, address) {
    const going = new Going(this.page.toasts, "Changing", ids.length);
    try {
      await inPortions(ids, (portion) => tell(address, { pictures: portion, ...change }, "PUT"), (sent) => going.tell(sent));
      return true;
    } catch (error) {
      const sent = error instanceof Partly ? error.sent : 0;
      this.page.toasts.show(wordsOf(error), sent ? partly(sent, ids.length, "changed") : "Nothing was changed.", true);
      this.records.age();
      this.calls.shown();
      return false;
    } finally {
      going.close();
      this.calls.changed();
    }
  }

  /** Any two as A and B, more as a wall. @param {string[]} ids */
  async compare(ids) {
    for (const room of this.page.rooms.values()) await room.compares?.(ids);
  }

  /** The original files, as a ZIP that the browser writes to the disk as it comes: it may be of any size. @param {string[]} ids */
  async save(ids) {
    const { toasts } = this.page;
    if (ids.length > MOST) {
      toasts.show(`At most ${MOST.toLocaleString("en")} pictures go into one ZIP.`, `${ids.length.toLocaleString("en")} are selected.`, true);
      return;
    }
    try {
      /** @type {{ zip: string, name: string }} */
      const { zip, name } = await tell("/history/zip", { pictures: ids });
      make("a", { href: at(zip), download: name }).click();
      toasts.show(`Saving ${pictures(ids.length)} as ${name}`, "", false, 4000);
    } catch (error) {
      toasts.show(wordsOf(error), "Nothing was saved.", true);
    }
  }

  /** Into the bin, from which Undo brings them back; whether they are there. @param {string[]} ids */
  async remove(ids) {
    return this.page.bin.put({ pictures: ids });
  }

  /** Out of the bin: those that are. @param {string[]} ids */
  async restore(ids) {
    return this.page.bin.restore(ids);
  }
}
