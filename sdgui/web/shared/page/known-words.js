// @ts-check
// What a prompt says in the words that a model knows: which it does not know, and how one is put in another's place.

/**
 * @typedef {import("../dreams/told.js").Vocabulary} Vocabulary
 * @typedef {"things" | "colours" | "places" | "styles"} Kind
 * @typedef {{ kind: Kind, name: string, start: number, end: number }} Found
 */

/** In the order in which a prompt says them. @type {Kind[]} */
export const KINDS = ["colours", "things", "places", "styles"];

const WORD = /\p{L}+/gu;
/** What stands before a place that is only named: "over a" of "over a green hill". */
const BEFORE_PLACE = /\b(?:over|in|on|by|near|under|at|through)\s+(?:an?\s+|the\s+)?$/i;

/** Plain text of the same length: tags of LoRAs and BREAK are no words. @param {string} prompt */
const plain = (prompt) => prompt.replace(/<[^<>]*>|\bBREAK\b/g, (tag) => " ".repeat(tag.length));

/** @param {string} text */
const wordsOf = (text) => text.toLowerCase().match(WORD) ?? [];

/** @type {WeakMap<Vocabulary, Set<string>>} */
const sets = new WeakMap();

/** @param {Vocabulary} vocabulary */
function knownWords(vocabulary) {
  const known = sets.get(vocabulary) ?? new Set([...KINDS.flatMap((kind) => vocabulary[kind].flat()), ...vocabulary.others].flatMap(wordsOf));
  sets.set(vocabulary, known);
  return known;
}

/**
 * The words of a prompt that a model does not know, each once. Plurals are others than their singular to it.
 * @param {string} prompt @param {Vocabulary} vocabulary
 */
export function unknownIn(prompt, vocabulary) {
  const known = knownWords(vocabulary);
  const words = (plain(prompt).match(WORD) ?? []).filter((word) => word.length > 1 && !known.has(word.toLowerCase()));
  return words.filter((word, i) => words.findIndex((other) => other.toLowerCase() === word.toLowerCase()) === i);
}

/** The first of each kind that a prompt says. @param {string} prompt @param {Vocabulary} vocabulary @returns {Partial<Record<Kind, Found>>} */
export function saidIn(prompt, vocabulary) {
  const phrases = KINDS.flatMap((kind) => vocabulary[kind].flatMap((names) => names.map((phrase) => ({ kind, name: names[0], phrase: phrase.toLowerCase() }))))
    .sort((a, b) => b.phrase.length - a.phrase.length);
  const text = plain(prompt).toLowerCase();
  /** @type {Partial<Record<Kind, Found>>} */
  const said = {};
  for (let start = 0; start < text.length; start += 1) {
    if (isLetter(text[start - 1])) continue;
    const found = phrases.find(({ phrase }) => text.startsWith(phrase, start) && !isLetter(text[start + phrase.length]));
    if (!found) continue;
    const { kind, name, phrase } = found;
    said[kind] ??= { kind, name, start, end: start + phrase.length };
    start += phrase.length - 1;
  }
  return said;
}

/** What a prompt says in known words, without all else. @param {string} prompt @param {Vocabulary} vocabulary */
export function knownPart(prompt, vocabulary) {
  const { colours, things, places, styles } = saidIn(prompt, vocabulary);
  const noun = [colours, things].flatMap((found) => (found ? [found.name] : [])).join(" ");
  return tidy(`${noun && `a ${noun}`} ${places?.name ?? ""}, ${styles?.name ?? ""}`);
}

/** @param {string | undefined} sign */
const isLetter = (sign) => sign !== undefined && /\p{L}/u.test(sign);

/**
 * The prompt with `name` in place of what it says of that kind, or put in where it says nothing of it; where it says just
 * that, without it.
 * @param {string} prompt @param {Kind} kind @param {string} name @param {Vocabulary} vocabulary
 */
export function swapped(prompt, kind, name, vocabulary) {
  const said = saidIn(prompt, vocabulary);
  const own = said[kind];
  if (own) {
    const before = prompt.slice(0, own.start);
    const start = kind === "places" ? before.replace(BEFORE_PLACE, "").length : own.start;
    return tidy(prompt.slice(0, start) + (own.name === name ? "" : name) + prompt.slice(own.end));
  }
  const { things, places } = said;
  if (kind === "styles") return tidy(prompt.trim() ? `${prompt.trim()}, ${name}` : name);
  if (kind === "colours" && things) return tidy(put(prompt, things.start, `${name} `));
  if (kind === "places" && things) return tidy(put(prompt, things.end, ` ${name}`));
  if (kind === "things" && places) return tidy(put(prompt, places.start, `${said.colours ? "" : "a "}${name} `));
  if (kind === "things" && said.colours) return tidy(put(prompt, said.colours.end, ` ${name}`));
  const noun = kind === "places" ? name : `a ${name}`;
  return tidy(said.styles && kind !== "places" ? `${noun}, ${prompt}` : `${noun} ${prompt}`);
}

/** @param {string} text @param {number} at @param {string} more */
const put = (text, at, more) => text.slice(0, at) + more + text.slice(at);

/** One space between words, no comma without something on both sides, "an" before a vowel. @param {string} text */
function tidy(text) {
  return text.replace(/[ \t]+/g, " ").replace(/ ?(?:, ?)+/g, ", ").replace(/^[ ,]+|[ ,]+$/g, "")
    .replace(/\b(an?) (?=(\p{L}))/giu, (_, article, next) => `${article[0]}${/[aeiou]/i.test(next) ? "n" : ""} `);
}

/** A prompt of what a model knows, by chance. @param {Vocabulary} vocabulary @param {(most: number) => number} draw a whole number below `most` */
export function randomPrompt(vocabulary, draw) {
  const [colour, thing, place, style] = KINDS.map((kind) => vocabulary[kind][draw(vocabulary[kind].length)][0]);
  return tidy(`a ${colour} ${thing} ${place}, ${style}`);
}
