// @ts-check
// Taking a picture and what made it along: to the clipboard, or to another program of the phone.

import { make } from "../dom/dom.js";
import { at } from "../fetch/address.js";

/** @typedef {import("../dreams/dream.js").Picture} Picture */

/** Only over https or on the machine itself do browsers let pictures into the clipboard. */
export const canCopyPictures = () => "ClipboardItem" in globalThis && Boolean(navigator.clipboard?.write);

/** Whether there is a sheet of the system to send this with, as phones have it. @param {ShareData} what */
export const canSend = (what) => matchMedia("(pointer: coarse)").matches && Boolean(navigator.canShare?.(what));

/** The same of pictures. */
export const canShare = () => canSend({ files: [new File([], "a.png", { type: "image/png" })] });

/** @param {Picture} picture */
const pngOf = async ({ id }) => (await fetch(at(`/picture/${id}`))).blob();

/** @param {Picture} picture */
export async function copyPicture(picture) {
  await navigator.clipboard.write([new ClipboardItem({ "image/png": pngOf(picture) })]);
}

/** @param {Picture} picture */
export async function share(picture) {
  const file = new File([await pngOf(picture)], `${picture.seed}.png`, { type: "image/png" });
  await navigator.share({ files: [file] });
}

/** What made it, in the words in which many programs write and read it. @param {Pick<Picture, "settings" | "seed">} picture */
export function infotext({ settings, seed }) {
  const { prompt, negative_prompt: avoided, steps, sampler, guidance, width, height, model } = settings;
  // What the file of an imported picture does not tell is "".
  const values = { Steps: steps, Sampler: sampler, "CFG scale": guidance, Seed: seed, Size: `${width}x${height}`, Model: model };
  const said = Object.entries(values).filter(([, value]) => String(value ?? "") !== "").map(([name, value]) => `${name}: ${value}`);
  return [...(prompt ? [prompt] : []), ...(avoided ? [`Negative prompt: ${avoided}`] : []), said.join(", ")].join("\n");
}

/** An error where the browser does not let it. @param {string} text @param {HTMLElement} place within what lies over the page, if anything does */
export async function copyText(text, place) {
  if (navigator.clipboard) {
    await navigator.clipboard.writeText(text);
    return;
  }
  // Without https, only the old way is open.
  const had = document.activeElement;
  const area = make("textarea", { value: text });
  place.append(area);
  area.select();
  const isDone = document.execCommand("copy");
  area.remove();
  if (had instanceof HTMLElement) had.focus();
  if (!isDone) throw new Error("The text could not be copied.");
}
