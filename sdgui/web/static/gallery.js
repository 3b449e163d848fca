// The live gallery: rows of dreams, newest on top, older ones as one scrolls.

import { ask, make, pause } from "./dom.js";
import { Row } from "./row.js";
import { Watch } from "./watch.js";

const PAGE = 12;

export class Gallery {
  /** `screen` is told what concerns the rest of the page. */
  constructor(element, screen, open) {
    this.element = element;
    this.screen = screen;
    this.open = open;
    this.rows = new Map();
    this.next = null;
    this.isOffline = false;
    this.turn = Promise.resolve();
    this.end = make("div", { className: "gallery-end" });
    this.element.append(this.end);
    this.watch = new Watch((news) => this.hear(news), () => this.offline(true));
    new IntersectionObserver(() => this.older(), { root: element, rootMargin: "800px" }).observe(this.end);
    setInterval(() => this.rows.forEach((row) => row.isActive || row.say()), 30_000);
    // Dreams of another tab of this visitor.
    document.addEventListener("visibilitychange", () => document.hidden || this.refresh());
  }

  get active() {
    return [...this.rows.values()].filter((row) => row.isActive);
  }

  get tiles() {
    return [...this.element.querySelectorAll(".dream-row")].flatMap((row) => this.rows.get(row.dataset.job).pictures);
  }

  /** One thing after the other: an old answer must not overwrite newer news. */
  after(act) {
    this.turn = this.turn.then(act).then(() => this.settle()).catch((error) => console.error(error));
    return this.turn;
  }

  hear(news) {
    this.after(() => this.take(news));
  }

  /** The newest dreams, as the server has them. */
  refresh() {
    return this.after(async () => {
      let page = null;
      while (!page) page = await ask(`/dreams?limit=${PAGE}`).catch(() => pause(2000));
      const isFirst = !this.rows.size;
      for (const dream of page.dreams) this.place(dream);
      if (isFirst) this.next = page.next;
    });
  }

  async older() {
    if (!this.next || this.isLoading) return;
    this.isLoading = true;
    try {
      const page = await ask(`/dreams?limit=${PAGE}&before=${this.next}`);
      for (const dream of page.dreams) this.place(dream);
      this.next = page.next;
    } catch {
      await pause(2000);
    }
    this.isLoading = false;
    const room = this.end.getBoundingClientRect().top - this.element.getBoundingClientRect().bottom;
    if (room < 800) await this.older();
  }

  /** Adds or updates a dream, where its age belongs. */
  place(dream) {
    const known = this.rows.get(dream.id);
    if (known) {
      known.update(dream);
      return known;
    }
    const row = new Row(this, dream);
    this.rows.set(dream.id, row);
    let before = this.element.querySelector(".dream-row");
    while (before && this.rows.get(before.dataset.job).dream.created >= dream.created) {
      before = before.nextElementSibling;
      if (!before?.matches(".dream-row")) break;
    }
    this.element.insertBefore(row.element, before ?? this.end);
    return row;
  }

  /** A dream was just begun here: show it, and listen. */
  begin(job) {
    this.watch.open();
    return this.after(async () => {
      await this.look(job);
      this.element.scrollTo({ top: 0, behavior: "smooth" });
    });
  }

  /** Asks how one dream stands; one that has nothing left to show goes. */
  async look(job) {
    try {
      this.place(await ask(`/dreams/${job}`));
    } catch (error) {
      if (error.status !== 404) return;
      const row = this.rows.get(job);
      row?.element.remove();
      this.rows.delete(job);
    }
  }

  async take(news) {
    switch (news.type) {
      case "attached": {
        this.offline(false);
        this.active.forEach((row) => row.attach());
        const active = new Set(news.active);
        await Promise.all(news.active.filter((job) => !this.rows.has(job)).map((job) => this.look(job)));
        await Promise.all(this.active.filter((row) => !active.has(row.id)).map((row) => this.look(row.id)));
        break;
      }
      case "idle":
        // What is still believed to be forming ended unheard, or is not in the stream yet.
        await Promise.all(this.active.map((row) => this.look(row.id)));
        if (this.active.length) await pause(300);
        break;
      default:
        if (!this.rows.has(news.job)) await this.look(news.job);
        this.rows.get(news.job)?.apply(news);
        if (news.type === "finished") this.screen.finished(this.rows.get(news.job));
    }
  }

  offline(isOffline) {
    if (this.isOffline !== isOffline) this.screen.connection();
    this.isOffline = isOffline;
    this.active.forEach((row) => row.say());
  }

  /** Makes stream, Stop, title and welcome fit what is there. */
  settle() {
    const active = this.active;
    if (active.length && !this.watch.source && !this.isOffline) this.watch.open();
    this.screen.dreaming(active);
    this.screen.welcome(!this.rows.size);
  }

  reuse(job, index, seed) {
    window.sdguiTrigger({ job, index, seed });
  }

  complain(error) {
    this.screen.toast(error.message, "", true);
  }

  forget(row) {
    this.rows.delete(row.id);
    this.settle();
  }
}
