// @ts-check
// A guest's page: says that one is a guest and within which limits, and shows what may be done within them alone.

import { dialog } from "../shared/dom/dialog.js";
import { button, find, make } from "../shared/dom/dom.js";
import { QuietLine } from "../shared/dom/quiet-line.js";
import { ask, Refused, refusals, wordsOf } from "../shared/fetch/ask.js";
import { offerAnew } from "../shared/seam/seam.js";
import { carried } from "../shared/settings/carried.js";
import { bound, facts, modelFacts } from "../shared/settings/facts.js";
import { allow } from "../shared/settings/offered.js";
import { namesOf, settings } from "../shared/settings/settings.js";
import { badge } from "./badge.js";
import { Bringing } from "./bringing.js";
import { signOutButton } from "./signing-out.js";
import { turnedOut } from "./turned-out.js";
import { begunWith, beyond, counting, mostOf, ownSize, within } from "./within.js";
import { hiddenOf, inFull, inShort, lostOf } from "./words.js";

/**
 * @typedef {import("../shared/page/page.js").Page} Page
 * @typedef {import("./told.js").Me} Me
 */

/** Older than this the limits are asked for anew when somebody comes back to the page. */
const CALM = 15_000;
/** Milliseconds between two looks of a page that is used and hears of nothing, and for how long after its last use. */
const SELDOM = 10_000;
const LATELY = 120_000;
/** As long between two looks of a page that is seen and that nobody uses. */
const IDLE = 60_000;
const USES = ["pointermove", "pointerdown", "keydown", "focus"];
const NOT_LET_IN = 403;

/** @param {string} model */
const titleOf = (model) => modelFacts(model)?.title ?? model;

export class Guest {
  /** @param {Page} page @param {Me} me */
  constructor(page, me) {
    this.page = page;
    this.me = me;
    this.asked = performance.now();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    document.body.classList.add("is-guest");
    page.tabs.drop("models");
    page.toModels = () => page.toasts.show("Only the owner adds models here.");
    this.name = make("span", { className: "guest-name" });
    this.chip = make("button", { type: "button", id: "guest-button", className: "quiet-button", aria: { haspopup: "dialog" } });
    this.chip.addEventListener("click", () => this.element.showModal());
    find(".top-right").prepend(this.chip);
    this.line = make("p", { id: "guest-line", className: "quiet-line" });
    this.held = make("p", { id: "guest-held", className: "quiet-line", role: "status" });
    this.bring = new Bringing(page);
    this.lost = new QuietLine(page.bar.notes, "guest-lost");
    this.hidden = make("p", { id: "guest-hidden" });
    this.more = make("p", { id: "guest-more", className: "quiet-line" });
    page.bar.notes.prepend(this.held, this.more, this.line);
    this.list = make("ul", {});
    this.leave = signOutButton((words) => page.toasts.show(words, "", true));
    this.title = make("h2", { id: "guest-title" });
    this.element = dialog({ id: "guest", aria: { labelledby: this.title.id } }, this.title,
      make("p", { textContent: "You see your own pictures, and nobody else’s. What you make is for the owner of this machine to stop or delete. You may make:" }),
      this.list, this.hidden, make("p", { textContent: "Is this your own machine? Open the owner’s link once; the terminal of this program has it." }), make("div", { className: "guest-acts" }, button("Close", "quiet-button", () => this.element.close()), this.leave));
    page.dreams.counted.add(() => {
      this.tellHeld(this.me.paused ?? false);
      this.look();
    });
    page.dreams.turnedOut.add((sentence) => this.out(sentence));
    page.dreams.limited.add(() => this.look(0));
    page.dreams.paused = "paused by the owner";
    page.dreams.held.add((paused) => this.tellHeld(paused));
    this.isOut = false;
    // Who is refused anything may have been turned out while nothing told them so.
    refusals.add(({ status }) => status === NOT_LET_IN && this.ask());
    page.toasts.mayAgain = async () => {
      await this.ask();
      return !this.isOut;
    };
    this.used = performance.now();
    for (const type of USES) addEventListener(type, () => this.uses(), { capture: true, passive: true });
    /** @type {Partial<Record<import("../shared/dreams/told.js").SettingName, number>>} */
    this.most = {};
    settings.onChange(() => this.mark());
    page.changing.push(() => this.mark());
    page.fields.refusing.push(() => this.look(0));
    document.addEventListener("visibilitychange", () => {
      this.rest();
      this.look(SELDOM);
    });
    this.tell(me);
    this.rest();
  }

  /** Asks whether the limits are others now. */
  async look(calm = CALM) {
    if (!document.hidden && performance.now() - this.asked >= calm) await this.ask();
  }

  async ask() {
    if (this.isOut) return;
    this.asked = performance.now();
    /** @type {Me | null} */
    const me = await ask("/me").catch((error) => {
      if (error instanceof Refused && error.status === NOT_LET_IN) this.out(wordsOf(error));
      return null;
    });
    this.rest();
    if (me && JSON.stringify(me) !== JSON.stringify(this.me)) this.tell(me);
  }

  /** Somebody does something here. */
  uses() {
    this.used = performance.now();
    this.look(SELDOM);
  }

