// @ts-check
// Guests: the owner's button and panel, and what a guest's page is. It has no tab.

import { find } from "../shared/dom/dom.js";
import { ask } from "../shared/fetch/ask.js";
import { Bringing } from "./bringing.js";
import { Guest } from "./guest.js";
import { OtherBrowsers } from "./other-browsers.js";
import { Panel } from "./panel.js";
import { signOutButton } from "./signing-out.js";

/**
 * @typedef {import("../shared/page/page.js").Page} Page
 * @typedef {import("./told.js").Me} Me
 */

/** Asked for while the page is being built. @type {Promise<Me | null>} */
const asked = ask("/me").catch(() => null);

/** @param {Page} page */
export async function enter(page) {
  page.inOtherBrowsers.classList.add("is-unknown"); // an empty History waits for it, so that nothing moves
  const me = await asked;
  const others = me?.role === "owner" && me.others ? new OtherBrowsers(page) : null;
  others?.look().finally(() => page.inOtherBrowsers.classList.remove("is-unknown"));
  if (!others) page.inOtherBrowsers.classList.remove("is-unknown");
  if (me?.role === "guest") new Guest(page, me);
  if (me?.role !== "owner") return;
  new Bringing(page).tell(me);
  if (me.signed_in) page.choices.add(signOutButton((words) => page.toasts.show(words, "", true)));
  const panel = new Panel({ say: (words) => page.toasts.say(words), notes: page.bar.notes });
  find("#help-button").before(panel.button);
  page.dreams.held.add(() => panel.look()); // on another device of theirs
  panel.look();
}
