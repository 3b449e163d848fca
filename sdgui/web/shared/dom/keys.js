// @ts-check
// What the keys are called on this machine, and what those of a list mean.

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
export const KEY = IS_MAC ? "⌘" : "Ctrl";
export const ALT = IS_MAC ? "⌥" : "Alt";

/** How far a key goes in a list: 1 down, -1 up, 0 where it goes nowhere. @param {KeyboardEvent} event */
export const stepOf = ({ key }) => (key === "ArrowDown" ? 1 : key === "ArrowUp" ? -1 : 0);
