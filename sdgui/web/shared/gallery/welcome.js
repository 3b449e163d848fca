// @ts-check
// What an empty list says.

import { button, make } from "../dom/dom.js";
import { modelFacts } from "../settings/facts.js";
import { settings } from "../settings/settings.js";

/** @typedef {{ title: string, words: (hasExamples: boolean) => string }} Greeting */

/** A greeting with the model's examples, which `write` puts into the prompt. @param {Greeting & { write: (text: string) => void }} greeting */
export function greeting({ title, words, write }) {
  const examples = (modelFacts(settings.get("model"))?.examples ?? []).map((example) => button(example, "example", () => write(example)));
  return make("div", { className: "welcome", data: { testid: "welcome" } },
    make("h2", { textContent: title }),
    make("p", { textContent: words(examples.length > 0) }),
    make("div", { className: "examples" }, ...examples));
}
