// @ts-check
// Share: what the page of a picture shows and until when, its address, and the links that there are.

import { dialog } from "../shared/dom/dialog.js";
import { button, make } from "../shared/dom/dom.js";
import { grey } from "../shared/dom/grey.js";
import { pictures as counted, moment as instant } from "../shared/dreams/words.js";
import { at } from "../shared/fetch/address.js";
import { ask, tell, wordsOf } from "../shared/fetch/ask.js";
import { reachOf } from "../shared/fetch/reach.js";
import { copyText } from "../shared/viewer/taking.js";
import { mosaic } from "./mosaic.js";

/**
 * @typedef {import("../shared/fetch/reach.js").Reach} Reach
 * @typedef {"picture" | "dream" | "wall" | "pair" | "choice"} Kind
 * @typedef {{ kind: Kind, pictures: string[], what: string, across?: number | null }} Subject what is to be shared, what
 *   it is called, and how many a row of it has, where it has rows
 * @typedef {{ id: string, address: string, reach: Reach, kind: Kind, pictures: string[], prompt: string | null,
 *   shows: { prompt: boolean, settings: boolean, name: boolean }, by: string, created: number, expires: number | null }} Link
 */

const NAME = "sdgui-links-name";
const SAID = 2000;
/** Pictures that are seen in little, of what is shared and of a link in the list. */
const [MANY, FEW] = [16, 4];

/** What to do about an address that leads to this machine alone. */
const OPEN = "Open a public link first (Guests, at the top of the page); this one then has an address for others.";
const ASK = "Ask whoever runs sdgui for one by which others come.";

/** Who can open an address and what to do where nobody else can, for who may share sdgui itself, and for guests. @param {Reach} reach */
const saidOf = (reach) => [reachOf(reach), ...(reach === "machine" ? [document.body.classList.contains("is-guest") ? ASK : OPEN] : [])].join(" ");

/** @type {Record<Kind, string>} */
const KINDS = { picture: "Picture", dream: "Dream", wall: "Wall", pair: "Pair", choice: "Choosing together" };

/** The day of a moment in seconds since the epoch. @param {number} moment */
const day = (moment) => new Date(moment * 1000).toLocaleDateString("en-GB", { day: "numeric", month: "short", year: "numeric" });

/** Phones have a sheet of their own to send with. */
const canSend = () => matchMedia("(pointer: coarse)").matches && Boolean(navigator.share);

const TO_LOOK = "Whoever has the address sees the page, without name and password, and can download what is shown. Nobody finds it otherwise.";
const TO_CHOOSE = "Whoever has the address keeps and rejects with you, and all see it at once: their marks on your tiles, yours on theirs. They dream nothing and see nothing else. No name or password is asked.";

