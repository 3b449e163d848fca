// @ts-check
// What is known of a dream and of its pictures. Rows, sheets and tiles are views of it: they are told of changes.

/**
 * @typedef {import("./told.js").Made} Made
 * @typedef {import("./told.js").Mark} Mark
 * @typedef {import("./told.js").TileState} TileState
 * @typedef {import("./told.js").ToldDream} ToldDream
 * @typedef {import("./told.js").ToldTile} ToldTile
 * @typedef {import("./told.js").JobNews} JobNews
 * @typedef {import("./told.js").LiveStrip} LiveStrip
 * @typedef {{ changed(): void }} View
 * @typedef {View & { remove(): void, paint?(image: CanvasImageSource, crop: Crop): void }} PictureView
 * @typedef {{ words: string, signs: { text: string, colour: number, shape: number, isNo: boolean }[], kept: number }} Others
 *   who keeps and who rejects a picture, in words and as their signs, and how many keep it
 * @typedef {{ x: number, y: number, width: number, height: number, revision: number }} Crop
 */

/** @type {Record<string, "failed" | "stopped">} */
const LEFT = { finished: "failed", cancelled: "stopped", failed: "failed" };

/**
 * What a picture knows of where it belongs: a dream of the page, or for a kept one only what the server says of it.
 * @typedef {{ id: string, created: number, settings: Made, sheet?: import("./told.js").ToldSheet | null,
 *   source?(index: number): string, ranks?(): Map<number, number> }} Home
 */

/** One picture: `empty`, then `preview`, then `done`; or `unsaved` for a while; or `failed`, `stopped` or `held-back`; `hidden` by the owner. */
export class Picture {
  /** @param {Home} dream @param {ToldTile} told */
  constructor(dream, told) {
    this.dream = dream;
    this.index = told.index;
    this.seed = told.seed;
    this.own = told.own ?? {};
    /** What tells it from the others of a wall that was put together. */
    this.label = told.label ?? [];
    /** @type {Set<PictureView>} */
    this.views = new Set();
    /** @type {string | null} */
    this.id = null;
    /** @type {TileState} */
    this.state = "empty";
    /** @type {Mark} */
    this.mark = "";
    /** @type {number | null} */
    this.match = null;
    this.fault = "";
    /** What others say of it who choose with its owner. @type {Others | null} */
    this.others = null;
    this.take(told);
  }

  /** Everything that made it: the dream's settings, and what is its own. @returns {Made} */
  get settings() {
    return { ...this.dream.settings, ...this.own };
  }

  /** Whether previews have nothing more to say. */
  get isSettled() {
    return this.state !== "empty" && this.state !== "preview";
  }

  /** Takes over what the server says. @param {Omit<ToldTile, "index" | "seed" | "own">} told */
  take({ state, picture, mark = "", match = null, fault = "" }) {
    if (picture) {
      this.id = picture;
      this.state = "done";
    } else if (state === "hidden") {
      this.id = null;
      this.state = "hidden";
    } else if (state !== "empty" || this.isSettled) {
      this.state = /** @type {TileState} */ (state);
    }
    this.mark = mark ?? "";
    this.match = match ?? null;
    this.fault = fault ?? "";
    this.changed();
  }

  /** Its first preview is there. */
  forms() {
    if (this.state !== "empty") return;
    this.state = "preview";
    this.changed();
  }

  /** @param {string} id @param {number | null} match */
  show(id, match) {
    this.id = id;
    this.match = match ?? null;
    this.fault = "";
    this.state = "done";
    this.changed();
  }

  /** It is made, but could not be saved yet. @param {string} fault */
  waits(fault) {
    if (this.state === "done") return;
    this.state = "unsaved";
    this.fault = fault;
    this.changed();
  }

  /** No picture will come. @param {"failed" | "stopped" | "held-back"} state @param {string} [fault] */
  end(state, fault = "") {
    if (this.isSettled && this.state !== "unsaved") return;
    this.state = state;
    this.fault = fault;
    this.changed();
  }

  /** @param {Mark} mark */
  setMark(mark) {
    this.mark = mark;
    this.changed();
  }

  /** @param {Others | null} others */
  setOthers(others) {
    if (this.others === others) return;
    this.others = others;
    this.changed();
  }

  changed() {
    for (const view of this.views) view.changed();
  }
}

export class Dream {
  /** @param {ToldDream} told */
  constructor(told) {
    const { id, created, title, sheet, tiles } = told;
    this.id = id;
    this.created = created;
    this.settings = madeBy(told);
    this.sheet = sheet ?? null;
    /** Whether nobody dreamt it: it is a wall of pictures that belong to other dreams. */
    this.isGathered = told.gathered === true;
    this.title = title;
    /** @type {Set<View>} */
    this.views = new Set();
    /** The studio's latest, while it is active. @type {JobNews | null} */
    this.news = null;
    this.fraction = 0;
    /** Whether any of it was being made; what waits for its turn has not begun. */
    this.hasBegun = false;
    /** The latest step that was told of, where it is known. @type {{ step: number, steps: number } | null} */
    this.reached = null;
    /** @type {LiveStrip[]} */
    this.live = [];
    /** @type {import("./told.js").DreamState} */
    this.state = told.state;
    /** @type {{ message: string, hint: string } | null} */
    this.fault = null;
    /** @type {Map<number, Picture>} */
    this.pictures = new Map(tiles.map((tile) => [tile.index, new Picture(this, tile)]));
    this.update(told);
  }

