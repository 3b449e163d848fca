// One picture, large, with everything that made it.

import { ask, loaded, make } from "./dom.js";
import { moment } from "./words.js";

export class Viewer {
  constructor(gallery, screen) {
    this.gallery = gallery;
    this.screen = screen;
    this.tile = null;
    this.stage = make("div", { className: "viewer-stage" });
    this.back = this.stepper("back", "Previous picture", "←", -1);
    this.forth = this.stepper("forth", "Next picture", "→", 1);
    this.stage.append(this.back, this.forth);
    this.place = make("span", { aria: { live: "polite" } });
    this.facts = make("div", { className: "viewer-facts", tabIndex: 0, aria: { label: "How it was made" } });
    this.download = make("a", { className: "quiet-button", textContent: "Download PNG", id: "viewer-download" });
    this.reuse = this.action("viewer-reuse", "Reuse settings", () => this.take(false));
    this.sameSeed = this.action("viewer-same-seed", "Same seed", () => this.take(true));
    this.sameSeed.title = "The settings with this seed, locked";
    this.delete = this.action("viewer-delete", "Delete", () => this.remove());
    const close = make("button", { type: "button", className: "quiet-button", id: "viewer-close", textContent: "✕", aria: { label: "Close" } });
    close.addEventListener("click", () => this.element.close());
    this.element = make(
      "dialog",
      { id: "viewer", className: "sd-dialog", aria: { label: "Picture" } },
      this.stage,
      make("div", { className: "viewer-side" },
        make("div", { className: "viewer-top" }, this.place, close),
        this.facts,
        make("div", { className: "viewer-actions" }, this.reuse, this.sameSeed, this.download, this.delete)),
    );
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("close", () => this.closed());
    this.element.addEventListener("click", (event) => event.target === this.element && this.element.close());
    this.swipes();
    document.body.append(this.element);
  }

  action(id, text, act) {
    const button = make("button", { type: "button", className: "quiet-button", id, textContent: text });
    button.addEventListener("click", act);
    return button;
  }

  stepper(name, label, arrow, step) {
    const button = make("button", { type: "button", className: `viewer-step ${name}`, textContent: arrow, aria: { label } });
    button.addEventListener("click", () => this.step(step));
    return button;
  }

  open(tile) {
    this.show(tile);
    if (!this.element.open) this.element.showModal();
  }

  show(tile) {
    this.tile = tile;
    this.calm();
    const { dream } = tile.row;
    const tiles = this.gallery.tiles;
    const at = tiles.indexOf(tile);
    this.back.disabled = at <= 0;
    this.forth.disabled = at >= tiles.length - 1;
    if (at >= tiles.length - 3) this.gallery.older();
    const own = tile.row.pictures;
    this.place.textContent = own.length > 1 ? `${own.indexOf(tile) + 1} of ${own.length}` : "";
    this.download.href = `/picture/${tile.picture}?download=1`;
    this.facts.replaceChildren(...this.list(dream, tile));
    this.facts.scrollTop = 0;
    this.picture(tile, dream);
  }

  async picture(tile, dream) {
    const before = this.stage.querySelector("img");
    // What the gallery shows already, until the original is there.
    const small = make("img", { alt: dream.prompt, src: `/thumb/${tile.picture}`, draggable: false });
    if (before) before.replaceWith(small);
    else this.stage.prepend(small);
    try {
      const large = await loaded(`/picture/${tile.picture}`, dream.prompt);
      if (this.tile === tile) small.replaceWith(large);
    } catch {
      if (this.tile === tile) this.screen.toast("The picture could not be loaded.", "Is the server still there?", true);
    }
  }

  list(dream, tile) {
    const copy = make("button", { type: "button", className: "link-button", textContent: "Copy prompt", id: "viewer-copy" });
    copy.addEventListener("click", async () => {
      await copyText(dream.prompt, this.element);
      copy.textContent = "Copied";
    });
    const facts = [
      ["Seed", tile.seed],
      ["Size", `${dream.width} × ${dream.height}`],
      ["Steps", dream.steps],
      ["Cfg scale", dream.guidance],
      ["Sampler", dream.sampler],
      ["Model", dream.model],
      ["Avoided", dream.negative_prompt],
      ["Made", moment(dream.created)],
    ].filter(([, value]) => value !== "");
    return [
      make("p", { className: "viewer-prompt", textContent: dream.prompt }),
      copy,
      make("dl", {}, ...facts.flatMap(([name, value]) => [make("dt", { textContent: name }), make("dd", { textContent: value })])),
    ];
  }

  step(by) {
    const tiles = this.gallery.tiles;
    const next = tiles[tiles.indexOf(this.tile) + by];
    if (next) this.show(next);
  }

  key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key === "ArrowLeft") this.step(-1);
    else if (event.key === "ArrowRight") this.step(1);
    else return;
    event.preventDefault();
  }

  swipes() {
    let start = null;
    this.stage.addEventListener("touchstart", (event) => {
      start = event.touches.length === 1 ? event.touches[0] : null;
    }, { passive: true });
    this.stage.addEventListener("touchend", (event) => {
      const end = event.changedTouches[0];
      if (!start || !end) return;
      const across = end.clientX - start.clientX;
      if (Math.abs(across) > 48 && Math.abs(across) > 2 * Math.abs(end.clientY - start.clientY)) this.step(across < 0 ? 1 : -1);
      start = null;
    }, { passive: true });
  }

  take(seed) {
    const { row, index } = this.tile;
    this.element.close();
    this.gallery.reuse(row.id, index, seed);
  }

  /** Asks once, in place; the second click deletes. */
  async remove() {
    if (!this.delete.classList.contains("is-grave")) {
      this.delete.classList.add("is-grave");
      this.delete.textContent = "Delete for good?";
      return;
    }
    const { tile } = this;
    const tiles = this.gallery.tiles;
    const at = tiles.indexOf(tile);
    const next = tiles[at + 1] ?? tiles[at - 1];
    try {
      await ask(`/picture/${tile.picture}`, { method: "DELETE" });
    } catch (error) {
      if (error.status !== 404) {
        this.screen.toast(error.message, "", true);
        return;
      }
    }
    tile.remove();
    if (next) this.show(next);
    else this.element.close();
  }

  calm() {
    this.delete.classList.remove("is-grave");
    this.delete.textContent = "Delete";
  }

  closed() {
    const button = this.tile?.openButton;
    this.calm();
    this.tile = null;
    if (!button?.isConnected) return;
    button.focus({ preventScroll: true });
    button.scrollIntoView({ block: "nearest" });
  }
}

async function copyText(text, dialog) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Without https, only the old way is open.
  const area = make("textarea", { value: text });
  dialog.append(area);
  area.select();
  document.execCommand("copy");
  area.remove();
}
