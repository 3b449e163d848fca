// @ts-check
// A dialog over the page: a click beside it closes it, as Esc does by itself.

import { make } from "./dom.js";

/** @param {{ id: string, aria: Record<string, string>, tabIndex?: number }} what @param {(Node | string)[]} children */
export function dialog(what, ...children) {
  const element = make("dialog", { className: "sd-dialog", ...what }, ...children);
  element.addEventListener("click", (event) => event.target === element && element.close());
  document.body.append(element);
  return element;
}
