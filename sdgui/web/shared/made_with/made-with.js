// @ts-check
// A picture's file that is dropped on the page, pasted or chosen: what it was made with, and those settings taken over.

import { dialog } from "../dom/dialog.js";
import { button, make } from "../dom/dom.js";
import { at } from "../fetch/address.js";
import { ask, wordsOf } from "../fetch/ask.js";
import { settings } from "../settings/settings.js";

/**
 * @typedef {{ source: string, sentence: string, request: import("../dreams/told.js").Values, notes: string[],
 *   absent: { what: string, name: string }[], says: [string, string][], size: [number, number] | null }} Told
 */

const LARGEST = 64 * 2 ** 20;
/** Pixels from which on a picture is not shown: browsers would decode all of it. */
const MOST_PIXELS = 2 ** 26;
const KINDS = ["image/png", "image/jpeg", "image/webp"];
/** @type {Record<string, string>} */
const CALLED = { model: "model", sampler: "sampler", lora: "LoRA", embedding: "embedding", vae: "VAE" };
/** What an infotext ends with. */
const INFOTEXT = /(^|\n)Steps: \d+, .*(Sampler|Seed): /;

export class MadeWith {
  /** @param {{ take: (values: import("../dreams/told.js").Values) => void, offer: (words: string, act: () => void) => void }} calls */
  constructor(calls) {
    this.calls = calls;
    this.turn = 0;
    this.address = "";
    /** @type {import("../dreams/told.js").Values | null} */
    this.values = null;
    this.veil = make("div", { id: "drop-veil", hidden: true, aria: { hidden: true } },
      make("p", { textContent: "Drop a picture to see what it was made with" }));
    document.body.append(this.veil);
    this.picture = make("img", { alt: "The picture that was chosen" });
    this.sentence = make("p", { className: "made-with-sentence", role: "status" });
    this.absent = make("ul", { className: "made-with-absent", aria: { label: "Not here" } });
    this.facts = make("dl", { className: "made-with-facts" });
    this.notes = make("ul", { className: "made-with-notes", aria: { label: "To be known" } });
    this.use = button("Use these settings", "quiet-button is-main", () => this.taken());
    this.leave = button("Cancel", "quiet-button", () => this.element.close());
    this.another = button("Choose another…", "quiet-button", () => this.input.click(), { hidden: true });
    this.element = dialog({ id: "made-with", aria: { labelledby: "made-with-title" } },
      make("h2", { id: "made-with-title", textContent: "What a picture was made with" }),
      make("div", { className: "made-with-middle", tabIndex: 0, role: "group", aria: { label: "The picture and its settings" } }, this.picture,
        make("div", {}, this.sentence, this.absent, this.notes, this.facts)),
      make("div", { className: "made-with-foot" }, this.leave, this.another, this.use));
    this.element.addEventListener("close", () => this.element.open || this.forget());
    this.input = make("input", { type: "file", accept: KINDS.join(","), hidden: true });
    this.input.addEventListener("change", () => {
      const [file] = this.input.files ?? [];
      this.input.value = "";
      if (file) this.read(file);
    });
    document.body.append(this.input);
    this.listen();
  }

  /** A button with which a file is chosen. @param {() => void} [before] */
  chooser(before = () => {}) {
    const choose = button("Open a picture’s settings…", "quiet-button", () => {
      before();
      this.input.click();
    });
    return make("p", { className: "made-with-chooser" }, choose);
  }

  listen() {
    // Before Gradio's own listeners, and the browser's, which would leave the page for the file.
    for (const type of ["dragenter", "dragover"]) {
      document.addEventListener(type, (event) => {
        if (!(event instanceof DragEvent) || !event.dataTransfer?.types.includes("Files")) return;
        event.preventDefault();
        event.stopImmediatePropagation();
        event.dataTransfer.dropEffect = "copy";
        this.veil.hidden = false;
      }, true);
    }
    document.addEventListener("dragleave", (event) => !event.relatedTarget && (this.veil.hidden = true), true);
    document.addEventListener("drop", (event) => {
      this.veil.hidden = true;
      if (!event.dataTransfer?.types.includes("Files")) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const [file] = event.dataTransfer.files;
      if (file) this.read(file);
    }, true);
    document.addEventListener("paste", (event) => this.pasted(event), true);
  }

