// @ts-check
// Images: decoded before they are shown, or small ones that come again where they did not load.

import { make } from "../dom/dom.js";
import { at } from "./address.js";
import { again, settled } from "./again.js";

/**
 * An image that is loaded and decoded, so that putting it in place cannot flicker.
 * @param {string} address
 * @param {string} [alt]
 */
export async function loaded(address, alt = "") {
  const image = make("img", { alt, draggable: false, decoding: "async" });
  image.src = address.startsWith("/") ? at(address) : address;
  await image.decode();
  return image;
}

/** The small picture of an id. Until it has loaded the browser writes `alt` in its place. @param {string} id @param {string} alt */
export function thumbnail(id, alt) {
  const src = at(`/thumb/${id}`);
  const image = make("img", { alt, draggable: false, decoding: "async", loading: "lazy", src });
  image.addEventListener("load", () => settled(image));
  image.addEventListener("error", () => again(image, () => {
    if (image.isConnected) image.src = src;
  }));
  return image;
}
