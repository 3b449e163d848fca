// @ts-check
// What somebody chose and may not have for now: it is kept, beside what they may have, for when they may.

/** @typedef {import("../dreams/told.js").SettingName} SettingName @typedef {import("../dreams/told.js").Values} Values */

export class Wishes {
  constructor() {
    /** @type {Map<SettingName, { wanted: import("../dreams/told.js").Value, allowed: import("../dreams/told.js").Value }>} */
    this.known = new Map();
  }

  /** These values are cut to what is allowed. @param {Values} values @param {Values} allowed */
  keep(values, allowed) {
    const wanted = this.over(values);
    for (const name of /** @type {SettingName[]} */ (Object.keys(allowed))) this.known.set(name, { wanted: wanted[name] ?? null, allowed: allowed[name] ?? null });
  }

  /** The values as they were wanted, where nothing else was chosen since. @param {Values} values @returns {Values} */
  over(values) {
    const wanted = { ...values };
    for (const [name, wish] of this.known) {
      if (values[name] === wish.allowed) wanted[name] = wish.wanted;
      else this.known.delete(name);
    }
    return wanted;
  }
}

/** Those of this page. */
export const wishes = new Wishes();
