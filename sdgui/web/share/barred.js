// @ts-check
// Words that guests' prompts may not say.

import { button, make } from "../shared/dom/dom.js";
import { tell } from "../shared/fetch/ask.js";
import { icon } from "./icons.js";
import { Part } from "./part.js";
import { tellRows } from "./rows.js";

const LONGEST = 80;

export class Barred {
  /** `changed` is told of the words that hold now. @param {(words: string[]) => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.part = new Part("words", "Words not allowed", make("small", { textContent: "in any guest’s prompt" }));
    this.element = this.part.element;
    /** @type {string[]} */
    this.words = [];
    /** @type {Map<string, any>} */
    this.rows = new Map();
    this.list = make("ul", { className: "share-chips", aria: { labelledby: this.part.heading.id } });
    this.input = make("input", { type: "text", id: "share-word", maxLength: LONGEST, placeholder: "Add a word", autocomplete: "off", aria: { label: "Add a word that guests’ prompts may not say", describedby: this.part.fault.id } });
    const add = make("button", { type: "submit", className: "quiet-button", aria: { label: "Add the word" } }, icon("plus"), "Add");
    this.form = make("form", { className: "share-add" }, this.input, add);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.add();
    });
    this.part.body.append(this.list, this.form);
  }

  /** @param {string[]} words */
  tell(words) {
    this.words = words;
    this.list.hidden = !words.length;
    tellRows(this.list, this.rows, words, {
      key: (word) => word,
      make: (word) => {
        const remove = button("", "share-drop", () => this.keep(this.words.filter((one) => one !== word)), { aria: { label: `Allow “${word}” again` } });
        remove.append(icon("close"));
        return { element: make("li", { className: "share-chip" }, word, remove), tell: () => {} };
      },
      home: this.input,
    });
  }

  async add() {
    const word = this.input.value.trim();
    if (!word) {
      this.input.focus();
      return;
    }
    if (await this.keep([...this.words.filter((one) => one !== word), word])) this.input.value = "";
  }

  /** @param {string[]} words */
  keep(words) {
    return this.part.act(async () => this.changed((await tell("/share/words", { words }, "PUT")).words));
  }
}
