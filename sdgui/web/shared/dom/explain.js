// @ts-check
// What a word means, in one sentence in its place: a small "?" for the mouse, the keyboard and the finger.

import { button, make } from "./dom.js";

/** @type {Record<string, string>} */
const SENTENCES = {
  seed: "The number that a picture begins from: the same seed with the same settings makes the same picture again.",
  sampler: "The way from noise to the picture; each draws a little differently, and some need fewer steps.",
  "cfg scale": "How closely the picture keeps to the prompt: low is freer, high is stricter and sooner overdone.",
  match: "How well a picture shows its prompt, judged by the model: the higher, the better; compare only pictures of one prompt.",
  "a range": "1-10 is each whole number from 1 to 10; 1-10 (+3) every third of them: 1, 4, 7, 10; 5-9 [5] is five numbers, evenly from 5 to 9.",
  SSIM: "How alike two pictures are in structure: 1 is the same picture, 0 nothing in common.",
};

/** @type {HTMLElement | null} */
let shown = null;

/** A "?" that explains one of the words above. @param {string} word */
export function explain(word) {
  const opener = button("?", "explain", () => show(opener, SENTENCES[word]), { aria: { label: `What is ${word}?`, expanded: "false" } });
  return opener;
}

/** @param {HTMLElement} opener @param {string} sentence */
function show(opener, sentence) {
  const was = shown?.dataset.of === opener.ariaLabel;
  shown?.hidePopover();
  if (was) return;
  const box = make("div", { className: "explained", popover: "auto", role: "status", textContent: sentence, data: { of: opener.ariaLabel } });
  opener.after(box);
  box.addEventListener("toggle", (event) => {
    if (/** @type {ToggleEvent} */ (event).newState !== "closed") return;
    opener.setAttribute("aria-expanded", "false");
    box.remove();
    // A press on the same "?" closes it first; it must not open it again.
    setTimeout(() => shown === box && (shown = null));
  });
  box.showPopover();
  shown = box;
  opener.setAttribute("aria-expanded", "true");
  const at = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = box;
  box.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`;
  box.style.top = `${at.bottom + 6 + height < innerHeight ? at.bottom + 6 : Math.max(8, at.top - height - 6)}px`;
}
