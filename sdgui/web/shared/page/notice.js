// @ts-check
// Who looks elsewhere is told of the end of what took a while: by the favicon's dot, and, where it was asked for, by a
// quiet notification.

import { make } from "../dom/dom.js";
import { at } from "../fetch/address.js";

/** @typedef {import("../dreams/dream.js").Dream} Dream */

/** Seconds from which on a dream takes a while. */
const LONG = 10;
const KEPT = "sdgui-notify";
const ICON = at("/favicon.ico");
/** @type {Record<string, string>} */
const ENDS = { finished: "done", cancelled: "stopped", failed: "failed" };

export class Notice {
  constructor() {
    this.icon = make("link", { rel: "icon", href: ICON });
    document.head.append(this.icon);
    document.addEventListener("visibilitychange", () => !document.hidden && this.mark(false));
  }

  /** A dream has ended. @param {Dream} dream @param {number} [now] in seconds since the epoch */
  ended(dream, now = Date.now() / 1000) {
    if (!document.hidden || now - dream.created < LONG) return;
    this.mark(true);
    if (!this.isOn) return;
    const { done, pictures, title, state } = dream;
    const shown = new Notification(`${ENDS[state] ?? "ended"}: ${title}`, { body: `${done.length} of ${pictures.size}`, silent: true, tag: dream.id });
    shown.addEventListener("click", () => {
      window.focus();
      shown.close();
    });
  }

  /** Whether it was asked for, and the browser lets us. */
  get isOn() {
    return localStorage.getItem(KEPT) === "on" && globalThis.Notification?.permission === "granted";
  }

  /** The favicon has a dot, or not. @param {boolean} isMarked */
  async mark(isMarked) {
    document.documentElement.toggleAttribute("data-news", isMarked);
    this.icon.href = isMarked ? await dotted(ICON) : ICON;
  }

  /** What switches notifications on: the browser asks only who clicked here. */
  control() {
    const box = make("input", { type: "checkbox", checked: this.isOn, id: "notify" });
    const told = make("span", { className: "help-told" });
    box.addEventListener("change", async () => {
      const permission = box.checked ? await globalThis.Notification?.requestPermission() : "granted";
      box.checked = box.checked && permission === "granted";
      localStorage.setItem(KEPT, box.checked ? "on" : "off");
      told.textContent = permission === "granted" ? "" : " This browser does not allow it for this page.";
    });
    return make("label", { className: "help-switch" }, box, " Notify me when a dream that took a while ends in a hidden tab", told);
  }
}

/** The icon with a dot in its corner. @param {string} address @returns {Promise<string>} */
async function dotted(address) {
  const image = new Image();
  image.src = address;
  await image.decode().catch(() => {});
  const canvas = make("canvas", { width: 32, height: 32 });
  const context = canvas.getContext("2d");
  if (!context) return address;
  if (image.naturalWidth) context.drawImage(image, 0, 0, 32, 32);
  const colours = getComputedStyle(document.documentElement);
  context.fillStyle = colours.getPropertyValue("--sd-ok");
  context.arc(23, 23, 8, 0, 2 * Math.PI);
  context.fill();
  return canvas.toDataURL();
}
