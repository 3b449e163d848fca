// @ts-check
// The keyboard on the pictures of the history.

/**
 * @typedef {{ open(index: number): void, toggle(index: number): void, extend(index: number): void, all(section: number): void,
 *   keep(index: number): void, rate(index: number, rating: number): void, remove(index: number): void }} Acts
 * @typedef {import("./wall.js").Wall} Wall
 */

/** Whether the key meant something. @param {KeyboardEvent} event @param {Wall} wall @param {Acts} acts */
export function press(event, wall, acts) {
  const { key, shiftKey } = event;
  const { active } = wall;
  if (event.altKey) return false;
  if (event.ctrlKey || event.metaKey) {
    if (key.toLowerCase() !== "a" || shiftKey) return false;
    acts.all(wall.layout.sectionOf(active));
    return true;
  }
  const next = target(key, wall);
  if (next !== null) {
    if (shiftKey) acts.extend(next);
    wall.focus(next);
    return true;
  }
  if (/^[0-5]$/.test(key)) acts.rate(active, Number(key));
  else if (key === "Enter") acts.open(active);
  else if (key === " " && shiftKey) acts.extend(active);
  else if (key === " ") acts.toggle(active);
  else if (key.toLowerCase() === "k") acts.keep(active);
  else if (key === "Delete" || key === "Backspace") acts.remove(active);
  else return false;
  return true;
}

/** The picture that a key leads to; null where it leads nowhere. @param {string} key @param {Wall} wall */
function target(key, wall) {
  const { active, layout, rows, total } = wall;
  const bounded = (/** @type {number} */ index) => Math.max(0, Math.min(index, total - 1));
  switch (key) {
    case "ArrowLeft": return bounded(active - 1);
    case "ArrowRight": return bounded(active + 1);
    case "ArrowUp": return layout.below(active, -1);
    case "ArrowDown": return layout.below(active, 1);
    case "PageUp": return layout.below(active, -rows);
    case "PageDown": return layout.below(active, rows);
    case "Home": return 0;
    case "End": return bounded(total - 1);
    default: return null;
  }
}
