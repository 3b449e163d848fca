// @ts-check
// Sheets as files: one PNG, a ZIP, a page that opens offline.

import { save } from "../../shared/fetch/save.js";

const KINDS = [["png", "PNG sheet"], ["zip", "ZIP: pictures and grid.json"], ["html", "HTML: opens offline"]];

/**
 * @typedef {import("../../shared/dreams/dream.js").Dream} Dream
 * @typedef {import("../../shared/dom/menu.js").Item} Item
 */

/** @param {string} job @param {(address: string) => void} act @returns {{ text: string, act: () => void }[]} */
const items = (job, act, isKept = false) =>
  KINDS.map(([kind, text]) => ({
    text,
    act: () => {
      const asked = new URLSearchParams({ ...(isKept ? { kept: "true" } : {}), ...(kind === "png" && isLight() ? { light: "true" } : {}) }).toString();
      act(`/jobs/${job}/sheet.${kind}${asked && `?${asked}`}`);
    },
  }));

/** Whether the page is light, by choice or as the system is. */
const isLight = () => (document.documentElement.dataset.theme ?? (matchMedia("(prefers-color-scheme: light)").matches ? "light" : "dark")) === "light";

export class Exports {
  /** Tells there what becomes of an export. @param {import("../../shared/dom/toasts.js").Toasts} toasts */
  constructor(toasts) {
    this.toasts = toasts;
    /** @param {string} address */
    this.save = (address) => save(address, toasts, { making: "Making the file…", unnamed: "sheet" });
  }

  /** What can be exported of a dream, as items of a menu. @param {Dream} dream @returns {Item[]} */
  of(dream) {
    const kept = dream.done.filter((picture) => picture.mark === "kept").length;
    if (!dream.done.length) return ["No picture is finished yet"];
    return [...items(dream.id, this.save), ...(kept ? [`Kept only (${kept})`, ...items(dream.id, this.save, true)] : [])];
  }

  /** The kept pictures of dreams, each dream by itself. @param {{ id: string, prompt: string, count: number }[]} dreams @returns {Item[]} */
  ofKept(dreams) {
    return dreams.flatMap(({ id, prompt, count }) => [...(dreams.length > 1 ? [`${prompt} (${count})`] : []), ...items(id, this.save, true)]);
  }
}
