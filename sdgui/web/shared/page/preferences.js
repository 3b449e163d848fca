// @ts-check
// How somebody likes the page, kept in their browser: its colours, and what Enter does.

/** @typedef {{ theme: "system" | "dark" | "light", enter: "dreams" | "breaks" }} Liked */

export const KEY = "sdgui-likes";
/** @type {{ [Name in keyof Liked]: Liked[Name][] }} The first of each is what nobody chose. */
export const CHOICES = { theme: ["system", "dark", "light"], enter: ["dreams", "breaks"] };

/** @typedef {Pick<Storage, "getItem" | "setItem">} Kept */

export class Preferences {
  /** @param {Kept} storage */
  constructor(storage) {
    this.storage = storage;
    /** @type {Set<() => void>} */
    this.listeners = new Set();
    const kept = load(storage);
    /** @template {keyof Liked} Name @param {Name} name @returns {Liked[Name]} */
    const first = (name) => CHOICES[name].find((one) => one === kept[name]) ?? CHOICES[name][0];
    /** @type {Liked} */
    this.liked = { theme: first("theme"), enter: first("enter") };
  }

  /** @param {Partial<Liked>} liked */
  set(liked) {
    Object.assign(this.liked, liked);
    try {
      this.storage.setItem(KEY, JSON.stringify(this.liked));
    } catch {
      // A browser that keeps nothing: it lasts as long as the page.
    }
    for (const act of this.listeners) act();
  }

  /** Calls `act` now and whenever something else is liked. @param {() => void} act */
  follow(act) {
    this.listeners.add(act);
    act();
  }
}

/** Those of this browser. */
export const preferences = new Preferences(localStorage);

/** @param {Kept} storage @returns {Record<string, unknown>} */
function load(storage) {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? "{}");
    return typeof kept === "object" && kept !== null ? kept : {};
  } catch {
    return {}; // Not ours, or a browser that keeps nothing.
  }
}
