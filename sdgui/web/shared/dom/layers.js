// @ts-check
// What lies over the page: the browser's Back closes the uppermost, as it would leave a page of its own.

/** @typedef {{ owner: object, close: () => void }} Layer */

/** From the lowest to the uppermost. @type {Layer[]} */
const layers = [];
let isTold = false;
/** The address that is seen, while entries of what was closed are gone back over; null else. @type {string | null} */
let going = null;

/** How many layers the entry of the browser's history that is seen stands for. */
const depth = () => Number(history.state?.layers ?? 0);

/** Something now lies over all the rest; `close` is what Back does. @param {object} owner @param {() => void} close */
export function opened(owner, close) {
  if (layers.some((layer) => layer.owner === owner)) return;
  layers.push({ owner, close });
  if (!isTold && going === null) deepen();
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
  if (isTold || going !== null) return;
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
  going = location.href;
  history.go(-count);
}

// One listener for both, before everybody else's: browsers tell the window's in the order in which they came, capturing or not.
addEventListener("popstate", (event) => {
  if (going === null) {
    while (layers.length > depth()) layers.pop()?.close();
    return;
  }
  event.stopImmediatePropagation();
  const address = going;
  going = null;
  if (location.href !== address) history.replaceState(history.state, "", address);
  settle();
});

// The page scrolls in its parts alone; else the browser would take the keyboard to the tab that the address names.
history.scrollRestoration = "manual";

// A reload shows the page alone.
if (depth()) history.replaceState({ ...history.state, layers: 0 }, "");
