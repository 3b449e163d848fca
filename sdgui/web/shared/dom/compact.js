// @ts-check
// Where the page is too narrow for the settings beside the pictures; the styles say the same.

/** The settings, and whatever else stands on the right, lie over the page. */
export const COMPACT = matchMedia("(width <= 860px)");
