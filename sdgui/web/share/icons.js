// @ts-check
// The panel's few drawings.

import { outline } from "../shared/dom/outline.js";

const PATHS = {
  back: "M12 4l-6 6 6 6",
  large: "M11.5 4H16v4.5M16 4l-5.5 5.5M8.5 16H4v-4.5M4 16l5.5-5.5",
  close: "M5 5l10 10M15 5L5 15",
  copy: "M7 7h9v9H7zM13 7V4H4v9h3",
  check: "M4 10.5l4 4 8-9",
  plus: "M10 4v12M4 10h12",
  pause: "M7 5v10M13 5v10",
  share: "M7.2 8.8l5.6-3M7.2 11.2l5.6 3M5 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM15 6.9a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4zM15 17.5a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4z",
  play: "M7 4l9 6-9 6z",
};

/** @param {keyof typeof PATHS} name */
export const icon = (name) => outline(PATHS[name], 20, { class: "share-icon" });
