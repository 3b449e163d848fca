// @ts-check
// A dialog over the page: a click beside it closes it, as Esc does by itself, and Back.

import { make } from "./dom.js";
import { closed, opened } from "./layers.js";

/** @param {{ id: string, aria: Record<string, string>, tabIndex?: number }} what @param {(Node | string)[]} children */
export function dialog(what, ...children) {
  const element = make("dialog", { className: "sd-dialog", ...what }, ...children);
  const show = element.showModal.bind(element);
  /** Whether nothing was pressed in it since it was opened. */
  let isFresh = false;
  element.showModal = () => {
    show();
    isFresh = true;
    opened(element, () => element.close());
  };
  // told a moment later, when it may be open again
  element.addEventListener("close", () => element.open || closed(element));
  // Of a double click the first opened it; the second, which falls on whatever lies there by now, does nothing.
  for (const type of /** @type {const} */ (["mousedown", "mouseup", "click", "dblclick"])) {
    element.addEventListener(type, (event) => {
      if (event.detail < 2) isFresh = false;
      if (!isFresh) return;
      event.preventDefault();
      event.stopImmediatePropagation();
    }, true);
  }
  element.addEventListener("click", (event) => event.target === element && element.close());
  document.body.append(element);
  return element;
}
