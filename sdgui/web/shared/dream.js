// What is known of a dream and of its pictures. Rows, sheets and tiles are views of it: they are told of changes.

import { Strip } from "./strip.js";

const LEFT = { finished: "failed", cancelled: "stopped", failed: "failed" };
const SETTINGS = ["prompt", "negative_prompt", "model", "width", "height", "steps", "guidance", "sampler"];

/** One picture: `empty`, then `preview`, then `done`; or `failed` or `stopped`. */
export class Picture {
  constructor(dream, told) {
    this.dream = dream;
    this.index = told.index;
    this.seed = told.seed;
    this.own = told.own ?? {};
    this.views = new Set();
    this.id = null;
    this.state = "empty";
    this.mark = "";
    this.match = null;
    this.fault = "";
    this.take(told);
  }

  /** Everything that made it: the dream's settings, and what is its own. */
  get settings() {
    return { ...this.dream.settings, ...this.own };
  }

  get isSettled() {
    return this.state !== "empty" && this.state !== "preview";
  }

  /** Takes over what the server says. */
  take({ state, picture, mark = "", match = null, fault = "" }) {
    if (picture) {
      this.id = picture;
      this.state = "done";
    } else if (state !== "empty" || this.isSettled) {
      this.state = state;
    }
    this.mark = mark ?? "";
    this.match = match ?? null;
    this.fault = fault ?? "";
    this.changed();
  }

  /** A preview of it can be shown: it lies in a strip with those of others. */
  form() {
    if (this.state === "empty") this.state = "preview";
  }

  show(id, match) {
    this.id = id;
    this.match = match ?? null;
    this.state = "done";
    this.changed();
  }

  /** No picture will come: `failed` or `stopped`. */
  end(state, fault = "") {
    if (this.isSettled) return;
    this.state = state;
    this.fault = fault;
    this.changed();
  }

  setMark(mark) {
    this.mark = mark;
    this.changed();
  }

  changed() {
    for (const view of this.views) view.changed();
  }
}

export class Dream {
  constructor(told) {
    this.id = told.id;
    this.created = told.created;
    this.settings = Object.fromEntries(SETTINGS.map((name) => [name, told[name]]));
    this.sheet = told.sheet ?? null;
    this.title = told.title;
    this.views = new Set();
    this.news = null;
    this.fraction = 0;
    this.strips = new Map();
    this.pictures = new Map(told.tiles.map((tile) => [tile.index, new Picture(this, tile)]));
    this.update(told);
  }

  get isActive() {
    return this.state === "active";
  }

  get done() {
    return [...this.pictures.values()].filter((picture) => picture.id !== null);
  }

  get missing() {
    return this.pictures.size - this.done.length;
  }

  /** The names of the settings that are not the same for all pictures. */
  get varied() {
    return new Set([...this.pictures.values()].flatMap(({ own }) => Object.keys(own)));
  }

  /** What the picture at an index was made from: an id, or "". */
  source(index) {
    return this.sheet?.sources?.[index] ?? "";
  }

  /** Takes over what the server says of this dream. */
  update(told) {
    if (told.state === "active" && this.state !== "active") {
      this.fraction = 0;
      this.news = null;
    }
    this.state = told.state;
    this.fault = told.state === "failed" ? { message: told.message, hint: told.hint } : null;
    for (const tile of told.tiles) this.pictures.get(tile.index)?.take(tile);
    this.changed();
  }

  /** One piece of news from the studio. */
  apply(news) {
    switch (news.type) {
      case "picture":
        this.pictures.get(news.index)?.show(news.picture, news.match);
        break;
      case "picture-failed":
        this.pictures.get(news.index)?.end("failed", sentence(news));
        break;
      case "finished":
      case "cancelled":
      case "failed":
        this.end(news);
        break;
      case "started":
      case "picture-unsaved":
        break;
      default:
        this.news = news;
        if (news.type === "progress") this.advance(news);
    }
    this.changed();
  }

  /** The stream begins anew, maybe from a server that has started again and counts from the beginning. */
  attach() {
    this.fraction = 0;
    this.strips.clear();
  }

  advance(news) {
    this.form(news.live);
    const forming = news.live.flatMap(({ pictures }) => pictures).filter((i) => !this.pictures.get(i)?.id).length;
    const running = Math.min(forming || news.total - news.done, news.total - news.done);
    const fraction = (news.done + (running * news.step) / Math.max(news.steps, 1)) / news.total;
    this.fraction = Math.max(this.fraction, Math.min(fraction, 1));
  }

  /** Takes over which previews there are. */
  form(live) {
    for (const id of this.strips.keys()) if (!live.some((told) => told.id === id)) this.strips.delete(id);
    for (const told of live) {
      if (!this.strips.has(told.id)) this.strips.set(told.id, new Strip(this, told));
      for (const index of told.pictures) this.pictures.get(index)?.form();
      this.strips.get(told.id).take(told);
    }
  }

  end(news) {
    this.strips.clear();
    this.state = news.type;
    for (const picture of this.pictures.values()) picture.end(LEFT[news.type]);
    this.fault = news.type === "failed" ? { message: news.message, hint: news.hint } : null;
  }

  /** A picture was deleted. */
  remove(picture) {
    this.pictures.delete(picture.index);
    for (const view of picture.views) view.remove();
    this.changed();
  }

  /** The place of each picture that has a match to its prompt, 1 being the best; by its index. */
  ranks() {
    const matched = [...this.pictures.values()].filter(({ id, match }) => id && match !== null);
    matched.sort((a, b) => b.match - a.match || a.index - b.index);
    return new Map(matched.map((picture, place) => [picture.index, place + 1]));
  }

  changed() {
    for (const view of this.views) view.changed();
  }
}

const sentence = ({ message, hint }) => [message, hint].filter(Boolean).join(" ");
