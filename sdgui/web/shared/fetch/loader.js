// @ts-check
// Fetches pixels for the tiles, a few at once: finished pictures first, and of each tile or strip only the newest preview.

// Browsers allow six connections, and one is the stream of news: marks and pins must not wait behind pixels.
const AT_ONCE = 4;

/** @typedef {() => Promise<unknown>} Load */

/** @type {Map<object, Load>} */
const pictures = new Map();
/** @type {Map<object, Load>} */
const previews = new Map();
let running = 0;

/**
 * Runs `act` when its turn comes; a later one for the same owner takes its place.
 * @param {object} owner
 * @param {Load} act
 * @param {{ isPreview?: boolean }} [how]
 */
export function load(owner, act, { isPreview = false } = {}) {
  if (!isPreview) previews.delete(owner);
  (isPreview ? previews : pictures).set(owner, act);
  next();
}

async function next() {
  const queue = pictures.size ? pictures : previews;
  const [first] = queue;
  if (running >= AT_ONCE || !first) return;
  const [owner, act] = first;
  queue.delete(owner);
  running += 1;
  try {
    await act();
  } catch (error) {
    console.error(error);
  } finally {
    running -= 1;
    next();
  }
}
