// Work on the document, once a frame: however often something changes, it is written once.

const LONGEST = 8;
const FALLBACK = 250;

const acts = new Map();
let timer = 0;

/** Does `act` in the next frame; a later one with the same key takes its place. */
export function inFrame(key, act) {
  acts.set(key, act);
  ask();
}

// Frames do not come while the page is in the background, but its title must still change: hence the timer.
function ask() {
  if (timer || !acts.size) return;
  timer = setTimeout(run, FALLBACK);
  requestAnimationFrame(run);
}

function run() {
  if (!timer) return;
  clearTimeout(timer);
  timer = 0;
  const end = performance.now() + LONGEST;
  for (const [key, act] of acts) {
    acts.delete(key);
    act();
    if (performance.now() > end) break;
  }
  ask();
}
