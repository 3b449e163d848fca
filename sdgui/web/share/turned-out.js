// @ts-check
// What a guest sees whom the owner does not let in any more: a sentence over the page, until they are let in again.

import { button, make } from "../shared/dom/dom.js";
import { grey } from "../shared/dom/grey.js";

/** `isIn` asks whether one is let in again. @param {string} sentence @param {() => Promise<boolean>} isIn */
export function turnedOut(sentence, isIn) {
  const known = document.querySelector("#turned-out p");
  if (known) {
    known.textContent = sentence;
    return;
  }
  const again = button("Come in again", "quiet-button", async () => {
    grey(again, "It is being asked for");
    if (await isIn()) location.reload();
    grey(again, "");
  });
  const element = make("dialog", { className: "sd-dialog", id: "turned-out", aria: { labelledby: "turned-out-title" } },
    make("h2", { id: "turned-out-title", textContent: "You are not let in now" }), make("p", { textContent: sentence }),
    make("p", { textContent: "Your dreams were stopped; the pictures that were finished are kept." }), again);
  element.addEventListener("cancel", (event) => event.preventDefault());
  element.addEventListener("close", () => element.showModal()); // a browser closes it at the second Esc
  document.body.append(element);
  element.showModal();
}
