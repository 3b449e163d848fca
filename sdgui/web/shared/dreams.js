// All dreams that the page knows, kept up to date by one stream of news, whatever lists show them.

import { ask, pause } from "./dom.js";
import { Dream } from "./dream.js";
import { inFrame } from "./frame.js";
import { Watch } from "./watch.js";

const ENDS = ["finished", "cancelled", "failed"];

export class Dreams {
  /** `screen` is told what concerns the rest of the page. */
  constructor(screen) {
    this.screen = screen;
    this.known = new Map();
    this.lists = [];
    this.isOffline = false;
    this.turn = Promise.resolve();
    this.progress = new Map();
    this.watch = new Watch((news) => this.hear(news), () => this.offline(true));
    setInterval(() => this.known.forEach((dream) => dream.isActive || dream.changed()), 30_000);
    // Dreams of another tab of this visitor.
    document.addEventListener("visibilitychange", () => document.hidden || this.refresh());
  }

  get active() {
    return [...this.known.values()].filter((dream) => dream.isActive).sort((a, b) => b.created - a.created);
  }

  /** Every picture with this id that the page knows. */
  picture(id) {
    for (const dream of this.known.values()) {
      for (const picture of dream.pictures.values()) if (picture.id === id) return picture;
    }
    return null;
  }

  /** The dream as the page knows it, brought up to what the server says. */
  meet(told) {
    const known = this.known.get(told.id);
    if (known) {
      known.update(told);
      return known;
    }
    const dream = new Dream(told);
    this.known.set(dream.id, dream);
    return dream;
  }

  /** One thing after the other: an old answer must not overwrite newer news. */
  after(act) {
    this.turn = this.turn.then(act).catch((error) => console.error(error)).then(() => this.settle());
    return this.turn;
  }

  /** Of progress that comes faster than it can be shown, the newest is enough. */
  hear(news) {
    if (news.type === "progress") {
      const isWaiting = this.progress.has(news.job);
      this.progress.set(news.job, news);
      if (isWaiting) return;
      this.after(() => {
        const newest = this.progress.get(news.job);
        this.progress.delete(news.job);
        return this.take(newest);
      });
      return;
    }
    this.after(() => this.take(news));
  }

  /** The newest dreams of every list, as the server has them. */
  refresh() {
    return this.after(() => Promise.all(this.lists.map((list) => list.refresh())));
  }

  /** A dream was just begun here: show it, and listen; `follows`: the keyboard goes to its first picture. */
  begin(job, list, { follows = false } = {}) {
    this.watch.open();
    return this.after(async () => {
      await this.look(job);
      const dream = this.known.get(job);
      if (dream && !dream.isActive) this.screen.ended(dream); // sooner than anyone could tell us
      if (follows) list.enter(job);
      list.top();
    });
  }

  /** Asks how one dream stands; one that has nothing left to show goes. */
  async look(job) {
    try {
      const dream = this.meet(await ask(`/dreams/${job}`));
      for (const list of this.lists) if (list.fits(dream)) list.place(dream);
    } catch (error) {
      if (error.status === 404) this.drop(job);
    }
  }

  drop(job) {
    this.known.delete(job);
    for (const list of this.lists) list.drop(job);
  }

  /** A picture was deleted: nothing shows it any more, and with its last one an ended dream goes. */
  forget(id) {
    for (const dream of [...this.known.values()]) {
      const gone = [...dream.pictures.values()].filter((picture) => picture.id === id);
      for (const picture of gone) dream.remove(picture);
      if (gone.length && !dream.done.length && (!dream.isActive || !dream.pictures.size)) this.drop(dream.id);
    }
    this.settle();
  }

  async take(news) {
    switch (news.type) {
      case "attached": {
        this.offline(false);
        this.active.forEach((dream) => dream.attach());
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
      default:
        if (!this.known.has(news.job)) await this.look(news.job);
        this.hand(news);
    }
  }

  hand(news) {
    const dream = this.known.get(news.job);
    dream?.apply(news);
    if (dream && ENDS.includes(news.type)) this.screen.ended(dream);
  }

  offline(isOffline) {
    if (this.isOffline !== isOffline) this.screen.connection();
    this.isOffline = isOffline;
    this.active.forEach((dream) => dream.changed());
  }

  /** Makes stream, Stop, title and welcome fit what is there. */
  settle() {
    if (!this.watch.source && !this.isOffline && this.active.length) this.watch.open();
    inFrame(this, () => {
      this.screen.dreaming(this.active);
      for (const list of this.lists) list.welcome();
    });
  }

  async cancel(job) {
    await this.act(`/jobs/${job}/cancel`);
  }

  /** Takes a dream that ended without any picture out of the history. */
  async remove(job) {
    try {
      await ask(`/dreams/${job}`, { method: "DELETE" });
    } catch (error) {
      this.screen.toast(error.message, "", true);
      return;
    }
    this.drop(job);
    this.settle();
  }

  /** Goes on with what an ended dream did not make. */
  async resume(job) {
    const told = await this.act(`/jobs/${job}/continue`);
    if (told && !told.continued) this.screen.toast("Nothing of that sheet is left to make.");
    this.watch.open();
    await this.after(() => this.look(job));
  }

  async act(address) {
    return ask(address, { method: "POST" }).catch((error) => {
      this.screen.toast(error.message, "", true);
      return null;
    });
  }
}
