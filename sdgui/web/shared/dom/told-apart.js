// @ts-check
// By what people are told apart. The page for strangers has it within itself.

const COLOURS = 8;
const SHAPES = 4;

/** One of eight colours, and a shape for those who have the same one. @param {number} number theirs, from 1 on */
export const toldApart = (number) => ({ colour: ((number - 1) % COLOURS) + 1, shape: Math.floor((number - 1) / COLOURS) % SHAPES });