  /** A file is read; text goes where it belongs, and is offered as settings where it holds some. @param {ClipboardEvent} event */
  pasted(event) {
    const data = event.clipboardData;
    const text = data?.getData("text/plain") ?? "";
    const file = [...(data?.files ?? [])].find(({ type }) => KINDS.includes(type));
    if (file && !text) {
      event.preventDefault();
      event.stopImmediatePropagation();
      this.read(file);
    } else if (INFOTEXT.test(text)) this.calls.offer("That text has settings in it.", () => this.read(new Blob([text], { type: "text/plain" })));
  }

  /** Shows what a file, or a text, was made with. @param {Blob} file */
  async read(file) {
    this.turn += 1;
    const { turn } = this;
    this.forget();
    this.sentence.textContent = "Reading…";
    if (!this.element.open) this.element.showModal();
    if (file.size > LARGEST) {
      this.fail("That file is larger than 64 MiB.");
      return;
    }
    const address = `/read-picture?${new URLSearchParams({ model: settings.text("model") })}`;
    const headers = { "content-type": file.type === "text/plain" ? "text/plain" : "application/octet-stream" };
    const told = await ask(address, { method: "POST", headers, body: file }).catch((error) => ({ error: wordsOf(error) }));
    if (turn !== this.turn || !this.element.open) return;
    if (told.error) this.fail([told.error, told.hint].filter(Boolean).join(" "));
    else this.show(told, file);
  }

  /** The same of a picture that is here already. @param {Told & { picture: string }} told */
  tell(told) {
    this.turn += 1;
    this.forget();
    if (!this.element.open) this.element.showModal();
    this.show(told, at(`/thumb/${told.picture}`));
  }

  /** @param {string} words */
  fail(words) {
    this.sentence.textContent = words;
    this.sentence.classList.add("is-error");
    this.leave.textContent = "Close";
    this.another.hidden = false;
  }

  /** @param {Told} told @param {Blob | string} file or the address of the picture */
  show({ source, sentence, request, absent, notes, says, size }, file) {
    this.sentence.textContent = sentence;
    if (size && size[0] * size[1] <= MOST_PIXELS) {
      this.address = typeof file === "string" ? "" : URL.createObjectURL(file);
      this.picture.src = typeof file === "string" ? file : this.address;
      this.picture.hidden = false;
      if (typeof file !== "string") this.seeWhole(file);
    }
    this.absent.replaceChildren(...absent.map(({ what, name }) => make("li", { textContent: `Not here: the ${CALLED[what] ?? what} “${name}”` })));
    this.notes.replaceChildren(...notes.map((textContent) => make("li", { textContent })));
    this.facts.replaceChildren(...says.flatMap(([label, value]) => [make("dt", { textContent: label }), make("dd", { textContent: value })]));
    this.absent.hidden = !absent.length;
    this.notes.hidden = !notes.length;
    this.facts.hidden = !says.length;
    this.use.hidden = source === "none";
    this.leave.textContent = source === "none" ? "Close" : "Cancel";
    this.values = source === "none" ? null : request;
    if (this.values) this.use.focus();
  }

  /** Browsers show what there is of a picture that was cut off, and say nothing. @param {Blob} file */
  async seeWhole(file) {
    const { turn } = this;
    const isWhole = await createImageBitmap(file).then((bitmap) => (bitmap.close(), true), () => false);
    if (isWhole || turn !== this.turn || !this.element.open) return;
    this.notes.append(make("li", { textContent: "The file is damaged, or a part of it is missing: its picture cannot be shown whole." }));
    this.notes.hidden = false;
  }

  taken() {
    const { values } = this;
    this.element.close();
    if (values) this.calls.take(values);
  }

  /** Nothing of the file stays. */
  forget() {
    this.values = null;
    if (this.address) URL.revokeObjectURL(this.address);
    this.address = "";
    this.picture.hidden = true;
    this.picture.removeAttribute("src");
    this.sentence.classList.remove("is-error");
    for (const list of [this.absent, this.notes, this.facts]) {
      list.replaceChildren();
      list.hidden = true;
    }
    this.use.hidden = true;
    this.another.hidden = true;
    this.leave.textContent = "Cancel";
  }
}
