// Fetches pixels for the tiles, a few at once: finished pictures first, and of each tile only the newest preview.

// Browsers allow six connections, and one is the stream of news: marks and pins must not wait behind pixels.
const AT_ONCE = 4;

const pictures = new Map();
const previews = new Map();
let running = 0;

/** Runs `load` when its turn comes; a later one for the same tile takes its place. */
export function load(tile, load, { isPreview = false } = {}) {
  if (!isPreview) previews.delete(tile);
  (isPreview ? previews : pictures).set(tile, load);
  next();
}

async function next() {
  const queue = pictures.size ? pictures : previews;
  if (running >= AT_ONCE || !queue.size) return;
  const [tile, act] = queue.entries().next().value;
  queue.delete(tile);
  running += 1;
  try {
    await act();
  } finally {
    running -= 1;
    next();
  }
}