export class ShareDialog {
  /** `changed` is called when a link was made or withdrawn. @param {import("../shared/page/page.js").Page} page @param {() => void} changed */
  constructor(page, changed) {
    this.changed = changed;
    this.toasts = page.toasts;
    /** @type {Subject | null} */
    this.subject = null;
    /** @type {Link | null} */
    this.link = null;
    this.title = make("h2");
    this.prompt = make("input", { type: "checkbox", checked: true, name: "prompt" });
    this.settings = make("input", { type: "checkbox", checked: true, name: "settings" });
    this.named = make("input", { type: "checkbox", name: "named" });
    this.by = make("input", { type: "text", className: "links-name", maxLength: 60, autocomplete: "nickname", placeholder: "Your name", hidden: true, aria: { label: "Your name" } });
    this.days = make("select", { id: "links-days" },
      ...[["", "never"], ["1", "after a day"], ["7", "after 7 days"], ["30", "after 30 days"]].map(([value, textContent]) => make("option", { value, textContent })));
    this.way = make("fieldset", { className: "links-way", id: "links-way" }, make("legend", { textContent: "What for" }),
      ...[["look", "to look at"], ["choose", "to choose together"]].map(([value, text], i) =>
        make("label", {}, make("input", { type: "radio", name: "links-way", value, checked: !i }), text)));
    this.note = make("p", { className: "links-note" });
    this.shown = make("div", { className: "links-shown" });
    this.begin = button("Make a link", "quiet-button is-main", () => this.make(), { id: "links-make" });
    this.address = make("input", { type: "text", readOnly: true, id: "links-address", aria: { label: "The page’s address" } });
    this.copy = button("Copy", "quiet-button is-main", () => this.copied(), { id: "links-copy" });
    this.look = make("a", { className: "quiet-button", textContent: "Open", target: "_blank", rel: "noopener", id: "links-open" });
    this.send = button("Send…", "quiet-button", () => this.sent(), { id: "links-send", hidden: !canSend() });
    this.reach = make("p", { className: "links-reach", role: "status" });
    this.asked = make("div", { className: "links-asked" },
      this.shown,
      make("div", {},
        this.way,
        make("fieldset", {}, make("legend", { textContent: "The page shows" }),
          make("label", {}, this.prompt, " the prompt"),
          make("label", {}, this.settings, " the settings and the seed"),
          make("label", {}, this.named, " my name"), this.by),
        make("label", { className: "links-ends" }, "It ends ", this.days),
        this.note,
        this.begin));
    this.made = make("div", { className: "links-made" },
      make("div", { className: "links-line" }, this.address, this.copy, this.send, this.look), this.reach);
    this.heading = make("h3");
    this.list = make("ul", { className: "links-list" });
    this.more = button("All links that you share", "link-button", () => this.open(null), { id: "links-more" });
    this.element = dialog({ id: "links-dialog", aria: { labelledby: "links-title" } },
      make("div", { className: "links-head" }, this.title, button("✕", "quiet-button", () => this.element.close(), { id: "links-close", aria: { label: "Close" } })),
      this.asked, this.made, this.heading, this.list, this.more);
    this.title.id = "links-title";
    this.named.addEventListener("change", () => this.askName());
    this.way.addEventListener("change", () => {
      this.tell(null);
      this.say();
      this.refresh();
    });
  }

  /** For something to share; for null all links that there are. @param {Subject | null} subject */
  open(subject) {
    this.subject = subject;
    this.title.textContent = subject ? `Share ${subject.what}` : "Links that you share";
    this.asked.hidden = !subject;
    this.more.hidden = !subject;
    this.named.checked = false;
    this.by.hidden = true;
    this.by.value = localStorage.getItem(NAME) ?? "";
    this.asked.classList.toggle("is-pair", subject?.pictures.length === 2);
    this.shown.replaceChildren(...(subject ? [mosaic(subject.pictures, { most: MANY, across: subject.across })] : []));
    this.way.hidden = !subject || subject.pictures.length < 2 || subject.kind === "pair";
    this.say();
    this.tell(null);
    this.show([]);
    if (!this.element.open) this.element.showModal();
    if (subject) this.begin.focus();
    this.refresh();
  }

  /** Whether it is a page on which others choose, too. */
  get isToChoose() {
    return !this.way.hidden && this.way.querySelector("input:checked")?.getAttribute("value") === "choose";
  }

  /** What kind of link is wanted. @returns {Kind | undefined} */
  get kind() {
    return this.isToChoose ? "choice" : this.subject?.kind;
  }

  say() {
    this.note.textContent = this.isToChoose ? TO_CHOOSE : TO_LOOK;
  }

  askName() {
    this.by.hidden = !this.named.checked;
    if (this.named.checked) this.by.focus();
  }

  async make() {
    const { subject } = this;
    if (!subject) return;
    const by = this.named.checked ? this.by.value.trim() : "";
    if (this.named.checked) localStorage.setItem(NAME, by);
    grey(this.begin, "The link is being made");
    try {
      const shows = { prompt: this.prompt.checked, settings: this.settings.checked, name: Boolean(by) };
      const days = this.days.value ? Number(this.days.value) : null;
      const link = await tell("/links", { kind: this.kind, pictures: subject.pictures, shows, by, days });
      if (this.subject !== subject) return;
      this.tell(link);
      this.changed();
      await this.copied({ quietly: true });
      await this.refresh();
    } catch (error) {
      this.toasts.show(wordsOf(error), "", true);
    } finally {
      grey(this.begin, "");
    }
  }

