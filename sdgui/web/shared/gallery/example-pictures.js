// @ts-check
// What the examples of the model inside look like: one small picture of each, all in one file, four in a row.

/** In the order in which they lie in examples.webp. */
const SHOWN = [
  "a yellow rocket in the night sky",
  "pixel art of a blue castle at night",
  "a red boat at sea, watercolor",
  "a pink mushroom in a meadow",
  "a brown rabbit in the woods, pencil drawing",
  "a white house in the snow, watercolor",
  "a blue elephant in the desert, papercraft",
  "an orange balloon over a green hill, paper cut-out",
  "a green octopus in the forest, watercolor",
  "a purple dinosaur in the snow",
  "neon sign of a pink cat in the city",
  "A grey sketch on paper of a Ferrari car, full car, pencil art",
];
const ACROSS = 4;
const DOWN = SHOWN.length / ACROSS;

/** Where the picture of an example lies, as CSS says it; null where there is none. @param {string} example */
export function placeOf(example) {
  const at = SHOWN.indexOf(example);
  return at < 0 ? null : `${((at % ACROSS) / (ACROSS - 1)) * 100}% ${(Math.floor(at / ACROSS) / (DOWN - 1)) * 100}%`;
}
