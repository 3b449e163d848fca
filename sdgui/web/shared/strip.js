// The newest preview of pictures that form together: one image, from which all their tiles are painted at once.

import { loaded } from "./dom.js";
import { inFrame } from "./frame.js";
import { load } from "./loader.js";

export class Strip {
  constructor(dream, told) {
    this.dream = dream;
    this.told = told;
    this.isLoading = false;
  }

  /** Takes over what the server says of it. */
  take(told) {
    this.told = told;
    this.want();
  }

  /** The tiles that can be seen and do not show its newest revision. */
  get stale() {
    return this.told.pictures
      .flatMap((index, place) => [...(this.dream.pictures.get(index)?.views ?? [])].map((tile) => ({ tile, place })))
      .filter(({ tile }) => tile.isStale(this));
  }

  /** Fetches the newest revision if anybody sees it; while one waits for its turn, the next ones are dropped. */
  want() {
    if (this.isLoading || !this.stale.length) return;
    this.isLoading = true;
    load(this, () => this.fetch(), { isPreview: true });
  }

  async fetch() {
    const { told } = this;
    const { id, revision, columns, width, height } = told;
    const image = await loaded(`/live/${this.dream.id}/${id}?rev=${revision}`).catch(() => null);
    this.isLoading = false;
    // Where there is none, it was finished or stopped meanwhile: what comes next says which.
    if (!image) return;
    inFrame(this, () => {
      const isSame = String(told.pictures) === String(this.told.pictures);
      for (const { tile, place } of isSame ? this.stale : []) {
        const x = (place % columns) * width;
        const y = Math.floor(place / columns) * height;
        tile.paint(image, { x, y, width, height }, `${id}.${revision}`);
      }
      this.want();
    });
  }
}
