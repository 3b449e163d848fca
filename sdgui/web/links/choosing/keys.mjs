// @ts-check
// The keys of choosing together.

/** @type {Record<string, [number, number]>} */
export const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** @type {Record<string, import("./tally.js").Said>} */
export const KEYS = { k: "kept", x: "rejected" };