  /** The link that was made just now. @param {Link | null} link */
  tell(link) {
    this.link = link;
    this.made.hidden = !link;
    this.begin.classList.toggle("is-main", !link);
    this.begin.textContent = link ? "Make another link" : "Make a link";
    this.address.value = link?.address ?? "";
    if (!link) return;
    this.look.href = at(`/d/${link.id}`);
    this.reach.textContent = saidOf(link.reach);
    this.copy.focus();
    this.made.scrollIntoView({ block: "nearest" });
  }

  /** The address is copied; where the browser does not let us unasked, the button does it. */
  async copied({ quietly = false } = {}) {
    if (!this.link) return;
    try {
      await copyText(this.link.address, this.element);
      this.copy.textContent = "Copied";
      setTimeout(() => (this.copy.textContent = "Copy"), SAID);
    } catch (error) {
      if (!quietly) this.toasts.show("The browser did not allow that.", wordsOf(error), true);
    }
  }

  async sent() {
    await navigator.share({ url: this.link?.address }).catch(() => {}); // it was called off
  }

  async refresh() {
    const { subject } = this;
    const told = await ask("/links").catch(() => null);
    if (!told || this.subject !== subject) return;
    /** @type {Link[]} */
    const links = told.links;
    const shown = new Set(subject?.pictures);
    this.show(subject ? links.filter((link) => link.kind === this.kind && link.pictures.every((id) => shown.has(id))) : links);
  }

  /** @param {Link[]} links */
  show(links) {
    this.heading.textContent = this.subject ? "Links to it" : "";
    this.heading.hidden = !this.subject || !links.length;
    this.list.replaceChildren(...links.map((link) => this.entry(link)));
    if (!links.length && !this.subject) this.list.append(make("li", { className: "links-none", textContent: "You share nothing now. Share on a picture, a dream or a pair makes a page to send." }));
  }

  /** @param {Link} link */
  entry(link) {
    const { kind, pictures, prompt, shows, by, created, expires } = link;
    const hidden = [...(shows.prompt ? [] : ["no prompt"]), ...(shows.settings ? [] : ["no settings"]), ...(by ? [`by \u2068${by}\u2069`] : [])];
    const count = pictures.length > 2 || kind === "dream" || kind === "wall" ? `, ${counted(pictures.length)}` : "";
    const what = `${KINDS[kind]}${count}`;
    const title = this.subject || prompt === "" ? what : prompt ?? "What it showed is gone";
    const words = [...(title === what ? [] : [what]), `made ${day(created)}`, expires ? `ends ${instant(expires)}` : "never ends", ...hidden].join(" · ");
    const copy = button("Copy", "link-button", async () => {
      await copyText(link.address, this.element).catch((error) => this.toasts.show("The browser did not allow that.", wordsOf(error), true));
      copy.textContent = "Copied";
      setTimeout(() => (copy.textContent = "Copy"), SAID);
    });
    let isSure = false;
    const withdraw = button("Withdraw", "link-button", () => {
      if (isSure) this.withdraw(link);
      isSure = true;
      withdraw.textContent = "Withdraw for good?";
      withdraw.classList.add("is-grave");
    }, { title: "From then on there is nothing at its address" });
    return make("li", { data: { link: link.id } },
      mosaic(pictures, { most: FEW }),
      make("div", { className: "links-words" }, make("a", { href: at(`/d/${link.id}`), target: "_blank", rel: "noopener", dir: "auto", textContent: title }), make("span", { textContent: words })),
      copy, withdraw);
  }

  /** @param {Link} link */
  async withdraw(link) {
    try {
      await ask(`/links/${link.id}`, { method: "DELETE" });
    } catch (error) {
      this.toasts.show(wordsOf(error), "", true);
      return;
    }
    if (this.link?.id === link.id) this.tell(null);
    this.toasts.say("The link is withdrawn");
    this.changed();
    await this.refresh();
  }
}
