// @ts-check
// What a model makes of the prompt, in words for the line below it: how long it is, and what weighs how much.

/** In parts, the most needed first; `isOver`: some of the prompt would be left out, or it would not be dreamt; `isRemarkable`: there is more to tell than how long it is. @typedef {{ words: string[], isOver: boolean, isRemarkable?: boolean }} Reading */

/** Words that are named with their weights. */
const NAMED = 6;
/** Characters of each. */
const LONGEST = 24;

/** Whether emphasis may read something in a text. @param {string} text */
export const hasEmphasis = (text) => /[()[\]]|\bBREAK\b/.test(text);

/** @param {import("../dreams/told.js").PromptFacts} told @param {string} prompt @returns {Reading} */
export function reading(told, prompt) {
  const read = lengthAndWeights(told, prompt);
  return told.fault ? { words: [told.fault.replace(/\.$/, ""), ...read.words], isOver: true, isRemarkable: true } : read;
}

/** @param {import("../dreams/told.js").PromptFacts} told @param {string} prompt @returns {Reading} */
function lengthAndWeights({ tokens, chunks, room, emphasis, most_chunks, weights, most, loras }, prompt) {
  if (!weights) {
    const isOver = tokens > room;
    const end = isOver ? `: the end is not read${emphasis ? " without emphasis" : ""}` : "";
    return { words: [`${tokens} of ${room} tokens${end}`, ...(emphasis || !hasEmphasis(prompt) ? [] : ["this model reads brackets as plain text"])], isOver, isRemarkable: isOver };
  }
  const tooMany = chunks > (most_chunks ?? chunks);
  const length = chunks === 1 ? `${tokens} of ${room} tokens` : `${chunks} chunks, ${tokens} token${tokens === 1 ? "" : "s"}`;
  const named = weights.slice(0, NAMED).map(([text, weight]) => `${short(text)} ${Number(weight.toFixed(2))}`);
  return {
    words: [
      tooMany ? `${length}: at most ${most_chunks} chunks are read` : length,
      ...(loras ?? []).map((name) => `LoRA ${short(name)}`),
      ...named,
      ...(weights.length > NAMED ? [`${weights.length - NAMED} more`] : []),
      ...(most ? [`weights end at ${most}`] : []),
    ],
    isOver: tooMany,
    isRemarkable: chunks > 1 || weights.length > 0 || Boolean(loras?.length),
  };
}

/**
 * With what is read of the negative prompt, where that is more than some plain words.
 * @param {Reading} prompt @param {Reading | null} avoided @returns {Reading}
 */
export function withAvoided(prompt, avoided) {
  if (!avoided?.isRemarkable) return prompt;
  return { ...prompt, words: [...prompt.words, `to avoid: ${avoided.words.join(", ")}`], isOver: prompt.isOver || avoided.isOver };
}

/** On one line, and not too long. @param {string} text */
function short(text) {
  const letters = [...text.replace(/\s+/g, " ")];
  return letters.length > LONGEST ? `${letters.slice(0, LONGEST - 1).join("")}…` : letters.join("");
}
