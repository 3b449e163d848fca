// @ts-check
// A control that cannot be used now says why, to the pointer and to a screen reader: no script greys one otherwise.

/** What the title of each says while it can be used. @type {WeakMap<HTMLElement, string>} */
const titles = new WeakMap();

/**
 * Greys a control for a reason, one plain sentence; without one it can be used. `title` is what it says then, where that
 * is another than before.
 * @param {HTMLButtonElement} control @param {string | null} reason @param {string} [title]
 */
export function grey(control, reason, title = titles.get(control) ?? control.title) {
  titles.set(control, title);
  control.disabled = Boolean(reason);
  control.title = reason || title;
  if (reason) control.setAttribute("aria-description", reason);
  else control.removeAttribute("aria-description");
}
