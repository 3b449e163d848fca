// @ts-check
// What a page that is shared shows, in little: one picture, two side by side, or the first of a wall.

import { make } from "../shared/dom/dom.js";
import { pictures as counted } from "../shared/dreams/words.js";
import { at } from "../shared/fetch/address.js";

/**
 * Pictures in as many places as there are, at the most `most`; the last place counts those that have none. `across`: how
 * many a row of theirs has, where they have rows and it fits.
 * @param {string[]} pictures @param {{ most: number, across?: number | null }} how
 */
export function mosaic(pictures, { most, across = null }) {
  const shown = pictures.slice(0, most);
  const side = Math.ceil(Math.sqrt(most));
  const columns = pictures.length === 2 ? 2 : across !== null && across <= side ? across : Math.ceil(Math.sqrt(shown.length));
  const tiles = shown.map((id) => {
    const image = make("img", { alt: "", src: at(`/thumb/${id}`), loading: "lazy", draggable: false });
    image.addEventListener("error", () => image.classList.add("is-gone"));
    return make("span", {}, image);
  });
  const more = pictures.length - shown.length;
  if (more) tiles.at(-1)?.append(make("b", { textContent: `+${more + 1}` }));
  const element = make("div", {
    className: `links-mosaic${pictures.length === 2 ? " is-pair" : ""}`, role: "img", data: { count: pictures.length }, aria: { label: counted(pictures.length) },
  }, ...tiles);
  element.style.setProperty("--across", String(columns));
  return element;
}
