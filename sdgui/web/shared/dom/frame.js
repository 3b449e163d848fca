// @ts-check
// Work on the document, once a frame: however often something changes, it is written once.

const LONGEST = 8;
const FALLBACK = 250;

/** @type {Map<object, () => void>} */
const acts = new Map();
/** @type {ReturnType<typeof setTimeout> | null} */
let timer = null;
let frame = 0;

/** Does `act` in the next frame; a later one with the same key takes its place. @param {object} key @param {() => void} act */
export function inFrame(key, act) {
  acts.set(key, act);
  ask();
}

// Frames do not come while the page is in the background, but its title must still change: hence the timer.
function ask() {
  if (timer !== null || !acts.size) return;
  timer = setTimeout(run, FALLBACK);
  frame = requestAnimationFrame(run);
}

function run() {
  if (timer === null) return;
  clearTimeout(timer);
  cancelAnimationFrame(frame); // a late frame would have two of these, and be laid out twice
  timer = null;
  const end = performance.now() + LONGEST;
  // What is asked for meanwhile is the next frame's: else one that goes on by itself had no pause.
  for (const key of [...acts.keys()]) {
    const act = acts.get(key);
    acts.delete(key);
    act?.();
    if (performance.now() > end) break;
  }
  ask();
}
