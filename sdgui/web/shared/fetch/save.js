// @ts-check
// Files that our routes make, saved by the browser.

import { make } from "../dom/dom.js";
import { at } from "./address.js";
import { sentenceOf, wordsOf } from "./ask.js";

/**
 * Fetched before it is saved: a full disk is told in words, not saved as a broken file.
 * @param {string} address @param {import("../dom/toasts.js").Toasts} toasts where it is told what becomes of it
 * @param {{ making: string, unnamed: string, options?: RequestInit }} what `unnamed`: its name where the answer has none
 */
export async function save(address, toasts, { making, unnamed, options }) {
  toasts.show(making, "", false, 0);
  try {
    const reply = await fetch(at(address), options);
    if (!reply.ok) throw new Error(await sentenceOf(reply, "The file could not be made."));
    const name = /filename="([^"]+)"/.exec(reply.headers.get("content-disposition") ?? "")?.[1] ?? unnamed;
    const url = URL.createObjectURL(await reply.blob());
    make("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    toasts.show(`Saved as ${name}`, "", false, 4000);
  } catch (error) {
    toasts.show(error instanceof TypeError ? "The connection was lost before the file was there." : wordsOf(error), "", true);
  } finally {
    toasts.take(making);
  }
}
