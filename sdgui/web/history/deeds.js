// @ts-check
// What is done with pictures of the history, one or many.

import { tell, wordsOf } from "../shared/fetch/ask.js";
import { save } from "../shared/fetch/save.js";
import { pictures } from "./wall.js";

/**
 * @typedef {import("../shared/page/page.js").Page} Page
 * @typedef {import("./records.js").Records} Records
 * @typedef {{ shown: () => void, changed: () => void }} Calls `shown`: something looks otherwise; `changed`: others may be found
 */

/** Pictures that one of our routes takes at once. */
const MOST = 1000;

export class Deeds {
  /** @param {Page} page @param {Records} records @param {Calls} calls */
  constructor(page, records, calls) {
    this.page = page;
    this.records = records;
    this.calls = calls;
  }

  /** Keeps them; where all are kept already, none of them any more. @param {string[]} ids */
  async keep(ids) {
    const kept = !this.areKept(ids);
    const isDone = await this.change(ids, { kept }, "/history/marks");
    if (!isDone) return;
    for (const id of ids) this.page.dreams.picture(id)?.setMark(kept ? "kept" : "");
    for (const room of this.page.rooms.values()) room.marked?.();
    this.page.toasts.say(kept ? `${pictures(ids.length)} kept` : `${pictures(ids.length)} not kept any more`);
  }

  /** @param {string[]} ids */
  areKept(ids) {
    return ids.every((id) => this.records.byId.get(id)?.kept === true);
  }

  /** The rating that all have alike, else 0. @param {string[]} ids */
  ratingOf(ids) {
    const ratings = new Set(ids.map((id) => this.records.byId.get(id)?.rating ?? 0));
    return ratings.size === 1 ? [...ratings][0] : 0;
  }

  /** @param {string[]} ids @param {number} rating 0 takes it away */
  async rate(ids, rating) {
    const isDone = await this.change(ids, { rating }, "/history/ratings");
    if (isDone) this.page.toasts.say(rating ? `${pictures(ids.length)} rated ${rating} of 5` : `${pictures(ids.length)} without a rating`);
  }

  /** Shown at once, and told to the server. @param {string[]} ids @param {{ kept: boolean } | { rating: number }} change @param {string} address */
  async change(ids, change, address) {
    this.records.change(new Set(ids), change);
    this.calls.shown();
    try {
      for (let i = 0; i < ids.length; i += MOST) await tell(address, { pictures: ids.slice(i, i + MOST), ...change }, "PUT");
      return true;
    } catch (error) {
      this.page.toasts.show(wordsOf(error), "Nothing was changed.", true);
      this.records.age();
      return false;
    } finally {
      this.calls.changed();
    }
  }

  /** Any two as A and B, more as a wall. @param {string[]} ids */
  async compare(ids) {
    for (const room of this.page.rooms.values()) await room.compares?.(ids);
  }

  /** The original files, as a ZIP. @param {string[]} ids */
  async save(ids) {
    if (this.isTooMany(ids, "exported")) return;
    const options = { method: "POST", headers: { "content-type": "application/json" }, body: JSON.stringify({ pictures: ids }) };
    await save("/history/zip", this.page.toasts, { making: `Collecting ${pictures(ids.length)}…`, unnamed: "pictures.zip", options });
  }

  /** @param {string[]} ids @param {string} what */
  isTooMany(ids, what) {
    if (ids.length <= MOST) return false;
    this.page.toasts.show(`At most ${MOST.toLocaleString("en")} pictures are ${what} at once.`, `${ids.length.toLocaleString("en")} are selected.`, true);
    return true;
  }

  /** Into the bin, from which Undo brings them back; whether they are there. @param {string[]} ids */
  async remove(ids) {
    return !this.isTooMany(ids, "deleted") && this.page.bin.put({ pictures: ids });
  }

  /** Out of the bin. @param {string[]} ids */
  async restore(ids) {
    const { toasts } = this.page;
    if (this.isTooMany(ids, "restored")) return false;
    try {
      await tell("/bin/restore", { pictures: ids });
    } catch (error) {
      toasts.show(wordsOf(error), "Nothing was restored.", true);
      return false;
    }
    toasts.show(`${pictures(ids.length)} restored`, "", false, 4000);
    await this.page.dreams.refresh();
    return true;
  }
}