  get isActive() {
    return this.state === "active";
  }

  get done() {
    return [...this.pictures.values()].filter((picture) => picture.id !== null);
  }

  /** How many can still be made. */
  get missing() {
    return [...this.pictures.values()].filter(({ id, state }) => id === null && state !== "hidden" && state !== "held-back").length;
  }

  /** How many the model's own safety checker held back. */
  get heldBack() {
    return [...this.pictures.values()].filter(({ state }) => state === "held-back").length;
  }

  /** The names of the settings that are not the same for all pictures. */
  get varied() {
    return new Set([...this.pictures.values()].flatMap(({ own }) => Object.keys(own)));
  }

  /** What is wrong with pictures that are made but not saved yet; "" where there is none. */
  get unsaved() {
    return [...this.pictures.values()].find(({ state }) => state === "unsaved")?.fault ?? "";
  }

  /** Whether all that is left to do for this dream is to save what is made. */
  get isMade() {
    return [...this.pictures.values()].every(({ state }) => ["unsaved", "done", "hidden", "held-back"].includes(state)) && this.unsaved !== "";
  }

  /** What the picture at an index was made from: an id, or "". @param {number} index */
  source(index) {
    return this.sheet?.sources?.[index] ?? "";
  }

  /** Takes over what the server says of this dream. @param {ToldDream} told */
  update(told) {
    if (told.state === "active" && this.state !== "active") {
      this.fraction = 0;
      this.news = null;
      this.hasBegun = false;
      this.reached = null;
    }
    this.state = told.state;
    this.fault = told.state === "failed" ? { message: told.message, hint: told.hint } : null;
    for (const tile of told.tiles) this.pictures.get(tile.index)?.take(tile);
    if (this.done.length) this.hasBegun = true;
    this.changed();
  }

  /** One piece of news from the studio. @param {JobNews} news */
  apply(news) {
    if (news.type !== "queued") this.hasBegun = true;
    switch (news.type) {
      case "picture":
        this.pictures.get(news.index)?.show(news.picture, news.match);
        break;
      case "picture-unsaved":
        this.pictures.get(news.index)?.waits(sentence(news));
        break;
      case "picture-failed":
        this.pictures.get(news.index)?.end("failed", sentence(news));
        break;
      case "picture-held-back":
        this.pictures.get(news.index)?.end("held-back", sentence(news));
        break;
      case "finished":
      case "cancelled":
      case "failed":
        this.state = news.type;
        this.live = [];
        for (const picture of this.pictures.values()) picture.end(LEFT[news.type]);
        this.fault = news.type === "failed" ? { message: news.message, hint: news.hint } : null;
        break;
      case "started":
      case "binned":
      case "restored":
      case "hidden":
      case "not-let-in":
      case "held":
      case "limits":
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
    this.live = [];
  }

  /** @param {import("./told.js").Progress} news */
  advance(news) {
    if (news.step) this.reached = { step: news.step, steps: news.steps };
    const live = new Map(this.live.map((strip) => [strip.id, strip]));
    for (const id of news.over) live.delete(id);
    for (const strip of news.live) live.set(strip.id, strip);
    this.live = [...live.values()];
    const forming = this.live.flatMap(({ pictures }) => pictures).map((index) => this.pictures.get(index)).filter((picture) => picture && !picture.isSettled);
    const running = Math.min(forming.length || news.total - news.done, news.total - news.done);
    const fraction = (news.done + (running * news.step) / Math.max(news.steps, 1)) / news.total;
    this.fraction = Math.max(this.fraction, Math.min(fraction, 1));
  }

  /** A picture was deleted. @param {Picture} picture */
  remove(picture) {
    this.pictures.delete(picture.index);
    for (const view of picture.views) view.remove();
    this.changed();
  }

  /** The place of each picture that has a match to its prompt, 1 being the best; by its index. @returns {Map<number, number>} */
  ranks() {
    const matched = [...this.pictures.values()].filter(({ id, match }) => id && match !== null);
    matched.sort((a, b) => Number(b.match) - Number(a.match) || a.index - b.index);
    return new Map(matched.map((picture, place) => [picture.index, place + 1]));
  }

  changed() {
    for (const view of this.views) view.changed();
  }
}

/** @param {{ message: string, hint: string }} fault */
const sentence = ({ message, hint }) => [message, hint].filter(Boolean).join(" ");

/** @param {Made} told @returns {Made} */
const madeBy = ({ prompt, negative_prompt, model, width, height, steps, guidance, sampler, emphasis }) =>
  ({ prompt, negative_prompt, model, width, height, steps, guidance, sampler, emphasis });