  /** Looks again in a while where the page is seen and no stream tells of it. */
  rest() {
    clearTimeout(this.timer);
    if (this.isOut || document.hidden) return;
    const calm = performance.now() - this.used < LATELY ? SELDOM : IDLE;
    this.timer = setTimeout(() => (this.page.dreams.watch.source ? this.rest() : this.look(0)), calm);
  }

  /** The owner does not let one in any more. @param {string} sentence */
  out(sentence) {
    this.page.dreams.watch.end();
    if (!this.isOut) this.page.others.tell({ type: "turned-out", sentence });
    this.isOut = true;
    this.page.toasts.clear();
    turnedOut(sentence, () => ask("/me").then(() => true, () => false));
  }

  /** @param {Me} me */
  tell(me) {
    const isFirst = me === this.me;
    const areOthers = isFirst || JSON.stringify(me.limits) !== JSON.stringify(this.me.limits);
    this.me = me;
    const { name, number, limits } = me;
    this.tellHeld(me.paused ?? false);
    this.bring.tell(me);
    if (me.lost) this.lost.say(lostOf(me.lost), { text: "All right", act: () => this.read() });
    else this.lost.clear();
    this.hidden.textContent = hiddenOf(me.hidden ?? 0);
    this.hidden.hidden = !me.hidden;
    this.leave.hidden = !me.signed_in;
    this.name.textContent = name;
    this.chip.replaceChildren(badge(number), this.name);
    this.chip.setAttribute("aria-label", `${number} ${name}: what you may do here`);
    this.line.replaceChildren("You are a guest: ", button(inShort(limits), "link-button", () => this.element.showModal(), { aria: { haspopup: "dialog" } }));
    this.title.textContent = `You are ${name}`;
    this.list.replaceChildren(...inFull(limits, titleOf).map((textContent) => make("li", { textContent })));
    if (areOthers) this.keepTo(limits, isFirst);
  }

  /**
   * From now on these are the limits. What a newcomer finds is within them, and grows where they do; all else stays as it
   * is, and what is more is marked.
   * @param {import("./told.js").Allowed} limits @param {boolean} isFirst
   */
  keepTo(limits, isFirst) {
    this.page.fields.settle();
    const before = modelFacts(settings.get("model"));
    const mostBefore = this.most;
    bound((model) => within(model, limits));
    this.most = mostOf(limits, facts.settings);
    allow(this.most);
    this.page.model.allow(limits.models);
    const { values } = settings;
    const { models } = limits;
    const isOwn = !isFirst || models === null || settings.get("model") !== facts.model || models.includes(facts.model) || !models.length;
    const model = isOwn ? settings.get("model") : models[0];
    const now = modelFacts(model);
    /** What a link or another's settings brought was asked, though a model may begin with it. @type {import("../shared/dreams/told.js").Values} */
    const asked = this.page.replaced ?? {};
    const begun = { ...(now ? carried(values, before, now) : {}), ...begunWith(values, mostBefore, this.most, facts.settings), model };
    const follows = namesOf(begun).filter((name) => !Object.hasOwn(asked, name) && (isFirst || Number(begun[name]) > Number(values[name])));
    settings.set(Object.fromEntries(follows.map((name) => [name, begun[name]])));
    offerAnew();
    this.mark();
    for (const act of this.page.limited) act();
  }

  /** What is more than a guest may have is said at its field; where the fields are folded away, below the prompt, too. */
  mark() {
    const { values } = settings;
    const own = ownSize(values, this.me.limits, modelFacts(settings.get("model")));
    if (own) {
      settings.set(own); // and all of it is marked anew
      return;
    }
    const all = beyond(values, this.me.limits, this.most, modelFacts(settings.get("model")), titleOf);
    this.page.fields.bound(all.map(({ name, words, use, text }) => ({ name, words, way: use && { text, act: () => this.use(use) } })));
    const now = counting(all, values, this.page.tabs.tab);
    /** @type {import("../shared/dreams/told.js").Values} */
    const allowed = Object.assign({}, ...now.map(({ use }) => use));
    const ways = namesOf(allowed).length ? [" · ", button("Use what guests may", "link-button", () => this.use(allowed))] : [];
    const words = now.length ? `More than guests may: ${now.map(({ what }) => what).join(" · ")}` : "";
    if (this.more.firstChild?.textContent === words || (!words && !this.more.firstChild)) return;
    this.more.replaceChildren(...(words ? [make("span", { textContent: words }), ...ways] : []));
  }

  /** @param {import("../shared/dreams/told.js").Values} allowed */
  use(allowed) {
    settings.set(allowed, { byPerson: "model" in allowed });
  }

  /** @param {boolean} isHeld */
  tellHeld(isHeld) {
    this.me = { ...this.me, paused: isHeld };
    this.page.dreams.hold(isHeld);
    const isWaiting = this.page.dreams.active.length > 0;
    const words = isHeld ? `The owner has paused dreaming. ${isWaiting ? "Yours begins" : "What you ask for begins"} when it goes on.` : "";
    if (this.held.textContent !== words) this.held.textContent = words;
  }

  /** It was read how many pictures made room. */
  async read() {
    this.me = { ...this.me, lost: 0 };
    await ask("/me/told", { method: "POST" }).catch(() => null);
  }
}
