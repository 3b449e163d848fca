// @ts-check
// What somebody wrote and began before the scripts were there: the document's head noted it.

/** @typedef {{ hasPrompt: boolean, isAsked: boolean, isOver: boolean }} Early */

/** @type {Early | undefined} */
const early = /** @type {any} */ (globalThis).sdguiEarly;

/** The prompt that somebody has written already; null where nobody has. @returns {string | null} */
export function earlyPrompt() {
  /** @type {HTMLTextAreaElement | null} */
  const prompt = early?.hasPrompt ? document.querySelector("#prompt textarea") : null;
  return prompt?.value ?? null;
}

/** The page is there, and hears of everything itself; whether somebody asked for a dream before. */
export function endEarly() {
  if (!early) return false;
  early.isOver = true;
  document.getElementById("dream-button")?.removeAttribute("aria-busy");
  return early.isAsked;
}
