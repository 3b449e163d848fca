// @ts-check
// A button that copies an address, and says so.

import { button } from "../shared/dom/dom.js";
import { icon } from "./icons.js";

/** Milliseconds for which it says so. */
const WHILE = 2000;

/** @param {string} name what is copied, for those who do not see it @param {() => string} textOf @param {(words: string) => void} say @param {{ isSmall?: boolean }} [how] */
export function copying(name, textOf, say, { isSmall = false } = {}) {
  const words = document.createTextNode("Copy");
  const element = button("", `quiet-button share-copy${isSmall ? " is-small" : ""}`, async () => {
    const isDone = await navigator.clipboard?.writeText(textOf()).then(() => true, () => false) ?? false;
    words.data = isDone ? "Copied" : "Not copied";
    say(isDone ? `Copied: ${name}.` : "The browser did not let it be copied.");
    setTimeout(() => (words.data = "Copy"), WHILE);
  }, { aria: { label: `Copy ${name}` } });
  element.append(icon("copy"), words);
  return element;
}
