// @ts-check
// All dreams that the page knows, kept up to date by one stream of news, whatever lists show them.

import { inFrame } from "../dom/frame.js";
import { pause } from "../dom/pause.js";
import { retryAll } from "../fetch/again.js";
import { ask, isGone } from "../fetch/ask.js";
import { Dream } from "./dream.js";
import { Strips } from "./strips.js";
import { Watch } from "./watch.js";
import { agoFor, renew } from "./words.js";

/**
 * @typedef {import("./told.js").News} News
 * @typedef {import("./told.js").JobNews} JobNews
 * @typedef {import("./told.js").ToldDream} ToldDream
 * @typedef {import("../gallery/list.js").List} List
 * @typedef {{ ended(dream: Dream): void, connection(): void, dreaming(active: Dream[]): void, forgotten(ids: string[]): void,
 *   toast(message: string, hint?: string, isError?: boolean, milliseconds?: number): void, failed(error: unknown): void }} Teller
 */

const ENDS = ["finished", "cancelled", "failed"];
/** Dreams that are looked at one by one; of more the lists are asked. */
const FEW = 12;
/** Milliseconds after which "3 min ago" is written anew at the earliest. */
const SELDOM = 30_000;

export class Dreams {
  /** `teller` is told what concerns the rest of the page. @param {Teller} teller */
  constructor(teller) {
    this.teller = teller;
    /** @type {Map<string, Dream>} */
    this.known = new Map();
    /** @type {List[]} */
    this.lists = [];
    this.isOffline = false;
    /** @type {Promise<unknown>} */
    this.turn = Promise.resolve();
    /** @type {Map<string, JobNews>} */
    this.progress = new Map();
    this.strips = new Strips();
    /** Called when a dream has come, begun or ended. @type {Set<() => void>} */
    this.counted = new Set();
    /** Called when a picture was finished. @type {Set<() => void>} */
    this.pictured = new Set();
    /** Called with a sentence when the owner does not let this person in any more. @type {Set<(sentence: string) => void>} */
    this.turnedOut = new Set();
    /** Called when the owner holds everybody's queue, or lets it go on. @type {Set<(isHeld: boolean) => void>} */
    this.held = new Set();
    /** Whether the owner holds it now, as far as is known. */
    this.isHeld = false;
    /** What then is said of what waits. */
    this.paused = "paused";
    /** Called when guests may ask for more now, or for less. @type {Set<() => void>} */
    this.limited = new Set();
    this.counts = "";
    this.watch = new Watch((news) => this.hear(news), () => this.offline(true));
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.ageing = undefined;
    document.addEventListener("visibilitychange", () => this.age()); // which ends where nobody sees it
  }

  get active() {
    return [...this.known.values()].filter((dream) => dream.isActive).sort((a, b) => b.created - a.created);
  }

  get ended() {
    return [...this.known.values()].filter((dream) => !dream.isActive);
  }

  /** As time goes by, what ended is older. */
  age() {
    renew();
    for (const dream of this.ended) dream.changed();
    this.ageLater();
  }

  /** When the next of these words are others, and somebody can see them, they are written anew. */
  ageLater() {
    clearTimeout(this.ageing);
    const soonest = Math.min(...this.ended.map((dream) => agoFor(dream.created)));
    if (soonest < Infinity && !document.hidden) this.ageing = setTimeout(() => this.age(), Math.max(SELDOM, soonest * 1000));
  }

  /** The picture with this id, where the page knows it; that of its own dream before that of a wall. @param {string | null} id */
  picture(id) {
    const found = this.all(id);
    return found.find(({ dream }) => !this.known.get(dream.id)?.isGathered) ?? found[0] ?? null;
  }

  /** The same wherever it is shown: walls show pictures of other dreams. @param {string | null} id */
  all(id) {
    if (id === null) return [];
    return [...this.known.values()].flatMap((dream) => [...dream.pictures.values()].filter((picture) => picture.id === id));
  }

  /** The dream as the page knows it, brought up to what the server says. @param {ToldDream} told */
  meet(told) {
    const known = this.known.get(told.id);
    const isLess = known && told.tiles.some(({ index }) => !known.pictures.has(index));
    if (known && !isLess) {
      const there = new Set(told.tiles.map(({ index }) => index));
      const gone = [...known.pictures.values()].filter(({ index }) => !there.has(index));
      known.update(told);
      for (const picture of gone) known.remove(picture); // deleted elsewhere
      if (gone.length) this.teller.forgotten(gone.flatMap(({ id }) => id ?? []));
      return known;
    }
    // What came back has a place again: it is shown anew wherever it was.
    const lists = this.lists.filter((list) => list.views.has(told.id));
    if (known) this.drop(told.id);
    const dream = new Dream(told);
    this.known.set(dream.id, dream);
    for (const list of lists) list.place(dream);
    return dream;
  }

  /** One thing after the other: an old answer must not overwrite newer news. @param {() => unknown} act */
  after(act) {
    this.turn = this.turn.then(act).catch((error) => console.error(error)).then(() => this.settle());
    return this.turn;
  }

  /** Of progress that comes faster than it can be shown, the newest is enough. @param {News} news */
  hear(news) {
    if (news.type !== "progress") {
      this.after(() => this.take(news));
      return;
    }
    const isWaiting = this.progress.has(news.job);
    this.progress.set(news.job, news);
    if (isWaiting) return;
    this.after(() => {
      const newest = this.progress.get(news.job);
      this.progress.delete(news.job);
      return newest && this.take(newest);
    });
  }

