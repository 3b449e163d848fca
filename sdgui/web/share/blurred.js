// @ts-check
// A picture of somebody else, blurred until one asks to see it.

import { make } from "../shared/dom/dom.js";
import { at } from "../shared/fetch/address.js";

/** @typedef {import("./told.js").Theirs} Theirs */

/** @param {Theirs} one */
export function blurred({ picture, prompt, name }) {
  const of = `${prompt || "a picture without a prompt"}, of ${name}`;
  const image = make("img", { src: at(`/share/thumb/${picture}`), alt: "", loading: "lazy", decoding: "async", draggable: false });
  const element = make("button", { type: "button", className: "share-thumb", title: prompt, aria: { pressed: "false", label: `Show clearly: ${of}` } }, image);
  element.addEventListener("click", () => {
    const isClear = element.classList.toggle("is-clear");
    element.setAttribute("aria-pressed", String(isClear));
  });
  return element;
}
