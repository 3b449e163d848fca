// @ts-check
// Nothing is gone at once: what is deleted goes into the bin, and for a while one click or key brings it back.

import { pictures as counted } from "../dreams/words.js";
import { isGone, tell, wordsOf } from "../fetch/ask.js";
import { Going, Partly, inPortions, partly } from "../fetch/portions.js";

/**
 * What is deleted: pictures by their ids, and whole dreams.
 * @typedef {{ pictures?: string[], dreams?: string[] }} Deleted
 * @typedef {{ pictures: number, undo: string }} Binned what the server tells of it
 */

export class Bin {
  /**
   * `forget` is told of the pictures that are deleted, `returned` that something came back, `tell` tells the other tabs.
   * @param {{ dreams: import("../dreams/dreams.js").Dreams, toasts: import("../dom/toasts.js").Toasts,
   *   undoing: import("../dom/undoing.js").Undoing,
   *   forget: (ids: string[]) => void, returned: () => void, tell: (news: import("../page/other-tabs.js").TabNews) => void }} parts
   */
  constructor({ dreams, toasts, undoing, forget, returned, tell: tellOthers }) {
    this.dreams = dreams;
    this.toasts = toasts;
    this.undoing = undoing;
    this.forget = forget;
    this.returned = returned;
    this.tellOthers = tellOthers;
  }

  /** Puts pictures and whole dreams into the bin and offers to undo it; false where not all of them could be. @param {Deleted} deleted */
  async put({ pictures = [], dreams = [] }) {
    const what = this.nameOf(pictures.length, dreams);
    // Before anybody is told: then the page knows them no more. A wall goes without its pictures.
    const whole = dreams.flatMap((job) => {
      const dream = this.dreams.known.get(job);
      return dream && !dream.isGathered ? dream.done.flatMap(({ id }) => id ?? []) : [];
    });
    const going = new Going(this.toasts, "Deleting", pictures.length);
    /** @type {Binned[]} */
    let told = [];
    let gone = pictures;
    try {
      if (dreams.length) told = [await this.send({ dreams })];
      told.push(...await inPortions(pictures, (portion) => this.send({ pictures: portion }), (sent) => going.tell(sent)));
    } catch (error) {
      gone = error instanceof Partly ? pictures.slice(0, error.sent) : [];
      if (error instanceof Partly) told.push(...error.answers);
      this.toasts.show(wordsOf(error), told.length ? partly(gone.length, pictures.length, "deleted") : "Nothing was deleted.", true);
      if (!told.length) return false;
    } finally {
      going.close();
    }
    for (const job of dreams) this.dreams.drop(job);
    const all = [...gone, ...whole];
    this.forget(all);
    this.dreams.settle();
    this.tellOthers({ type: "binned", pictures: all, dreams });
    const undos = told.flatMap(({ undo }) => undo || []);
    const count = told.reduce((sum, one) => sum + one.pictures, 0);
    if (undos.length) this.offer(undos, count ? `${counted(count)} deleted` : what);
    return gone.length === pictures.length;
  }

  /** @param {Deleted} deleted @returns {Promise<Binned>} */
  send({ pictures = [], dreams = [] }) {
    return tell("/bin", { pictures, dreams }).catch((error) => {
      if (!isGone(error)) throw error;
      return { pictures: 0, undo: "" }; // deleted elsewhere
    });
  }

  /** What is said where no picture goes with it. @param {number} pictures @param {string[]} dreams */
  nameOf(pictures, dreams) {
    const areWalls = dreams.length > 0 && dreams.every((job) => this.dreams.known.get(job)?.isGathered);
    if (areWalls && !pictures) return dreams.length > 1 ? `${dreams.length} walls removed; their pictures stay` : "The wall is removed; its pictures stay";
    return `${dreams.length > 1 ? `${dreams.length} dreams` : "The dream"} deleted`;
  }

  /** @param {string[]} undos @param {string} what @param {{ lasts?: boolean }} [how] */
  offer(undos, what, how) {
    this.undoing.offer(what, () => this.undo(undos, what), { title: "Bring it back", ...how });
  }

  /** Brings back what was deleted last. @param {string[]} undos @param {string} what */
  async undo(undos, what) {
    const left = [...undos];
    /** @type {string[]} */
    const jobs = [];
    try {
      for (; left.length; left.shift()) jobs.push(...(await tell("/bin/restore", { undo: left[0] })).dreams);
    } catch (error) {
      const words = undos.length === left.length ? "What was deleted is still in the bin." : "Some of it is still in the bin.";
      this.toasts.show(wordsOf(error), words, true);
      // It can be pressed again, when the server is back; unless it is gone, or was brought back elsewhere.
      if (!isGone(error)) this.offer(left, what, { lasts: true });
    }
    if (jobs.length) await this.back(jobs);
    if (!left.length) this.toasts.say("Brought back");
  }

  /** Brings pictures back, whenever they went, and gives those that are there. @param {string[]} pictures */
  async restore(pictures) {
    const going = new Going(this.toasts, "Restoring", pictures.length);
    /** @type {{ pictures: number, dreams: string[] }[]} */
    let told = [];
    let sent = pictures.length;
    try {
      told = await inPortions(pictures, (portion) => tell("/bin/restore", { pictures: portion }), (count) => going.tell(count));
      this.toasts.show(`${counted(pictures.length)} restored`, "", false, 4000);
    } catch (error) {
      if (!(error instanceof Partly)) throw error;
      ({ answers: told, sent } = error);
      this.toasts.show(error.message, sent ? partly(sent, pictures.length, "restored") : "Nothing was restored.", true);
    } finally {
      going.close();
    }
    if (sent) await this.back(told.flatMap(({ dreams }) => dreams));
    return pictures.slice(0, sent);
  }

  /** They are there again, with what they hold. @param {string[]} dreams */
  async back(dreams) {
    const jobs = [...new Set(dreams)];
    await this.dreams.restore(jobs);
    this.returned();
    this.tellOthers({ type: "restored", dreams: jobs });
  }
}
