// @ts-check
// A dialog over the page: a click beside it closes it, as Esc does by itself, and Back.

import { make } from "./dom.js";
import { closed, opened } from "./layers.js";

/** @param {{ id: string, aria: Record<string, string>, tabIndex?: number }} what @param {(Node | string)[]} children */
export function dialog(what, ...children) {
  const element = make("dialog", { className: "sd-dialog", ...what }, ...children);
  const show = element.showModal.bind(element);
  element.showModal = () => {
    show();
    opened(element, () => element.close());
  };
  // told a moment later, when it may be open again
  element.addEventListener("close", () => element.open || closed(element));
  element.addEventListener("click", (event) => event.target === element && element.close());
  document.body.append(element);
  return element;
}
