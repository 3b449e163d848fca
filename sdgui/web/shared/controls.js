// What the settings hold now. Gradio sets values without an event, so now and then we look.

import { pause } from "./dom.js";

const OFTEN = 250;
const MODES = ["wall", "variations", "grid"];

const number = (name) => Number(document.querySelector(`#${name} input[type=number]`)?.value) || null;
const followers = [];

export const controls = {
  get model() {
    return window.sdguiModels.now;
  },
  get steps() {
    return number("steps");
  },
  get sampler() {
    return document.querySelector("#sampler input")?.value ?? "";
  },
  get isDraft() {
    return document.querySelector("#draft input[type=checkbox]")?.checked ?? false;
  },
  /** Whether something varies down the grid, too. */
  get hasY() {
    return this.axis("y") !== "Nothing";
  },
  /** What varies along "x" or "y". */
  axis(name) {
    return document.querySelector(`#${name}-axis input`)?.value ?? "";
  },
  get aspect() {
    return document.querySelector("#aspect input:checked")?.value;
  },
  get mode() {
    const choices = [...document.querySelectorAll("#compare-mode input")];
    return MODES[choices.findIndex((choice) => choice.checked)] ?? MODES[0];
  },
};

/** Calls `act` with what `read` gives, now and whenever it has become something else. */
export function follow(read, act) {
  const follower = { read, act, last: undefined };
  followers.push(follower);
  look(follower);
  if (followers.length === 1) keepLooking();
}

function look(follower) {
  const now = JSON.stringify(follower.read());
  if (now === follower.last) return;
  follower.last = now;
  follower.act(follower.read());
}

async function keepLooking() {
  for (;;) {
    await pause(OFTEN);
    followers.forEach(look);
  }
}
