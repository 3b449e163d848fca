// @ts-check
// The public link: opened, tried again and ended, with its address to be copied or scanned.

import { button, make } from "../shared/dom/dom.js";
import { grey } from "../shared/dom/grey.js";
import { at } from "../shared/fetch/address.js";
import { tell } from "../shared/fetch/ask.js";
import { reachOf } from "../shared/fetch/reach.js";
import { copying } from "./copying.js";
import { Part } from "./part.js";
import { twice } from "./twice.js";
import { lifeOf } from "./words.js";

/**
 * @typedef {import("./told.js").LinkState} LinkState
 * @typedef {import("../shared/fetch/reach.js").Reach} Reach
 * @typedef {{ guests: string, reach: Reach, who: string }} Place
 */

const TITLES = { off: "There is no public link", opening: "Opening the link…", on: "Answers", failed: "No link" };
/** Where others come without a public link. @type {Record<Reach, string>} */
const OPEN = { machine: "", network: "Open to your network", anywhere: "Open to whoever has the address" };
const OPENING = "The service is asked for an address, and whether that leads here.";

export class Link {
  /** @param {{ changed: () => void, say: (words: string) => void }} calls */
  constructor({ changed, say }) {
    this.part = new Part("link", "Link for guests");
    this.element = this.part.element;
    this.changed = changed;
    /** @type {Place} */
    this.place = { guests: "", reach: "machine", who: "" };
    this.wasOn = false;
    this.qr = make("img", { className: "share-qr", alt: "QR code of the public link", width: 136, height: 136 });
    this.state = make("b", {});
    this.life = make("span", {});
    this.address = make("input", { type: "text", readOnly: true, className: "share-address", aria: { label: "Address of the public link" } });
    this.address.addEventListener("focus", () => this.address.select());
    this.addressRow = make("div", { className: "share-address-row" }, this.address, copying("the address", () => this.address.value, say));
    this.words = make("p", {});
    this.start = button("Open a public link", "quiet-button is-main", () => this.turn(true));
    this.cancel = button("Cancel", "quiet-button", () => this.turn(false));
    this.end = twice({ text: "End the link", sure: "Sure? It ends for all", name: "", className: "is-danger", act: () => this.turn(false) });
    this.part.body.append(this.qr, make("div", { className: "share-link-facts" },
      make("p", { className: "share-state", role: "status" }, make("i", { aria: { hidden: true } }), make("span", {}, this.state, this.life)),
      this.addressRow,
      make("div", { className: "share-last" }, this.words, this.start, this.cancel, this.end)));
  }

  /** `guests`: where guests come, by the link or without it; `reach`: who can open that; `who` comes in then. @param {LinkState} link @param {Place} place */
  tell(link, place) {
    const { state, sentence } = link;
    const { guests, reach, who } = place;
    this.place = place;
    const isOn = state === "on";
    const open = isOn ? "" : OPEN[reach];
    const address = (isOn ? link.address : guests).replace(/\/+$/, "");
    const had = [this.start, this.cancel, this.end].includes(/** @type {HTMLButtonElement} */ (document.activeElement));
    this.element.dataset.state = open && state !== "opening" ? "near" : state;
    write(this.state, state === "opening" || !open ? TITLES[state] : open);
    const life = isOn ? lifeOf(link, Date.now() / 1000) : "";
    write(this.life, life && ` · ${life}`);
    this.qr.hidden = this.addressRow.hidden = !isOn && !open;
    if (!this.qr.hidden && (this.address.value !== address || this.wasOn !== isOn)) {
      this.wasOn = isOn;
      this.address.value = address;
      this.address.setAttribute("aria-label", isOn ? "Address of the public link" : "Address for guests");
      this.qr.alt = isOn ? "QR code of the public link" : "QR code of the address for guests";
      this.qr.src = at(`/share/qr?of=${encodeURIComponent(address)}`);
    }
    const said = { off: open ? "" : who, on: who, opening: OPENING, failed: sentence }[state];
    write(this.words, [said, ...(open && state !== "opening" ? [reachOf(reach), who] : [])].filter(Boolean).join(" "));
    write(this.start, state === "failed" ? "Try again" : "Open a public link");
    this.start.hidden = state === "on" || state === "opening";
    this.cancel.hidden = state !== "opening";
    this.end.hidden = state !== "on";
    if (had && !(document.activeElement instanceof HTMLElement && document.activeElement.offsetParent)) [this.start, this.cancel, this.end].find((one) => !one.hidden)?.focus();
  }

  /** @param {boolean} on */
  async turn(on) {
    for (const one of [this.start, this.cancel, this.end]) grey(one, "It is being done");
    // of a link that has ended the address is no more
    await this.part.act(async () => this.tell(await tell("/share/link", { on }), on ? this.place : { ...this.place, guests: "", reach: "machine" }));
    for (const one of [this.start, this.cancel, this.end]) grey(one, "");
    [this.start, this.cancel, this.end].find((one) => !one.hidden)?.focus();
    this.changed();
  }
}

/** Only what changed is said again. @param {HTMLElement} element @param {string} text */
function write(element, text) {
  if (element.textContent !== text) element.textContent = text;
}
