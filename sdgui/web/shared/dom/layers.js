// @ts-check
// What lies over the page: the browser's Back closes the uppermost, as it would leave a page of its own.

/** @typedef {{ owner: object, close: () => void }} Layer */

/** From the lowest to the uppermost. @type {Layer[]} */
const layers = [];
let isTold = false;
let isGoing = false;

/** How many layers the entry of the browser's history that is seen stands for. */
const depth = () => Number(history.state?.layers ?? 0);

/** Something now lies over all the rest; `close` is what Back does. @param {object} owner @param {() => void} close */
export function opened(owner, close) {
  if (layers.some((layer) => layer.owner === owner)) return;
  layers.push({ owner, close });
  if (!isTold && !isGoing) deepen();
}

/** It is closed, by whatever. @param {object} owner */
export function closed(owner) {
  const at = layers.findIndex((layer) => layer.owner === owner);
  if (at < 0) return;
  layers.splice(at, 1);
  tell();
}

/** What closes as something else opens takes its entry over: the browser is told when both are done. */
function tell() {
  if (isTold || isGoing) return;
  isTold = true;
  setTimeout(() => {
    isTold = false;
    settle();
  });
}

function settle() {
  deepen();
  const rest = depth() - layers.length;
  if (rest > 0) goBack(rest);
}

function deepen() {
  while (depth() < layers.length) history.pushState({ ...history.state, layers: depth() + 1 }, "");
}

/** The entries of what was closed go; the address that is seen by now stays, and so does what opens meanwhile. @param {number} count */
function goBack(count) {
  const address = location.href;
  isGoing = true;
  addEventListener("popstate", (event) => {
    event.stopImmediatePropagation();
    isGoing = false;
    if (location.href !== address) history.replaceState(history.state, "", address);
    settle();
  }, { once: true, capture: true });
  history.go(-count);
}

addEventListener("popstate", () => {
  while (layers.length > depth()) layers.pop()?.close();
});

// The page scrolls in its parts alone; else the browser would take the keyboard to the tab that the address names.
history.scrollRestoration = "manual";

// A reload shows the page alone.
if (depth()) history.replaceState({ ...history.state, layers: 0 }, "");
