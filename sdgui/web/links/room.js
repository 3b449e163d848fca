// @ts-check
// Links: settings that come with the address. It has no tab.

import { takeAsked } from "./asked.js";

/** @param {import("../shared/page/page.js").Page} page */
export async function enter(page) {
  await takeAsked(page);
}
