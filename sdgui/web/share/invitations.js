// @ts-check
// Invitations: a link for somebody, to be copied, scanned and withdrawn.

import { button, make } from "../shared/dom/dom.js";
import { at } from "../shared/fetch/address.js";
import { ask, tell } from "../shared/fetch/ask.js";
import { reachOf } from "../shared/fetch/reach.js";
import { copying, sending } from "./copying.js";
import { icon } from "./icons.js";
import { More } from "./more.js";
import { Part } from "./part.js";
import { tellRows } from "./rows.js";
import { twice } from "./twice.js";
import { useOf } from "./words.js";

/**
 * @typedef {import("./told.js").Invitation} Invitation
 * @typedef {import("../shared/fetch/reach.js").Reach} Reach
 */

/** How long one holds, in hours. @type {[string, string][]} */
const HOURS = [["", "until withdrawn"], ["2", "for 2 hours"], ["24", "for a day"], ["168", "for a week"]];

export class Invitations {
  /** @param {{ changed: () => void, say: (words: string) => void }} calls */
  constructor({ changed, say }) {
    this.changed = changed;
    this.say = say;
    this.base = "";
    this.open = button("", "quiet-button", () => this.ask(this.form.hidden), { aria: { expanded: "false", controls: "share-inviting" } });
    this.open.append(icon("plus"), "New");
    this.part = new Part("invitations", "Invitations", this.open);
    this.element = this.part.element;
    this.note = make("input", { type: "text", id: "share-note", maxLength: 100, autocomplete: "off", placeholder: "For whom", aria: { label: "For whom the invitation is", describedby: this.part.fault.id } });
    this.hours = make("select", { id: "share-hours", aria: { label: "How long it holds" } }, ...HOURS.map(([value, textContent]) => make("option", { value, textContent })));
    this.form = make("form", { id: "share-inviting", className: "share-add", hidden: true }, this.note, this.hours, make("button", { type: "submit", className: "quiet-button is-main", textContent: "Invite" }));
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.invite();
    });
    /** @type {Map<string, any>} */
    this.rows = new Map();
    this.list = make("ul", {});
    this.none = make("p", { className: "share-none", textContent: "A link for one person or one place, which can be withdrawn." });
    this.near = make("p", { className: "share-none", hidden: true });
    this.more = new More(this.list);
    this.part.body.append(this.form, this.list, this.more.button, this.near, this.none);
  }

  /** @param {boolean} isAsked */
  ask(isAsked) {
    this.form.hidden = !isAsked;
    this.open.setAttribute("aria-expanded", String(isAsked));
    (isAsked ? this.note : this.open).focus();
  }

  /** The panel is opened. */
  renew() {
    this.more.forget();
  }

  /** `base`: where guests come; `isHeld`: nothing comes or goes just now. @param {Invitation[]} invitations @param {{ base: string, reach: Reach, isHeld: boolean }} how */
  tell(invitations, { base, reach, isHeld }) {
    this.base = base;
    const near = [reachOf(reach, { areSeveral: true }), ...(reach === "machine" ? ["Open a public link first."] : [])].join(" ");
    if (this.near.textContent !== near) this.near.textContent = near;
    this.near.hidden = !near || !invitations.length;
    this.none.hidden = invitations.length > 0;
    this.list.hidden = !invitations.length;
    tellRows(this.list, this.rows, invitations, { key: ({ id }) => id, make: (one) => this.row(one), home: this.open, isHeld });
    this.more.tell();
  }

  /** @param {Invitation} one */
  row({ id, note, query }) {
    const name = note || "an invitation";
    const use = make("small", {});
    const linkOf = () => `${this.base}/${query}`;
    const copy = copying(`the link: ${name}`, linkOf, this.say, { isSmall: true });
    const qr = make("img", { className: "share-qr", alt: `QR code of the invitation: ${name}`, width: 136, height: 136, hidden: true });
    const scan = button("", "quiet-button is-small", () => show(qr.hidden), { aria: { label: `QR code: ${name}`, expanded: "false" } });
    scan.append(icon("code"), "Code");
    /** @param {boolean} isShown */
    const show = (isShown) => {
      qr.hidden = !isShown;
      scan.setAttribute("aria-expanded", String(isShown));
      if (isShown) qr.src = at(`/share/qr?invitation=${id}&of=${encodeURIComponent(this.base)}`);
    };
    const withdraw = twice({ text: "Withdraw", sure: "Withdraw?", name, act: () => this.withdraw(id) });
    const element = make("li", { className: "share-row is-invitation", data: { testid: "invitation", base: "" } },
      make("div", { className: "share-words" }, make("b", { textContent: name, title: name }), use), make("div", { className: "share-acts" }, scan, copy, ...sending(`the link: ${name}`, linkOf, { isSmall: true }), withdraw), qr);
    return {
      element,
      /** @param {Invitation} now */
      tell: (now) => {
        const words = useOf(now, Date.now() / 1000);
        if (use.textContent !== words) use.textContent = words;
        if (element.dataset.base !== this.base && !qr.hidden) show(true); // the link is another one now
        element.dataset.base = this.base;
      },
    };
  }

  async invite() {
    const hours = this.hours.value === "" ? null : Number(this.hours.value);
    const isMade = await this.part.act(() => tell("/share/invitations", { note: this.note.value.trim(), hours }));
    if (isMade) {
      this.note.value = "";
      this.ask(false);
    }
    this.changed();
  }

  /** @param {string} id */
  async withdraw(id) {
    await this.part.act(() => ask(`/share/invitations/${id}`, { method: "DELETE" }));
    this.changed();
  }
}
