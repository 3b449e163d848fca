// @ts-check
// Images, fetched and decoded before they are shown.

import { make } from "../dom/dom.js";

/**
 * An image that is loaded and decoded, so that putting it in place cannot flicker.
 * @param {string} address
 * @param {string} [alt]
 */
export async function loaded(address, alt = "") {
  const image = make("img", { alt, draggable: false, decoding: "async" });
  image.src = address;
  await image.decode();
  return image;
}
