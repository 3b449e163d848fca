// @ts-check
// What lies over the page, and the browser's Back.

import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";

/** @typedef {(event: { stopImmediatePropagation: () => void }) => void} Listener */

const HERE = "https://sdgui.test/";

/** @type {(() => void)[]} */
const timers = [];
/** A history as browsers have it: `go` comes later, and the window's listeners hear of it in the order in which they came. */
const browser = {
  /** @type {{ state: { layers?: number } | null, href: string }[]} */
  entries: [],
  at: 0,
  /** Where it goes next. @type {number[]} */
  going: [],
  /** @type {Listener[]} */
  listeners: [],
  arrive() {
    const by = browser.going.shift();
    if (by === undefined) return false;
    browser.at += by;
    let isStopped = false;
    for (const listener of [...browser.listeners]) if (!isStopped) listener({ stopImmediatePropagation: () => isStopped = true });
    return true;
  },
};
Object.assign(globalThis, {
  location: { get href() { return browser.entries[browser.at].href; } },
  history: {
    get state() { return browser.entries[browser.at].state; },
    /** @param {object} state @param {string} _ @param {string} [href] */
    pushState(state, _, href = browser.entries[browser.at].href) {
      browser.entries.splice(browser.at += 1, Infinity, { state, href });
    },
    /** @param {object} state @param {string} _ @param {string} [href] */
    replaceState(state, _, href = browser.entries[browser.at].href) {
      browser.entries[browser.at] = { state, href };
    },
    go: (/** @type {number} */ by) => browser.going.push(by),
  },
  addEventListener(/** @type {string} */ type, /** @type {Listener} */ listener, /** @type {{ once?: boolean }} */ how = {}) {
    assert.equal(type, "popstate");
    /** @type {Listener} */
    const heard = (event) => {
      if (how.once) browser.listeners.splice(browser.listeners.indexOf(heard), 1);
      listener(event);
    };
    browser.listeners.push(heard);
  },
  setTimeout: (/** @type {() => void} */ act) => timers.push(act),
});
browser.entries = [{ state: null, href: HERE }];
const { closed, opened } = await import("../../sdgui/web/shared/dom/layers.js");
/** How often the rooms hear of a step in the history. */
let heard = 0;
browser.listeners.push(() => heard += 1);

/** Something that can lie over the page, and says a moment after it closed that it did, as dialogs do. */
class Dialog {
  isOpen = false;

  open() {
    if (this.isOpen) return;
    this.isOpen = true;
    opened(this, () => this.close());
  }

  close() {
    if (!this.isOpen) return;
    this.isOpen = false;
    said.push(() => this.isOpen || closed(this));
  }
}
/** @type {(() => void)[]} */
const said = [];

/** One thing that the browser does later; false where there is none. @param {"said" | "timer" | "arrival"} what */
function pass(what) {
  const waiting = what === "said" ? said : timers;
  if (what === "arrival") return browser.arrive();
  const act = waiting.shift();
  act?.();
  return act !== undefined;
}

/** Everything that is still to come has come. */
function rest() {
  while (pass("said") || pass("timer") || pass("arrival"));
}

const a = new Dialog();
const b = new Dialog();
const dialogs = [a, b];

/** What is seen, and how many steps the history has for it. */
const seen = () => [dialogs.filter(({ isOpen }) => isOpen).length, browser.entries[browser.at].state?.layers ?? 0, browser.at];

beforeEach(() => {
  for (const dialog of dialogs) dialog.close();
  rest();
  browser.entries = [{ state: null, href: HERE }];
  browser.at = 0;
  heard = 0;
});

test("what is opened while the entry of the last goes stays, and Back closes it", () => {
  a.open();
  a.close();
  pass("said");
  pass("timer");
  assert.deepEqual(browser.going, [-1]);
  a.open();
  rest();
  assert.deepEqual(seen(), [1, 1, 1]);
  browser.going.push(-1);
  rest();
  assert.deepEqual(seen(), [0, 0, 0]);
});

/** Every row of so many of these. @template T @param {readonly T[]} of @param {number} length @returns {Generator<T[]>} */
function* rows(of, length) {
  if (length === 0) yield [];
  else for (const row of rows(of, length - 1)) for (const one of of) yield [...row, one];
}

test("in whatever order things open, close and are told, those that were not closed stay, and each has one entry", () => {
  const acts = {
    "open a": () => a.open(),
    "open b": () => b.open(),
    "close a": () => a.close(),
    "close b": () => b.close(),
    "it is said": () => pass("said"),
    "the timer": () => pass("timer"),
    "it arrives": () => pass("arrival"),
  };
  const names = /** @type {(keyof typeof acts)[]} */ (Object.keys(acts));
  for (const row of rows(names, 5)) {
    /** @type {Map<string, boolean>} */
    const wanted = new Map();
    for (const name of [...row, ...row]) { // twice: what one leaves behind, the next meets
      acts[name]();
      const [act, which] = name.split(" ");
      if (act === "open" || act === "close") wanted.set(which, act === "open");
    }
    rest();
    const count = [...wanted.values()].filter((isOpen) => isOpen).length;
    assert.deepEqual([[a.isOpen, b.isOpen], seen()], [[wanted.get("a") ?? false, wanted.get("b") ?? false], [count, count, count]], row.join(", "));
    for (const dialog of dialogs) dialog.close();
    rest();
    assert.deepEqual(seen(), [0, 0, 0], row.join(", "));
  }
  assert.equal(heard, 0);
});

test("Back closes the uppermost, in whatever moment it comes after something was closed", () => {
  for (const wait of rows(/** @type {const} */ (["said", "timer", "arrival"]), 3)) {
    a.open();
    b.open();
    b.close();
    for (const what of wait) pass(what);
    const isTold = !said.length && !timers.length;
    browser.going.push(-1);
    while (pass("arrival"));
    rest();
    // Before the browser is told that b is closed, Back is what takes its entry.
    assert.deepEqual(seen(), isTold ? [0, 0, 0] : [1, 1, 1], wait.join(", "));
    a.close();
    rest();
    assert.deepEqual(seen(), [0, 0, 0], wait.join(", "));
  }
});

test("what Back closed opens again before it is told, and Back closes it once more", () => {
  a.open();
  browser.going.push(-1);
  pass("arrival");
  assert.deepEqual(seen(), [0, 0, 0]);
  a.open();
  rest();
  assert.deepEqual(seen(), [1, 1, 1]);
  browser.going.push(-1);
  rest();
  assert.deepEqual(seen(), [0, 0, 0]);
});

test("what was looked for meanwhile is not forgotten when its dialog goes: no room hears of the way back", () => {
  a.open();
  globalThis.history.replaceState(globalThis.history.state, "", `${HERE}#history?q=fox`);
  a.close();
  rest();
  assert.deepEqual(seen(), [0, 0, 0]);
  assert.equal(globalThis.location.href, `${HERE}#history?q=fox`);
  assert.equal(heard, 0);
});
