// @ts-check
// Choosing together, as the owner of the wall sees it: who, what is kept most, taking that over, and ending it.

import { dialog } from "../../shared/dom/dialog.js";
import { button, make } from "../../shared/dom/dom.js";
import { grey } from "../../shared/dom/grey.js";
import { pictures as counted } from "../../shared/dreams/words.js";
import { at } from "../../shared/fetch/address.js";
import { ask, tell, wordsOf } from "../../shared/fetch/ask.js";
import { copyText } from "../../shared/viewer/taking.js";
import { nameOf, signOf } from "./tally.js";

const FIRST = 6;
const SAID = 2000;

/** @param {number} place */
const sign = (place) => {
  const { text, colour, shape } = signOf(place);
  return make("i", { className: "chooser", textContent: text, data: { colour, shape }, aria: { hidden: true } });
};

export class ChoosingPanel {
  /** @param {import("../../shared/page/page.js").Page} page @param {import("./choosing.js").Choosing} choosing */
  constructor(page, choosing) {
    this.page = page;
    this.choosing = choosing;
    /** @type {string | null} */
    this.link = null;
    this.isSure = false;
    this.title = make("h2", { id: "choosing-title", textContent: "Choosing together" });
    this.people = make("ul", { className: "choosing-people" });
    this.first = make("ol", { className: "choosing-first" });
    this.most = make("h3", { textContent: "Most kept" });
    this.all = button("", "quiet-button is-main", () => this.keep("agreed"), { id: "choosing-all" });
    this.half = button("", "quiet-button", () => this.keep("favoured"), { id: "choosing-half" });
    this.copy = button("Copy the link", "quiet-button", () => this.copied(), { id: "choosing-copy" });
    this.look = make("a", { className: "quiet-button", textContent: "Open", target: "_blank", rel: "noopener" });
    this.ending = button("", "quiet-button", () => this.end(), { id: "choosing-end" });
    this.element = dialog({ id: "choosing", aria: { labelledby: "choosing-title" } },
      make("div", { className: "links-head" }, this.title, button("✕", "quiet-button", () => this.element.close(), { id: "choosing-close", aria: { label: "Close" } })),
      make("div", { className: "choosing-link" }, this.copy, this.look),
      make("h3", { textContent: "Who is choosing" }), this.people, this.most, this.first,
      make("div", { className: "choosing-acts" }, this.all, this.half, this.ending));
  }

  get gathering() {
    return this.link === null ? undefined : this.choosing.gatherings.get(this.link);
  }

  /** @param {string} link */
  open(link) {
    this.link = link;
    this.sure(false);
    this.show();
    this.element.showModal();
  }

  show() {
    if (this.link === null) return;
    const { gathering } = this;
    if (!gathering) {
      this.link = null;
      this.element.close();
      return;
    }
    const { tally, of, address, id } = gathering;
    this.look.href = at(`/d/${id}`);
    this.copy.dataset.address = address;
    const rows = tally.seen.map((person) => this.person(person));
    const { lookers } = tally;
    const looks = lookers ? [make("li", { className: "is-none", textContent: `${lookers === 1 ? "One more looks" : `${lookers} more look`} on` })] : [];
    const none = tally.choosers.length || lookers ? [] : [make("li", { className: "is-none", textContent: "Nobody else yet. Send the link." })];
    const focused = document.activeElement instanceof HTMLElement ? document.activeElement.dataset.away : undefined;
    this.people.replaceChildren(...rows, ...looks, ...none);
    if (focused) this.people.querySelector(`[data-away="${focused}"]`) instanceof HTMLElement && /** @type {HTMLElement} */ (this.people.querySelector(`[data-away="${focused}"]`)).focus();
    const first = tally.ranking.filter(({ kept }) => kept.length).slice(0, FIRST);
    this.most.hidden = !first.length;
    this.first.replaceChildren(...first.map(({ number, kept, rank }) => make("li", {},
      make("span", { className: "choosing-rank", textContent: String(rank) }),
      make("img", { src: at(`/thumb/${of[number]}`), alt: "" }),
      make("span", { className: "choosing-words" }, this.caption(of[number], number),
        make("span", { className: "choosing-bars", aria: { hidden: true } }, ...kept.map(({ place }) => make("i", { data: { colour: signOf(place).colour } })))),
      make("span", { className: "choosing-count", textContent: `${kept.length} of ${tally.voters}` }))));
    const { agreed, favoured } = tally;
    this.all.textContent = agreed.length ? `Keep what all kept (${agreed.length})` : "Nothing was kept by all yet";
    grey(this.all, agreed.length ? "" : "No picture was kept by all yet");
    this.half.textContent = `Keep what most kept (${favoured.length})`;
    this.half.hidden = favoured.length <= agreed.length;
  }

  /** @param {string} id @param {number} number */
  caption(id, number) {
    const picture = this.page.dreams.picture(id);
    return picture ? `seed ${picture.seed}` : `picture ${number + 1}`;
  }

  /** @param {import("./tally.js").Person} person */
  person(person) {
    const { place, here, marks } = person;
    const kept = Object.values(marks).filter((said) => said === "kept").length;
    const name = nameOf(person, 0);
    const away = button("Send away", "link-button", () => this.sendAway(place), { title: "Their marks go; with the link they can come again", data: { away: place }, aria: { label: `Send away ${name}` } });
    return make("li", {}, sign(place),
      make("span", { className: "choosing-words" }, name, make("small", { textContent: here ? "looking" : "away" })),
      ...(place ? [away] : []),
      make("span", { className: "choosing-count", textContent: `${kept} ♥`, title: `keeps ${counted(kept)}` }));
  }

  /** @param {number} place */
  async sendAway(place) {
    await ask(`/links/${this.link}/people/${place}`, { method: "DELETE" }).catch((error) => this.page.toasts.show(wordsOf(error), "", true));
  }

  /** Takes over what they keep, at once, and takes it back when asked. @param {"agreed" | "favoured"} which */
  async keep(which) {
    const { gathering } = this;
    if (!gathering) return;
    const ids = gathering.tally[which].map((number) => gathering.of[number]);
    const before = await this.mark(gathering.id, Object.fromEntries(ids.map((id) => [id, "kept"])));
    if (!before) return;
    this.element.close();
    this.page.toasts.offer(`${counted(ids.length)} kept`, { text: "Undo", act: () => this.mark(gathering.id, before) });
  }

  /** Marks pictures; gives what they were. @param {string} link @param {Record<string, string>} marks @returns {Promise<Record<string, string> | null>} */
  async mark(link, marks) {
    try {
      const { before } = await tell(`/links/${link}/marks`, { marks }, "PUT");
      for (const [id, mark] of Object.entries(marks)) this.page.dreams.picture(id)?.setMark(/** @type {import("../../shared/dreams/told.js").Mark} */ (mark));
      for (const room of this.page.rooms.values()) room.marked?.();
      return before;
    } catch (error) {
      this.page.toasts.show(wordsOf(error), "", true);
      return null;
    }
  }

  async copied() {
    await copyText(this.copy.dataset.address ?? "", this.element).catch((error) => this.page.toasts.show("The browser did not allow that.", wordsOf(error), true));
    this.copy.textContent = "Copied";
    setTimeout(() => (this.copy.textContent = "Copy the link"), SAID);
  }

  /** @param {boolean} isSure */
  sure(isSure) {
    this.isSure = isSure;
    this.ending.textContent = isSure ? "End it for all, and their marks?" : "End choosing";
    this.ending.classList.toggle("is-grave", isSure);
  }

  end() {
    if (this.isSure && this.link) this.choosing.end(this.link);
    else this.sure(true);
  }
}
