// @ts-check
// What did not load is tried again: when the page is looked at or the connection is back, and by itself, later and later.

const FIRST_WAIT = 2000;
const LONGEST_WAIT = 60_000;

/** @type {Map<object, () => void>} */
const failed = new Map();
/** How long each waits for its next turn. @type {WeakMap<object, number>} */
const waits = new WeakMap();
/** @type {Map<object, ReturnType<typeof setTimeout>>} */
const timers = new Map();

/** `act` has failed, and is to be tried again. @param {object} owner @param {() => void} act */
export function again(owner, act) {
  const wait = waits.get(owner) ?? FIRST_WAIT;
  waits.set(owner, Math.min(wait * 2, LONGEST_WAIT));
  stop(owner);
  failed.set(owner, act);
  timers.set(owner, setTimeout(() => {
    timers.delete(owner);
    retry(owner);
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

/** Somebody looks: what failed has its turn now. */
export function retryAll() {
  for (const owner of [...failed.keys()]) retry(owner);
}

/** Listens to what tells that it may be well now. @param {EventTarget} window_ @param {EventTarget & { hidden: boolean }} document_ */
export function listen(window_, document_) {
  for (const type of ["focus", "online"]) window_.addEventListener(type, retryAll);
  document_.addEventListener("visibilitychange", () => document_.hidden || retryAll());
}
