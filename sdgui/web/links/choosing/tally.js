// @ts-check
// What those who choose together have said of each picture, counted. The page for strangers has it within itself.

import { toldApart } from "../../shared/dom/told-apart.js";

/**
 * @typedef {"kept" | "rejected"} Said
 * @typedef {{ place: number, name: string, here: boolean, marks: Record<string, Said> }} Person
 * @typedef {{ pictures?: number[], lookers?: number, people?: (Person | { place: number, gone: true })[], over?: true }} News
 * @typedef {{ number: number, kept: Person[], rejected: Person[], rank: number | null }} Count
 */

const MAKER = 0;

/** By what somebody is told from all others: a number or the maker's star, one of eight colours, and a shape. @param {number} place */
export const signOf = (place) => place === MAKER
  ? { text: "★", colour: 0, shape: 0 }
  : { text: String(place), ...toldApart(place) };

/** @param {{ place: number, name: string }} person @param {number | null} you */
export function nameOf({ place, name }, you) {
  if (place === you) return name && place !== MAKER ? `${name} (you)` : "you";
  return name || (place === MAKER ? "who shared this" : `guest ${place}`);
}

/** @param {string[]} words */
const listed = (words) => (words.length < 2 ? words.join("") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`);

/** Who keeps a picture and who rejects it, in words; "" where nobody does. @param {Pick<Count, "kept" | "rejected">} count @param {number | null} you */
export function inWords({ kept, rejected }, you) {
  const parts = [["kept by", kept], ["rejected by", rejected]].flatMap(([verb, people]) =>
    Array.isArray(people) && people.length ? [`${verb} ${listed(people.map((one) => nameOf(one, you)))}`] : []);
  const words = parts.join("; ");
  return words && words[0].toUpperCase() + words.slice(1);
}

export class Tally {
  constructor() {
    /** @type {number[]} */
    this.pictures = [];
    /** @type {Map<number, Person>} */
    this.people = new Map();
    this.lookers = 0;
  }

  /** @param {News} news */
  take({ pictures = this.pictures, lookers = this.lookers, people = [] }) {
    this.pictures = pictures;
    this.lookers = lookers;
    for (const one of people) {
      if ("gone" in one) this.people.delete(one.place);
      else this.people.set(one.place, one);
    }
  }

  /** Everybody by their places; the maker where anything of theirs is to be seen. */
  get seen() {
    return [...this.people.values()].filter(({ place, here, marks }) => place !== MAKER || here || Object.keys(marks).length)
      .sort((a, b) => a.place - b.place);
  }

  /** How many have said something of any picture, the maker too. */
  get voters() {
    return this.seen.filter(({ marks }) => Object.keys(marks).length).length;
  }

  /** Those but the maker who have said something of any picture. */
  get choosers() {
    return this.seen.filter(({ place, marks }) => place !== MAKER && Object.keys(marks).length);
  }

  /** @param {number} number @param {Said} said */
  who(number, said) {
    return this.seen.filter(({ marks }) => marks[number] === said);
  }

  /** All pictures that are there, in their order; those that somebody keeps have a rank, 1 being the most kept. @returns {Count[]} */
  get counts() {
    const counts = this.pictures.map((number) => ({ number, kept: this.who(number, "kept"), rejected: this.who(number, "rejected") }));
    return counts.map((one) => ({
      ...one,
      rank: one.kept.length ? 1 + counts.filter(({ kept }) => kept.length > one.kept.length).length : null,
    }));
  }

  /** The most kept first, of those the least rejected. */
  get ranking() {
    return this.counts.sort((a, b) => b.kept.length - a.kept.length || a.rejected.length - b.rejected.length || a.number - b.number);
  }

  /** How often anything was kept. */
  get total() {
    return this.seen.reduce((sum, { marks }) => sum + Object.values(marks).filter((said) => said === "kept").length, 0);
  }

  /** The pictures that all who have chosen keep, the maker not asked. */
  get agreed() {
    const { choosers } = this;
    return choosers.length ? this.pictures.filter((number) => choosers.every(({ marks }) => marks[number] === "kept")) : [];
  }

  /** The pictures that more than half of them keep. */
  get favoured() {
    const { choosers } = this;
    return this.pictures.filter((number) => choosers.filter(({ marks }) => marks[number] === "kept").length * 2 > choosers.length);
  }
}
