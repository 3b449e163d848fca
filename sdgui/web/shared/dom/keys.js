// @ts-check
// What the keys are called on this machine.

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
export const KEY = IS_MAC ? "⌘" : "Ctrl";
export const ALT = IS_MAC ? "⌥" : "Alt";
