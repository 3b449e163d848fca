// @ts-check
// Settings that come with the address: taken over as by Reuse, and gone from it then. Nothing is dreamt by that.

import { tell } from "../shared/fetch/ask.js";
import { facts } from "../shared/settings/facts.js";
import { settings } from "../shared/settings/settings.js";

/** @param {import("../shared/page/page.js").Page} page */
export async function takeAsked(page) {
  const search = new URLSearchParams(location.search);
  /** @type {string[]} */
  const names = facts.links.names;
  const asked = Object.fromEntries(names.filter((name) => search.has(name)).map((name) => [name, search.get(name) ?? ""]));
  if (!Object.keys(asked).length) return;
  for (const name of names) search.delete(name);
  const rest = search.toString();
  history.replaceState(history.state, "", `${location.pathname}${rest && `?${rest}`}${location.hash}`);
  const told = await page.told(tell("/links/asked", { asked, model: settings.text("model") }));
  if (told.error) page.toasts.show(told.error, told.hint, true);
  if (told.notice) page.toasts.show(told.notice);
  if (!told.values) return;
  page.restore(told.values);
  if (told.values.prompt === undefined) page.reused.say("Settings of the address", { text: "Undo", act: () => page.giveBack() });
}
