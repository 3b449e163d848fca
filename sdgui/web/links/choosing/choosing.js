// @ts-check
// What others say of the owner's walls, live on their tiles in Compare; listened to while those are seen.

import { at } from "../../shared/fetch/address.js";
import { ask, wordsOf } from "../../shared/fetch/ask.js";
import { ChoosingPanel } from "./panel.js";
import { inWords, signOf, Tally } from "./tally.js";

/**
 * @typedef {import("../../shared/dreams/dream.js").Dream} Dream
 * @typedef {import("../../shared/dreams/dream.js").Others} Others
 * @typedef {import("./tally.js").News} News
 * @typedef {{ id: string, address: string, of: string[], tally: Tally }} Gathering a link, the ids of its pictures, and what is said
 */

const LONGEST_WAIT = 20_000;
const MOST_SIGNS = 5;

export class Choosing {
  /** @param {import("../../shared/page/page.js").Page} page */
  constructor(page) {
    this.page = page;
    /** @type {Map<string, Gathering>} */
    this.gatherings = new Map();
    /** Of each button whose row is there, its dream. @type {Map<HTMLButtonElement, Dream>} */
    this.buttons = new Map();
    /** Links that there are, by id; null until they were asked for. @type {Map<string, string> | null} */
    this.addresses = null;
    /** @type {EventSource | null} */
    this.source = null;
    this.wait = 1000;
    this.panel = new ChoosingPanel(page, this);
    page.dreams.counted.add(() => this.show());
    new MutationObserver(() => this.wake()).observe(document.body, { attributeFilter: ["data-tab"] });
    document.addEventListener("visibilitychange", () => this.wake());
    this.wake();
  }

  get isSeen() {
    return !document.hidden && document.body.dataset.tab === "compare";
  }

  /** A link was made or withdrawn. */
  look() {
    this.addresses = null;
    this.close();
    this.wake();
  }

  async wake() {
    if (!this.isSeen) {
      this.close();
      return;
    }
    if (this.source) return;
    if (!this.addresses) {
      const told = await ask("/links").catch(() => null);
      if (!told) return; // the next time that it is seen
      /** @type {import("../dialog.js").Link[]} */
      const links = told.links;
      this.addresses = new Map(links.filter(({ kind }) => kind === "choice").map(({ id, address }) => [id, address]));
    }
    for (const id of this.gatherings.keys()) if (!this.addresses.has(id)) this.gatherings.delete(id);
    this.show();
    if (this.addresses.size && this.isSeen && !this.source) this.listen();
  }

  close() {
    this.source?.close();
    this.source = null;
  }

  listen() {
    const source = new EventSource(at("/links/news"));
    this.source = source;
    source.onmessage = (message) => {
      this.wait = 1000;
      this.take(JSON.parse(message.data));
    };
    source.onerror = () => {
      if (this.source !== source) return;
      this.close();
      setTimeout(() => this.wake(), this.wait);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    };
  }

  /** @param {News & { link: string, of?: string[] }} news */
  take({ link, of, ...news }) {
    if (news.over) {
      this.gatherings.delete(link);
      this.addresses?.delete(link);
      if (!this.addresses?.size) this.close();
    } else {
      if (of) this.gatherings.set(link, { id: link, address: this.addresses?.get(link) ?? "", of, tally: new Tally() });
      this.gatherings.get(link)?.tally.take(news);
    }
    this.show();
  }

  /** The gathering of whose wall this dream is, the newest of several. @param {Dream} dream */
  of(dream) {
    const ids = new Set(dream.done.map(({ id }) => id));
    return [...this.gatherings.values()].find(({ of, tally }) => tally.pictures.length && tally.pictures.every((number) => ids.has(of[number])));
  }

  /** The button of a dream's row that opens the panel. @param {Dream} dream @param {HTMLButtonElement} button */
  follow(dream, button) {
    this.buttons.set(button, dream);
    this.name(button, dream);
  }

  show() {
    const { page: { dreams } } = this;
    const others = this.others();
    for (const dream of dreams.known.values()) {
      for (const picture of dream.pictures.values()) picture.setOthers(others.get(picture.id) ?? null);
    }
    for (const [button, dream] of this.buttons) {
      if (dreams.known.get(dream.id) === dream) this.name(button, dream);
      else this.buttons.delete(button);
    }
    this.panel.show();
  }

  /** @param {HTMLButtonElement} button @param {Dream} dream */
  name(button, dream) {
    const gathering = this.of(dream);
    const count = gathering?.tally.choosers.length ?? 0;
    const text = gathering ? `Choosing together${count ? ` · ${count}` : ""}` : "";
    button.hidden = !gathering;
    if (button.textContent !== text) button.textContent = text;
  }

  /** What is said of each picture by its id, by all but the owner. @returns {Map<string | null, Others>} */
  others() {
    /** @type {Map<string | null, Others>} */
    const others = new Map();
    for (const { of, tally } of [...this.gatherings.values()].reverse()) {
      for (const count of tally.counts) {
        const kept = count.kept.filter(({ place }) => place);
        const rejected = count.rejected.filter(({ place }) => place);
        if (!kept.length && !rejected.length) continue;
        const signs = [...kept.map(({ place }) => ({ ...signOf(place), isNo: false })), ...rejected.map(({ place }) => ({ ...signOf(place), isNo: true }))];
        others.set(of[count.number], { words: inWords({ kept, rejected }, 0), signs: signs.slice(0, MOST_SIGNS), kept: kept.length });
      }
    }
    return others;
  }

  /** @param {Dream} dream */
  open(dream) {
    const gathering = this.of(dream);
    if (gathering) this.panel.open(gathering.id);
  }

  /** Ends a link for all. @param {string} id */
  async end(id) {
    try {
      await ask(`/links/${id}`, { method: "DELETE" });
      this.page.toasts.say("Choosing together has ended");
    } catch (error) {
      this.page.toasts.show(wordsOf(error), "", true);
    }
    this.look();
  }
}
