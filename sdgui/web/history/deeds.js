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
 * @typedef {import("../shared/dreams/told.js").Mark} Mark
 * @typedef {{ mark: Mark } | { rating: number }} Change
 * @typedef {{ ids: string[], change: Change }} Former what pictures were before
 * @typedef {{ kept: "none" | "some" | "all", least: number, most: number }} Judged
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
    /** The change that is under way, if any. @type {Promise<Former[] | null>} */
    this.under = Promise.resolve(null);
  }

  /** Keeps them; where all are kept already, none of them any more. @param {string[]} ids */
  async keep(ids) {
    const kept = !this.areKept(ids);
    const former = await this.change(ids, { mark: kept ? "kept" : "" });
    if (former) this.done(kept ? `${pictures(ids.length)} kept` : `${pictures(ids.length)} not kept any more`, former);
  }

  /** @param {string[]} ids */
  areKept(ids) {
    return ids.every((id) => this.records.of(id)?.mark === "kept");
  }

  /** How many of them are kept, and their lowest and highest rating: of which nothing is known, nothing is said. @param {string[]} ids @returns {Judged} */
  judged(ids) {
    const marks = new Set(ids.map((id) => this.records.of(id)?.mark ?? ""));
    const ratings = ids.map((id) => this.records.of(id)?.rating ?? 0);
    const [least, most] = ratings.reduce(([low, high], one) => [Math.min(low, one), Math.max(high, one)], [5, 0]);
    return { kept: !marks.has("kept") ? "none" : marks.size === 1 ? "all" : "some", least, most };
  }

  /** @param {string[]} ids @param {number} rating 0 takes it away */
  async rate(ids, rating) {
    const former = await this.change(ids, { rating });
    if (former) this.done(rating ? `${pictures(ids.length)} rated ${rating} of 5` : `${pictures(ids.length)} without a rating`, former);
  }

  /** Says what was done; of many, where each may have been judged by itself, it can be taken back. @param {string} what @param {Former[]} former */
  done(what, former) {
    const changed = former.reduce((sum, { ids }) => sum + ids.length, 0);
    if (changed > 1) this.page.undoing.offer(what, () => this.giveBack(former));
    else this.page.toasts.say(what);
  }

  /** Each is again as it was. @param {Former[]} former */
  async giveBack(former) {
    const all = await Promise.all(former.map(({ ids, change }) => this.change(ids, change)));
    if (all.every((one) => one !== null)) this.page.toasts.say("Taken back");
  }

  /**
   * Shown at once, and told to the server, one change after the other. Gives what those were that were otherwise; null
   * where not all of it was told.
   * @param {string[]} ids @param {Change} change
   */
  change(ids, change) {
    this.records.change(new Set(ids), change);
    this.calls.shown();
    this.under = this.under.then(() => this.send(ids, change));
    return this.under;
  }

  /** @param {string[]} ids @param {Change} change @returns {Promise<Former[] | null>} */
  async send(ids, change) {
    const going = new Going(this.page.toasts, "Changing", ids.length);
    const address = "mark" in change ? "/history/marks" : "/history/ratings";
    try {
      const told = await inPortions(ids, (portion) => tell(address, { pictures: portion, ...change }, "PUT"), (sent) => going.tell(sent));
      if ("mark" in change) this.page.marked(ids, change.mark);
      else this.page.others.tell({ type: "rated" });
      return told.flatMap(({ former }) => Object.entries(former).map(([value, those]) => (
        { ids: those, change: "mark" in change ? { mark: /** @type {Mark} */ (value) } : { rating: Number(value) } })));
    } catch (error) {
      const sent = error instanceof Partly ? error.sent : 0;
      this.page.toasts.show(wordsOf(error), sent ? partly(sent, ids.length, "changed") : "Nothing was changed.", true);
      this.records.age();
      this.calls.shown();
      return null;
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

  /** Out of the bin for good: those that are. @param {string[]} ids */
  async erase(ids) {
    try {
      await tell("/bin/empty", { pictures: ids });
      this.page.toasts.show(`${pictures(ids.length)} deleted for good`, "", false, 4000);
      return ids;
    } catch (error) {
      this.page.toasts.show(wordsOf(error), "Nothing was deleted.", true);
      return [];
    }
  }

  /** Out of the bin: those that are. @param {string[]} ids */
  async restore(ids) {
    return this.page.bin.restore(ids);
  }
}
