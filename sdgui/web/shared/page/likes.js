// @ts-check
// How somebody likes the page, chosen in its preferences: its colours, and what Enter does.

import { make } from "../dom/dom.js";
import { CHOICES, preferences } from "./preferences.js";

/** @type {Record<keyof typeof CHOICES, { title: string, words: Record<string, string> }>} */
const WORDS = {
  theme: { title: "Colours", words: { system: "As the system", dark: "Dark", light: "Light" } },
  enter: { title: "Enter in the prompt", words: { dreams: "Dreams", breaks: "New line" } },
};

export class Likes {
  constructor() {
    const names = /** @type {(keyof typeof CHOICES)[]} */ (Object.keys(CHOICES));
    this.element = make("div", { className: "likes" }, ...names.map((name) => choice(name)));
    preferences.follow(() => {
      const { theme } = preferences.liked;
      if (theme === "system") delete document.documentElement.dataset.theme;
      else document.documentElement.dataset.theme = theme;
    });
  }
}

/** @param {keyof typeof CHOICES} name */
function choice(name) {
  const { title, words } = WORDS[name];
  return make("fieldset", { className: "like" }, make("legend", { textContent: title }), ...CHOICES[name].map((value) => {
    const input = make("input", { type: "radio", name: `like-${name}`, value, checked: preferences.liked[name] === value });
    input.addEventListener("change", () => preferences.set({ [name]: value }));
    return make("label", {}, input, make("span", { textContent: words[value] }));
  }));
}
