// @ts-check
// What did not load is tried again: for two minutes by itself, later and later; and whenever somebody looks at the page
// or at what is missing, or the connection is back.

const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60_000;

/** @type {Map<object, () => void>} */
const failed = new Map();
/** How long each waits for its next turn. @type {WeakMap<object, number>} */
const waits = new WeakMap();
/** @type {Map<object, ReturnType<typeof setTimeout>>} */
const timers = new Map();
let isSeen = () => true;

/** `act` has failed, and is to be tried again. @param {object} owner @param {() => void} act */
export function again(owner, act) {
  const wait = waits.get(owner) ?? FIRST_WAIT;
  waits.set(owner, wait * 2);
  stop(owner);
  failed.set(owner, act);
  if (wait > LONGEST_WAIT) return;
  timers.set(owner, setTimeout(() => {
    timers.delete(owner);
    if (isSeen()) retry(owner);
  }, wait));
}

/** It was well at last, or is not wanted any more. @param {object} owner */
export function settled(owner) {
  stop(owner);
  failed.delete(owner);
  waits.delete(owner);
}

/** @param {object} owner */
function retry(owner) {
  const act = failed.get(owner);
  stop(owner);
  failed.delete(owner);
  act?.();
}

/** @param {object} owner */
function stop(owner) {
  const timer = timers.get(owner);
  if (timer !== undefined) clearTimeout(timer);
  timers.delete(owner);
}

/** Somebody looks at it: it has its turn now, and then again later and later. @param {object} owner */
export function retryNow(owner) {
  waits.delete(owner);
  retry(owner);
}

/** Somebody looks: all that failed has its turn now. */
export function retryAll() {
  for (const owner of [...failed.keys()]) retryNow(owner);
}

/** Listens to what tells that it may be well now. @param {EventTarget} window_ @param {EventTarget & { hidden: boolean }} document_ */
export function listen(window_, document_) {
  isSeen = () => !document_.hidden;
  for (const type of ["focus", "online"]) window_.addEventListener(type, retryAll);
  document_.addEventListener("visibilitychange", () => document_.hidden || retryAll());
}