  /** The newest dreams of every list, as the server has them; or all that they show. @param {{ isWhole?: boolean }} [how] */
  refresh(how) {
    return this.after(() => Promise.all(this.lists.map((list) => list.refresh(how))));
  }

  /**
   * A dream was just begun here: show it, and listen; `follows`: the keyboard goes to its first picture.
   * @param {string} job
   * @param {List} list
   * @param {{ follows?: boolean }} [how]
   */
  begin(job, list, { follows = false } = {}) {
    this.watch.open();
    return this.after(async () => {
      await this.look(job);
      const dream = this.known.get(job);
      if (dream && !dream.isActive) this.teller.ended(dream); // sooner than anyone could tell us
      if (follows) list.enter(job);
      list.top();
    });
  }

  /** Asks how one dream stands; one that has nothing left to show goes. @param {string} job */
  async look(job) {
    try {
      const dream = this.meet(await ask(`/dreams/${job}`));
      for (const list of this.lists) if (list.fits(dream)) list.place(dream);
    } catch (error) {
      if (isGone(error)) this.drop(job);
    }
  }

  /** What was deleted of a dream is there again: it is shown as the server has it. @param {string} job */
  async return(job) {
    this.drop(job);
    await this.look(job);
  }

  /** The same for many, of which the page may know none. @param {string[]} jobs */
  restore(jobs) {
    if (jobs.length > FEW) return this.refresh({ isWhole: true });
    return this.after(() => Promise.all(jobs.map((job) => this.return(job))));
  }

  /** @param {string} job */
  drop(job) {
    this.known.delete(job);
    for (const list of this.lists) list.drop(job);
  }

  /** Pictures were deleted: nothing shows them any more, and with its last one an ended dream goes. @param {Iterable<string>} ids */
  forget(ids) {
    const deleted = new Set(ids);
    for (const dream of [...this.known.values()]) {
      const gone = [...dream.pictures.values()].filter(({ id }) => id !== null && deleted.has(id));
      for (const picture of gone) dream.remove(picture);
      if (gone.length && !dream.done.length && (!dream.isActive || !dream.pictures.size)) this.drop(dream.id);
    }
    this.settle();
  }

  /** @param {News} news */
  async take(news) {
    switch (news.type) {
      case "attached": {
        this.offline(false);
        this.active.forEach((dream) => dream.attach());
        this.strips.again();
        const active = new Set(news.active);
        const unknown = news.active.filter((job) => !this.known.get(job)?.isActive);
        const ended = this.active.filter((dream) => !active.has(dream.id)).map((dream) => dream.id);
        await Promise.all([...unknown, ...ended].map((job) => this.look(job)));
        break;
      }
      case "idle":
        // What is still believed to be forming ended unheard, or is not in the stream yet.
        await Promise.all(this.active.map((dream) => this.look(dream.id)));
        if (this.active.length) await pause(300);
        break;
      case "binned":
        this.teller.forgotten(news.pictures);
        if (news.whole) this.drop(news.job);
        break;
      case "restored":
        await this.return(news.job);
        break;
      case "hidden":
        await this.look(news.job);
        break;
      case "not-let-in":
        for (const act of this.turnedOut) act(news.sentence);
        break;
      case "held":
        this.hold(news.paused);
        for (const act of this.held) act(news.paused);
        break;
      case "limits":
        for (const act of this.limited) act();
        break;
      default:
        if (!this.known.has(news.job)) await this.look(news.job);
        this.hand(news);
    }
  }

  /** @param {JobNews} news */
  hand(news) {
    const dream = this.known.get(news.job);
    if (!dream) return;
    dream.apply(news);
    this.strips.follow(dream, this.lists.some((list) => list.isShown && list.views.has(dream.id)));
    if (news.type === "picture") for (const act of this.pictured) act();
    if (ENDS.includes(news.type)) this.teller.ended(dream);
  }

  /** What waits says so. @param {boolean} isHeld */
  hold(isHeld) {
    if (this.isHeld === isHeld) return;
    this.isHeld = isHeld;
    for (const dream of this.active) dream.changed();
  }

  /** @param {boolean} isOffline */
  offline(isOffline) {
    if (this.isOffline !== isOffline) this.teller.connection();
    if (this.isOffline && !isOffline) retryAll();
    this.isOffline = isOffline;
    this.active.forEach((dream) => dream.changed());
  }

  /** Makes stream, Stop, title and welcome fit what is there. */
  settle() {
    const { active } = this;
    if (!this.watch.source && !this.isOffline && active.length) this.watch.open();
    const counts = `${active.length} of ${this.known.size}`;
    if (counts !== this.counts) {
      this.counts = counts;
      this.ageLater();
      for (const act of this.counted) act();
    }
    inFrame(this, () => {
      this.teller.dreaming(this.active);
      for (const list of this.lists) list.welcome();
    });
  }

  /** @param {string} job */
  async cancel(job) {
    await this.act(`/jobs/${job}/cancel`);
  }

  /** Goes on with what an ended dream did not make. @param {string} job */
  async resume(job) {
    const told = await this.act(`/jobs/${job}/continue`);
    if (told && !told.continued) this.teller.toast("Nothing of it is left to make.");
    this.watch.open();
    await this.after(() => this.look(job));
  }

  /** @param {string} address */
  async act(address) {
    return ask(address, { method: "POST" }).catch((error) => {
      this.teller.failed(error);
      return null;
    });
  }
}
