// @ts-check
// A button that copies an address, and says so; one that hands it to the sheet of the system, as phones have it.

import { button } from "../shared/dom/dom.js";
import { canSend, copyText } from "../shared/viewer/taking.js";
import { icon } from "./icons.js";

/** Milliseconds for which it says so. */
const WHILE = 2000;

/** @param {string} name what is copied, for those who do not see it @param {() => string} textOf @param {(words: string) => void} say @param {{ isSmall?: boolean }} [how] */
export function copying(name, textOf, say, { isSmall = false } = {}) {
  const words = document.createTextNode("Copy");
  const element = button("", `quiet-button share-copy${isSmall ? " is-small" : ""}`, async () => {
    const isDone = await copyText(textOf(), element.parentElement ?? element).then(() => true, () => false);
    write(isDone ? "Copied" : "Not copied");
    say(isDone ? `Copied: ${name}.` : "The browser did not let it be copied.");
    setTimeout(() => write("Copy"), WHILE);
  });
  /** Who does not see the button is told its word, too. @param {string} word */
  const write = (word) => {
    words.data = word;
    element.setAttribute("aria-label", `${word} ${name}`);
  };
  write("Copy");
  element.append(icon("copy"), words);
  return element;
}

/** Nothing where there is no such sheet. @param {string} name @param {() => string} textOf @param {{ isSmall?: boolean }} [how] */
export function sending(name, textOf, { isSmall = false } = {}) {
  if (!canSend({ url: textOf() })) return [];
  const element = button("", `quiet-button${isSmall ? " is-small" : ""}`, () => navigator.share({ url: textOf() }).catch(() => {}), { aria: { label: `Send ${name}` } });
  element.append(icon("send"), "Send");
  return [element];
}
