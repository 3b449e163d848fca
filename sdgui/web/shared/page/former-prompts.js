// @ts-check
// Prompts that were dreamt here before, kept in the browser: ↑ and ↓ go through them where nothing else was written.

export const KEY = "sdgui-prompts";
const MOST = 100;

/** @typedef {Pick<Storage, "getItem" | "setItem">} Kept */

export class FormerPrompts {
  /** @param {Kept} storage */
  constructor(storage) {
    this.storage = storage;
    /** The newest last. @type {string[]} */
    this.all = load(storage);
    /** Which one stands in the prompt, from the newest on; -1 for none. */
    this.at = -1;
    /** What stood there before. */
    this.draft = "";
  }

  /** It was dreamt now. @param {string} prompt */
  add(prompt) {
    if (!prompt.trim()) return;
    this.all = [...this.all.filter((one) => one !== prompt), prompt].slice(-MOST);
    this.at = 0;
    this.draft = "";
    try {
      this.storage.setItem(KEY, JSON.stringify(this.all));
    } catch {
      // A browser that keeps nothing: they last as long as the page.
    }
  }

  /** What was dreamt elsewhere is older than what was dreamt here. @param {string[]} prompts the newest first */
  meet(prompts) {
    const known = new Set(this.all);
    const others = [...new Set(prompts)].filter((prompt) => prompt.trim() && !known.has(prompt));
    this.all = [...others.reverse(), ...this.all].slice(-MOST);
  }

  /**
   * What is to stand in the prompt, in which `text` stands now; null where the key means nothing there: somebody wrote
   * something of their own, or there is no other.
   * @param {string} text @param {number} step 1 to older ones, -1 to newer ones
   */
  walk(text, step) {
    const newest = this.all.length - 1;
    if (text !== "" && text !== this.all[newest - this.at]) {
      if (text !== this.all[newest]) return null;
      this.at = 0;
    } else if (text === "") {
      this.at = -1;
      this.draft = "";
    }
    const at = this.at + step;
    if (at < -1 || at > newest) return null;
    this.at = at;
    return at === -1 ? this.draft : this.all[newest - at];
  }
}

/** @param {Kept} storage @returns {string[]} */
function load(storage) {
  try {
    const kept = JSON.parse(storage.getItem(KEY) ?? "[]");
    return Array.isArray(kept) ? kept.filter((one) => typeof one === "string").slice(-MOST) : [];
  } catch {
    return []; // Not ours, or a browser that keeps nothing.
  }
}
