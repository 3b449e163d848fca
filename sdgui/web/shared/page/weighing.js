// @ts-check
// Emphasis by key: how a prompt is to be written anew so that some of its words weigh more, or less.

/** What to write in place of what stands from `from` to `to`, and what is selected then. @typedef {{ from: number, to: number, text: string, select: [number, number] }} Weighed */

/** What ends a word. */
const ENDS = /[\s.,;:!?(){}[\]<>\\/|]/;
const WEIGHED = /^:\s*(-?\d*\.?\d+)\s*\)/;
const TAG = /^<(\w+:[^<>:]+:)(-?\d*\.?\d+)(?=[:>])/;

/**
 * The words that are selected, or the one that the cursor stands at, weigh so much more; null where there is none, and in
 * a tag without a weight.
 * @param {string} prompt @param {number} from @param {number} to @param {number} by @returns {Weighed | null}
 */
export function weighed(prompt, from, to, by) {
  const tag = prompt.lastIndexOf("<", from - 1);
  if (tag >= 0 && prompt.indexOf(">", tag) >= Math.max(from, to)) return ofTag(prompt, tag, by);
  const [begin, end] = from === to ? around(prompt, from) : trimmed(prompt, from, to);
  if (begin === end) return null;
  const words = prompt.slice(begin, end);
  const isOpen = prompt[begin - 1] === "(" && prompt[begin - 2] !== "\\";
  const told = isOpen ? WEIGHED.exec(prompt.slice(end)) : null;
  if (told) return written(words, Number(told[1]) + by, begin - 1, end + told[0].length);
  if (isOpen && prompt[end] === ")") return written(words, 1.1 + by, begin - 1, end + 1);
  return written(words, 1 + by, begin, end);
}

/** @param {string} words @param {number} weight @param {number} from @param {number} to @returns {Weighed} */
function written(words, weight, from, to) {
  const said = rounded(weight);
  if (said === 1) return { from, to, text: words, select: [from, from + words.length] };
  return { from, to, text: `(${words}:${said})`, select: [from + 1, from + 1 + words.length] };
}

/** @param {string} prompt @param {number} at where it begins @param {number} by @returns {Weighed | null} */
function ofTag(prompt, at, by) {
  const told = TAG.exec(prompt.slice(at));
  if (!told) return null;
  const from = at + 1 + told[1].length;
  const text = String(rounded(Number(told[2]) + by));
  return { from, to: from + told[2].length, text, select: [from, from + text.length] };
}

/** What the brackets that hold a place and no others hold, but for its weight; else the word there. @param {string} prompt @param {number} at @returns {[number, number]} */
function around(prompt, at) {
  const open = prompt.lastIndexOf("(", at - 1);
  const held = open < 0 || prompt[open - 1] === "\\" ? null : /^\(([^()]*?)(?::\s*-?\d*\.?\d+\s*)?\)/.exec(prompt.slice(open));
  if (held?.[1] && open + held[0].length > at) return [open + 1, open + 1 + held[1].length];
  let [begin, end] = [at, at];
  while (begin > 0 && !ENDS.test(prompt[begin - 1])) begin -= 1;
  while (end < prompt.length && !ENDS.test(prompt[end])) end += 1;
  return [begin, end];
}

/** @param {string} prompt @param {number} from @param {number} to @returns {[number, number]} */
function trimmed(prompt, from, to) {
  const words = prompt.slice(from, to);
  const whole = /^\(([^()]+):\s*-?\d*\.?\d+\s*\)$/.exec(words.trim());
  const begin = from + words.length - words.trimStart().length;
  if (whole) return [begin + 1, begin + 1 + whole[1].length];
  return [begin, Math.max(begin, to - (words.length - words.trimEnd().length))];
}

/** @param {number} weight */
const rounded = (weight) => Math.max(0, Number(weight.toFixed(2)));
