// @ts-check
// What an empty list says.

import { button, make } from "../dom/dom.js";
import { modelFacts } from "../settings/facts.js";
import { settings } from "../settings/settings.js";
import { placeOf } from "./example-pictures.js";

/** @typedef {{ title: string, words: (hasExamples: boolean) => string }} Greeting */

/** A greeting with the model's examples, which `write` puts into the prompt. @param {Greeting & { write: (text: string) => void }} greeting */
export function greeting({ title, words, write }) {
  const examples = (modelFacts(settings.get("model"))?.examples ?? []).map((example) => {
    const place = placeOf(example);
    const element = button(example, place ? "example has-picture" : "example", () => write(example));
    if (place) {
      const picture = make("span", { className: "example-picture", ariaHidden: "true" });
      picture.style.backgroundPosition = place;
      element.prepend(picture);
    }
    return element;
  });
  return make("div", { className: "welcome", data: { testid: "welcome" } },
    make("h2", { textContent: title }),
    make("p", { textContent: words(examples.length > 0) }),
    make("div", { className: "examples" }, ...examples));
}
