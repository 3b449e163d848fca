// @ts-check
// What the history's routes are asked for one search.

import { ask } from "../shared/fetch/ask.js";
import { parameters } from "./search.js";

/**
 * @typedef {import("./search.js").Search} Search
 * @typedef {import("./layout.js").Span} Span
 * @typedef {import("./told.js").ToldRecord} ToldRecord
 */

/** Ids of one section that are told at once, from its first on. */
const MOST_IDS = 10_000;
const PAGE = 200;
const ZONE = Intl.DateTimeFormat().resolvedOptions().timeZone || "UTC";

export class Source {
  /** @param {() => Search} search */
  constructor(search) {
    this.search = search;
  }

  /** @param {string} what @param {Record<string, string | number>} [more] */
  address(what, more = {}) {
    const said = parameters(this.search());
    said.set("tz", ZONE);
    for (const [name, value] of Object.entries(more)) said.set(name, String(value));
    return `/history/${what}?${said}`;
  }

  /** @param {AbortSignal} [signal] @returns {Promise<import("./told.js").ToldSections>} */
  sections(signal) {
    return ask(this.address("sections"), { signal });
  }

  /** @returns {Promise<import("./told.js").ToldFacets>} */
  facets() {
    return ask(`/history/facets?${new URLSearchParams({ tz: ZONE })}`);
  }

  /** @param {string} section @param {number} offset @param {number} limit @param {AbortSignal} [signal] @returns {Promise<(ToldRecord | null)[]>} */
  async pictures(section, offset, limit, signal) {
    /** @type {import("./told.js").ToldRecords} */
    const told = await ask(this.address("pictures", { section, offset, limit }), { signal });
    return told.pictures;
  }

  /**
   * The ids of some pictures, of which `records` may know many.
   * @param {readonly { key: string, count: number }[]} sections @param {Span[]} spans @param {import("./records.js").Records} records
   */
  async ids(sections, spans, records) {
    /** @type {Map<string, Promise<string[]>>} */
    const asked = new Map();
    const unknown = spans.filter((span) => isUnknown(sections[span.section].key, span, records));
    if (unknown.length > 1) await this.together(sections.slice(unknown[0].section, unknown[unknown.length - 1].section + 1), records, asked);
    const lists = await Promise.all(spans.map(async ({ section, from, to }) => {
      const { key } = sections[section];
      const known = [];
      for (let offset = from; offset < to; offset += 1) known.push(records.at(key, offset)?.id);
      if (!known.includes(undefined)) return known;
      const held = records.held.get(key) ?? 0;
      if (to + held > MOST_IDS) return this.paged(key, from + held, to + held);
      const all = asked.get(key) ?? this.all(key);
      asked.set(key, all);
      return (await all).slice(from + held, to + held);
    }));
    return lists.flat().filter((id) => id !== undefined);
  }

  /**
   * Days that follow each other are asked for in one request where they are not too many, instead of each by itself.
   * @param {readonly { key: string, count: number }[]} days @param {import("./records.js").Records} records
   * @param {Map<string, Promise<string[]>>} asked where their ids are put
   */
  async together(days, records, asked) {
    const counts = days.map(({ key, count }) => count + (records.held.get(key) ?? 0));
    const all = counts.reduce((sum, count) => sum + count, 0);
    if (all > MOST_IDS) return;
    const [from, to] = [days[0].key, days[days.length - 1].key].sort();
    /** @type {{ pictures: string[] }} */
    const { pictures } = await ask(this.address("ids", { section: "all", from, to }));
    if (pictures.length !== all) return; // some came or went: each day says which it has
    let at = 0;
    days.forEach(({ key }, i) => asked.set(key, Promise.resolve(pictures.slice(at, (at += counts[i])))));
  }

  /** The ids of a section, at most 10,000. @param {string} section @returns {Promise<string[]>} */
  async all(section) {
    return (await ask(this.address("ids", { section }))).pictures;
  }

  /** @param {string} section @param {number} from @param {number} to */
  async paged(section, from, to) {
    const ids = [];
    for (let offset = from; offset < to; offset += PAGE) {
      const page = await this.pictures(section, offset, Math.min(PAGE, to - offset));
      ids.push(...page.flatMap((record) => record?.id ?? []));
    }
    return ids;
  }
}

/** Whether any picture of a span is not known. @param {string} key @param {Span} span @param {import("./records.js").Records} records */
function isUnknown(key, { from, to }, records) {
  for (let offset = from; offset < to; offset += 1) if (!records.at(key, offset)) return true;
  return false;
}
