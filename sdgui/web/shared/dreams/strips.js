// @ts-check
// Previews: the forming pictures of a dream come side by side in one image, and all their tiles change in one frame.

import { inFrame } from "../dom/frame.js";
import { at } from "../fetch/address.js";
import { load } from "../fetch/loader.js";

/**
 * @typedef {import("./dream.js").Dream} Dream
 * @typedef {import("./dream.js").Crop} Crop
 * @typedef {import("./told.js").LiveStrip} LiveStrip
 */

/** Milliseconds from one preview to the next: where the browser shares its processor with the engine, it takes fewer. */
const PACE = { shared: 250, own: 100 };
/** However quickly a dream goes, about so many previews are shown of it. */
const LEAST = 10;

/** Where each picture of a strip lies in its image, by the picture's index. @param {LiveStrip} strip @returns {Map<number, Crop>} */
export function cropsOf({ pictures, columns, width, height, revision }) {
  return new Map(pictures.map((picture, place) => [
    picture,
    { x: (place % columns) * width, y: Math.floor(place / columns) * height, width, height, revision },
  ]));
}

/** Tells when the next preview is due. */
export class Pace {
  constructor() {
    this.isShared = false;
    this.time = -Infinity;
    this.step = 0;
  }

  /** @param {{ step: number, steps: number }} progress @param {number} now in milliseconds */
  isDue({ step, steps }, now) {
    const isFar = step < this.step || step - this.step >= Math.max(1, Math.floor(steps / LEAST));
    return isFar || now - this.time >= PACE[this.isShared ? "shared" : "own"];
  }

  /** @param {{ step: number }} progress @param {number} now in milliseconds */
  took({ step }, now) {
    this.step = step;
    this.time = now;
  }
}

/** One strip that is shown: the newest is fetched, and none while one is on its way. */
class Strip {
  /** @param {Dream} dream @param {LiveStrip} told @param {{ isShared: boolean }} pace */
  constructor(dream, told, pace) {
    this.dream = dream;
    this.told = told;
    this.pace = new Pace();
    this.pace.isShared = pace.isShared;
    this.revision = 0;
    this.isLoading = false;
  }

  /** @param {{ step: number, steps: number }} progress */
  want(progress) {
    if (this.isLoading || this.told.revision <= this.revision || !this.pace.isDue(progress, performance.now())) return;
    this.pace.took(progress, performance.now());
    this.isLoading = true;
    load(this, () => this.fetch(), { isPreview: true });
  }

  async fetch() {
    const { told, dream } = this;
    try {
      const reply = await fetch(at(`/live/${dream.id}/${told.id}?rev=${told.revision}`), { cache: "no-store" });
      if (reply.status === 200) {
        const image = await createImageBitmap(await reply.blob());
        // The answer is the newest: what it holds is known only as long as the same pictures form.
        inFrame(this, () => (String(told.pictures) === String(this.told.pictures) ? this.paint(image, told) : image.close()));
      }
    } catch {
      // Finished or stopped meanwhile, or the connection is lost: what comes next says which.
    }
    this.revision = told.revision;
    this.isLoading = false;
  }

  /** @param {ImageBitmap} image @param {LiveStrip} told */
  paint(image, told) {
    for (const [index, crop] of cropsOf(told)) {
      const picture = this.dream.pictures.get(index);
      if (!picture || picture.isSettled && picture.state !== "preview") continue;
      picture.forms();
      for (const view of picture.views) view.paint?.(image, crop);
    }
    image.close();
  }
}

/** All strips that form now. */
export class Strips {
  constructor() {
    this.isShared = false;
    /** @type {Map<string, Strip>} */
    this.known = new Map();
  }

  /** A dream has news: what of it can be seen is fetched. @param {Dream} dream @param {boolean} isSeen */
  follow(dream, isSeen) {
    const names = new Set(dream.live.map(({ id }) => nameOf(dream, id)));
    for (const [name, strip] of this.known) if (strip.dream === dream && !names.has(name)) this.known.delete(name);
    if (!isSeen || document.hidden || dream.news?.type !== "progress") return;
    for (const told of dream.live) {
      const name = nameOf(dream, told.id);
      const strip = this.known.get(name) ?? new Strip(dream, told, this);
      this.known.set(name, strip);
      strip.told = told;
      strip.want(dream.news);
    }
  }

  /** Other tiles are seen now: they have no preview yet. */
  again() {
    this.known.clear();
  }
}

/** @param {Dream} dream @param {string} id */
const nameOf = (dream, id) => `${dream.id}/${id}`;
