// One picture of a dream, in one place: empty, then a live preview, then the picture.

import { loaded, make, pause } from "./dom.js";

const WORDS = { failed: "could not be made", stopped: "stopped" };

export class Tile {
  constructor(row, { index, seed }) {
    this.row = row;
    this.index = index;
    this.seed = seed;
    this.picture = null;
    this.revision = 0;
    this.wanted = 0;
    this.loading = false;
    this.word = make("span", { className: "tile-word" });
    this.openButton = make("button", { type: "button", className: "open", disabled: true });
    this.openButton.addEventListener("click", () => row.gallery.open(this));
    this.download = make("a", { className: "download", textContent: "↓", title: "Download the PNG" });
    this.download.setAttribute("aria-label", `Download the picture with seed ${seed}`);
    this.element = make(
      "div",
      { className: "tile", data: { index, state: "empty", testid: "tile" } },
      this.openButton,
      this.word,
      make("span", { className: "seed", textContent: seed, title: `Seed ${seed}` }),
      this.download,
    );
    this.element.style.aspectRatio = `${row.dream.width} / ${row.dream.height}`;
    this.name();
  }

  get state() {
    return this.element.dataset.state;
  }

  set state(state) {
    this.element.dataset.state = state;
    this.openButton.disabled = state !== "done";
    this.word.textContent = WORDS[state] ?? "";
    this.name();
  }

  name() {
    const saying = this.state === "done" ? "Open" : { preview: "Forming" }[this.state] ?? "Not there yet";
    const text = WORDS[this.state] ?? saying;
    this.openButton.setAttribute("aria-label", `${text}: ${this.row.dream.prompt}, seed ${this.seed}`);
  }

  /** Shows a newer preview; while one is on its way only the newest of the next ones is remembered. */
  async preview(revision) {
    this.wanted = Math.max(this.wanted, revision);
    if (this.loading) return;
    this.loading = true;
    while (this.wanted > this.revision && !this.isSettled) {
      const next = this.wanted;
      try {
        const image = await loaded(`/live/${this.row.id}/${this.index}?rev=${next}`, this.row.dream.prompt);
        if (this.isSettled) break;
        image.className = "preview";
        this.element.dataset.revision = next;
        this.put(image);
        if (this.state === "empty") this.state = "preview";
      } catch {
        // Finished or stopped meanwhile: what comes next says which.
      }
      this.revision = next;
    }
    this.loading = false;
  }

  get isSettled() {
    return this.picture !== null || this.state in WORDS;
  }

  /** Puts the stored picture in place; `lazily` when it is below what can be seen. */
  async show(picture, lazily = false) {
    if (this.picture === picture) return;
    this.picture = picture;
    this.download.href = `/picture/${picture}?download=1`;
    const address = `/thumb/${picture}`;
    if (lazily) {
      this.put(make("img", { alt: this.row.dream.prompt, loading: "lazy", decoding: "async", draggable: false, src: address }));
      this.state = "done";
      return;
    }
    for (let attempt = 0; attempt < 3; attempt += 1) {
      try {
        this.put(await loaded(address, this.row.dream.prompt));
        break;
      } catch {
        await pause(500 * (attempt + 1));
      }
    }
    this.state = "done";
  }

  /** No picture will come: `failed` or `stopped`. */
  end(state) {
    if (this.isSettled) return;
    this.element.querySelector("img")?.remove();
    this.state = state;
  }

  put(image) {
    const before = this.openButton.querySelector("img");
    if (before) before.replaceWith(image);
    else this.openButton.append(image);
  }

  /** The picture was deleted. */
  remove() {
    this.element.remove();
    this.row.forget(this);
  }
}
