// @ts-check
// What is asked for, by name. Components write into it what a person changes; everything else reads it here.

/**
 * @typedef {import("../dreams/told.js").Value} Value
 * @typedef {import("../dreams/told.js").Values} Values
 * @typedef {import("../dreams/told.js").SettingName} SettingName
 * @typedef {(changed: Values) => void} Act
 */

export class Settings {
  constructor() {
    /** @type {Values} */
    this.values = {};
    /** @type {Set<{ names: SettingName[] | null, act: Act, isOfPeople: boolean }>} */
    this.listeners = new Set();
  }

  /** @param {SettingName} name */
  get(name) {
    return this.values[name] ?? null;
  }

  /** @param {SettingName} name @returns {string} */
  text(name) {
    return String(this.values[name] ?? "");
  }

  /** A number; null where none was written. @param {SettingName} name @returns {number | null} */
  number(name) {
    const value = this.values[name];
    return value === null || value === undefined || value === "" || Number.isNaN(Number(value)) ? null : Number(value);
  }

  /**
   * Changes some of them; names that are not known are left out. `byPerson`: somebody chose it just now, so that what
   * goes with it follows.
   * @param {Values} changes
   * @param {{ byPerson?: boolean }} [how]
   */
  set(changes, { byPerson = false } = {}) {
    const names = namesOf(changes).filter((name) => Object.hasOwn(this.values, name) && changes[name] !== this.values[name]);
    const changed = Object.fromEntries(names.map((name) => [name, changes[name]]));
    if (!names.length) return;
    Object.assign(this.values, changed);
    for (const { names: wanted, act, isOfPeople } of [...this.listeners]) {
      if (isOfPeople && !byPerson) continue;
      if (!wanted || names.some((name) => wanted.includes(name))) act(changed);
    }
  }

  /**
   * Settings that there are, with what they hold to begin with; what is known already stays.
   * @param {Values} values
   */
  add(values) {
    this.values = { ...values, ...this.values };
  }

  /** Calls `act` now and whenever one of these has changed. @param {SettingName[]} names @param {Act} act */
  follow(names, act) {
    this.listeners.add({ names, act, isOfPeople: false });
    act({});
  }

  /** Calls `act` whenever something has changed. @param {Act} act */
  onChange(act) {
    this.listeners.add({ names: null, act, isOfPeople: false });
  }

  /** Calls `act` when somebody chose another value. @param {SettingName} name @param {Act} act */
  onChosen(name, act) {
    this.listeners.add({ names: [name], act, isOfPeople: true });
  }
}

/** The names of values. @param {Values} values */
export const namesOf = (values) => /** @type {SettingName[]} */ (Object.keys(values));

/** Those of this page. */
export const settings = new Settings();
