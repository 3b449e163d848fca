// One dream: its title, what it is doing or how it was made, and the grid of its pictures.

import { ask, make } from "./dom.js";
import { Tile } from "./tile.js";
import { ago, doing, moment, settings } from "./words.js";

export class Row {
  constructor(gallery, dream) {
    this.gallery = gallery;
    this.dream = dream;
    this.id = dream.id;
    this.news = null;
    this.fraction = 0;
    this.title = make("h2", { className: "dream-title", textContent: dream.prompt, title: dream.prompt });
    this.meta = make("span", { className: "dream-meta" });
    this.progress = make("div", { className: "dream-progress", role: "progressbar", aria: { label: "Progress" } }, make("i"));
    this.note = make("p", { className: "dream-note" });
    this.stop = make("button", { type: "button", className: "row-stop", textContent: "Stop", onclick: () => this.cancel() });
    const reuse = make("button", { type: "button", className: "reuse", textContent: "Reuse", title: "Take over these settings" });
    reuse.addEventListener("click", () => gallery.reuse(this.id, this.tiles.keys().next().value ?? 0, false));
    this.grid = make("div", { className: "grid" });
    this.tiles = new Map();
    for (const tile of dream.tiles) {
      const made = new Tile(this, tile);
      this.tiles.set(tile.index, made);
      this.grid.append(made.element);
    }
    this.element = make(
      "section",
      { className: "dream-row", data: { job: dream.id, testid: "dream" }, aria: { label: dream.prompt } },
      make("div", { className: "dream-head" }, this.title, this.meta,
        make("div", { className: "dream-actions" }, this.stop, reuse), this.progress),
      this.note,
      this.grid,
    );
    this.update(dream);
  }

  get isActive() {
    return this.dream.state === "active";
  }

  get pictures() {
    return [...this.tiles.values()].filter((tile) => tile.state === "done");
  }

  get done() {
    return [...this.tiles.values()].filter((tile) => tile.picture !== null).length;
  }

  /** Takes over what the server says of this dream. */
  update(dream, lazily = true) {
    this.dream = { ...dream };
    for (const { index, state, picture } of dream.tiles) {
      const tile = this.tiles.get(index);
      if (picture) tile?.show(picture, lazily && tile.state === "empty");
      else if (state === "failed" || state === "stopped") tile?.end(state);
    }
    if (dream.state === "failed") this.explain(dream.message, dream.hint);
    this.say();
  }

  /** One piece of news from the studio. */
  apply(news) {
    switch (news.type) {
      case "picture":
        this.tiles.get(news.index)?.show(news.picture);
        break;
      case "finished":
      case "cancelled":
      case "failed":
        this.end(news);
        break;
      case "started":
        break;
      default:
        this.news = news;
        if (news.type === "progress") this.advance(news);
    }
    this.say();
  }

  /** The stream begins anew, maybe from a server that has started again and counts from the beginning. */
  attach() {
    this.fraction = 0;
    for (const tile of this.tiles.values()) tile.wanted = tile.revision = 0;
  }

  advance(news) {
    news.revisions.forEach((revision, index) => {
      const tile = this.tiles.get(index);
      if (revision && tile && !tile.picture) tile.preview(revision);
    });
    const forming = news.revisions.filter((revision, i) => revision && !this.tiles.get(i)?.picture).length;
    const running = Math.min(forming || news.total - news.done, news.total - news.done);
    const fraction = (news.done + (running * news.step) / Math.max(news.steps, 1)) / news.total;
    this.fraction = Math.max(this.fraction, Math.min(fraction, 1));
  }

  end(news) {
    this.dream.state = news.type;
    const left = { finished: "failed", cancelled: "stopped", failed: "failed" }[news.type];
    for (const tile of this.tiles.values()) tile.end(left);
    if (news.type === "failed") this.explain(news.message, news.hint);
  }

  explain(message, hint) {
    this.note.replaceChildren(message, ...(hint ? [" ", make("span", { textContent: hint })] : []));
  }

  /** Writes state and words anew; called at every change and now and then, as time goes by. */
  say() {
    this.element.dataset.state = this.dream.state;
    this.stop.hidden = !this.isActive;
    this.progress.style.setProperty("--done", this.fraction);
    this.progress.setAttribute("aria-valuenow", Math.round(this.fraction * 100));
    if (this.isActive) {
      this.meta.textContent = this.gallery.isOffline ? doing({ type: "offline" }) : doing(this.news);
      return;
    }
    const stopped = this.dream.state === "cancelled" ? "stopped · " : "";
    this.meta.textContent = `${stopped}${ago(this.dream.created)} · ${settings(this.dream)}`;
    this.meta.title = moment(this.dream.created);
  }

  async cancel() {
    this.stop.disabled = true;
    await ask(`/jobs/${this.id}/cancel`, { method: "POST" }).catch((error) => this.gallery.complain(error));
    this.stop.disabled = false;
  }

  forget(tile) {
    this.tiles.delete(tile.index);
    if (!this.tiles.size) {
      this.element.remove();
      this.gallery.forget(this);
    }
  }
}
