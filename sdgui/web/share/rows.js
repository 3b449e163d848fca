// @ts-check
// Rows that stay themselves while what they say changes: the keyboard stays where it is.

/**
 * Shows one row for each of `items`; a row that is there already is told anew. Where the one that has the keyboard goes,
 * `home` gets it. While `isHeld` what is there stays where it is, and nothing comes or goes.
 * @template T, Row
 * @param {HTMLElement} list @param {Map<string, { element: HTMLElement, tell: (item: T) => void }>} known @param {T[]} items
 * @param {{ key: (item: T) => string, make: (item: T) => { element: HTMLElement, tell: (item: T) => void }, home: HTMLElement, isHeld?: boolean }} how
 */
export function tellRows(list, known, items, { key, make, home, isHeld = false }) {
  if (isHeld) {
    for (const item of items) known.get(key(item))?.tell(item);
    return;
  }
  const keys = new Set(items.map(key));
  for (const [name, row] of known) {
    if (keys.has(name)) continue;
    if (row.element.contains(document.activeElement)) home.focus();
    row.element.remove();
    known.delete(name);
  }
  items.forEach((item, i) => {
    const row = known.get(key(item)) ?? make(item);
    known.set(key(item), row);
    row.tell(item);
    if (list.children[i] !== row.element) list.insertBefore(row.element, list.children[i] ?? null);
  });
}
