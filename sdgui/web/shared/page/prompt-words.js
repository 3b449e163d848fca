// @ts-check
// What the model inside can draw: words of the prompt that it does not know, all that it knows to click together, and a
// die. A model that does not say what it knows has none of it.

import { dialog } from "../dom/dialog.js";
import { button, find, make } from "../dom/dom.js";
import { modelFacts } from "../settings/facts.js";
import { settings } from "../settings/settings.js";
import { KINDS, knownPart, randomPrompt, saidIn, swapped, unknownIn } from "./known-words.js";

/** @type {Record<import("./known-words.js").Kind, string>} */
const TITLES = { things: "Things", colours: "Colours", places: "Places", styles: "Styles" };
/** More unknown words are not named. */
const NAMED = 6;

/** @param {number} most */
const draw = (most) => crypto.getRandomValues(new Uint32Array(1))[0] % most;

export class PromptWords {
  /** @param {{ write: (text: string) => void, dream: () => void, toModels: () => void, notes: HTMLElement }} calls `notes`: the place below the prompt */
  constructor({ write, dream, toModels, notes }) {
    this.write = write;
    this.toModels = toModels;
    this.draft = "";
    this.line = make("p", { id: "unknown-words", className: "unknown-words", role: "status", hidden: true });
    notes.append(this.line);
    const die = button("", "prompt-die", () => this.random(), { id: "prompt-die", title: "A random prompt of what it can draw", aria: { label: "A random prompt" } });
    this.tools = make("div", { className: "prompt-tools" }, die, button("Words", "link-button", () => this.open(), { id: "words-button", title: "What the model inside can draw" }));
    find("#prompt-box").append(this.tools);
    this.told = make("p", { className: "words-draft", role: "status" });
    this.chips = make("div", { className: "words-kinds" });
    this.element = dialog({ id: "words", aria: { labelledby: "words-title" } },
      make("div", { className: "words-head" },
        make("h2", { id: "words-title", textContent: "What the model inside can draw" }),
        button("Close", "quiet-button", () => this.element.close())),
      this.told,
      this.chips,
      make("div", { className: "words-actions" },
        button("Get a real model", "link-button", () => this.leave()),
        button("By chance", "quiet-button", () => this.change(randomPrompt(this.known ?? fail(), draw)), { id: "words-chance" }),
        button("Use it", "quiet-button", () => this.use(), { id: "words-use" }),
        button("Dream it", "quiet-button is-main", () => {
          this.use();
          dream();
        }, { id: "words-dream" })));
    settings.follow(["prompt", "model"], () => this.look());
  }

  get known() {
    return modelFacts(settings.get("model"))?.vocabulary ?? null;
  }

  /** Says what the prompt has that nobody taught the model. */
  look() {
    const { known } = this;
    this.tools.hidden = !known;
    const unknown = known ? unknownIn(settings.text("prompt"), known) : [];
    const words = unknown.slice(0, NAMED).join(", ") + (unknown.length > NAMED ? ` and ${unknown.length - NAMED} more` : "");
    const said = unknown.join(" ");
    if (this.line.dataset.said === said) return;
    this.line.dataset.said = said;
    this.line.hidden = !unknown.length;
    this.line.replaceChildren(...(unknown.length ? [
      make("span", { className: "unknown-text" }, "The model inside does not know: ", make("b", { textContent: words, title: unknown.join(", ") })),
      button("what it can draw", "link-button", () => this.open(), { id: "what-it-draws" }),
      button("Get a real model", "link-button", () => this.toModels(), { id: "get-a-model" }),
    ] : []));
  }

  random() {
    if (this.known) this.write(randomPrompt(this.known, draw));
  }

  open() {
    const { known } = this;
    const prompt = settings.text("prompt").trim();
    this.change(known && unknownIn(prompt, known).length ? knownPart(prompt, known) : prompt);
    this.element.showModal();
  }

  leave() {
    this.element.close();
    this.toModels();
  }

  use() {
    this.element.close();
    this.write(this.draft);
  }

  /** @param {string} draft */
  change(draft) {
    const { known } = this;
    if (!known) return;
    this.draft = draft;
    this.told.textContent = draft || "Click some words together.";
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.word : undefined;
    const said = saidIn(draft, known);
    const { scrollTop } = this.chips;
    this.chips.replaceChildren(...KINDS.map((kind) => make("section", { aria: { labelledby: `words-${kind}` } },
      make("h3", { id: `words-${kind}`, textContent: TITLES[kind] }),
      make("div", { className: "words-chips" }, ...known[kind].map(([name]) => button(name, "word-chip", () => this.change(swapped(this.draft, kind, name, known)), {
        data: { word: `${kind} ${name}` }, aria: { pressed: said[kind]?.name === name },
      }))))));
    if (focused) /** @type {HTMLElement | null} */ (this.chips.querySelector(`[data-word="${CSS.escape(focused)}"]`))?.focus({ preventScroll: true });
    this.chips.scrollTop = scrollTop;
  }
}

/** @returns {never} */
function fail() {
  throw new Error("This model does not say what it knows.");
}
