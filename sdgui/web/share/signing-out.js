// @ts-check
// Signing out, of who came by the owner's link or signed in by name and password.

import { button } from "../shared/dom/dom.js";
import { at } from "../shared/fetch/address.js";
import { ask, wordsOf } from "../shared/fetch/ask.js";

/** `say` is told what went wrong. @param {(words: string) => void} say */
export const signOutButton = (say) => button("Sign out", "quiet-button sign-out", () => signOut(say), { title: "This browser is not known here any more" });

/** @param {(words: string) => void} say */
async function signOut(say) {
  try {
    const { leave } = await ask("/me/sign-out", { method: "POST" });
    if (leave) await forget(at(leave));
    location.replace(at(leave || "/"));
  } catch (error) {
    say(wordsOf(error));
  }
}

/** A browser keeps a name and a password until others are right: there, nobody's are. @param {string} address @returns {Promise<unknown>} */
const forget = (address) =>
  new Promise((done) => {
    const asked = new XMLHttpRequest();
    asked.open("GET", address, true, "signed out", "x");
    asked.addEventListener("loadend", done);
    asked.send();
  });
