// @ts-check
// The panel's few drawings.

import { outline } from "../shared/dom/outline.js";

const PATHS = {
  back: "M12 4l-6 6 6 6",
  large: "M11.5 4H16v4.5M16 4l-5.5 5.5M8.5 16H4v-4.5M4 16l5.5-5.5",
  close: "M5 5l10 10M15 5L5 15",
  copy: "M7 7h9v9H7zM13 7V4H4v9h3",
  down: "M5 8l5 5 5-5",
  code: "M4 4h4.5v4.5H4zM11.5 4H16v4.5h-4.5zM4 11.5h4.5V16H4zM11.5 11.5h1.5v1.5h-1.5zM15 15h1v1h-1zM15 11.5h1M11.5 16h1",
  send: "M10 3v9M6.5 6L10 2.5 13.5 6M5 9.5H4v8h12v-8h-1",
  check: "M4 10.5l4 4 8-9",
  plus: "M10 4v12M4 10h12",
  pause: "M7 5v10M13 5v10",
  guests: "M7.5 9.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2 16.5c0-3 2.5-4.8 5.5-4.8s5.5 1.8 5.5 4.8M13.2 3.9a2.9 2.9 0 0 1 0 5.3M14.9 12.2c1.9.6 3.1 2.1 3.1 4.3",
  play: "M7 4l9 6-9 6z",
};

/** @param {keyof typeof PATHS} name */
export const icon = (name) => outline(PATHS[name], 20, { class: "share-icon" });
