// @ts-check
// What the rooms have in common, and how they join: each adds its tab, and what the Dream button begins there.

import { Picker } from "../adapters/picker.js";
import { COMPACT } from "../dom/compact.js";
import { make } from "../dom/dom.js";
import { ALT, KEY } from "../dom/keys.js";
import { Menu } from "../dom/menu.js";
import { QuietLine } from "../dom/quiet-line.js";
import { Toasts } from "../dom/toasts.js";
import { Undoing } from "../dom/undoing.js";
import { Dreams } from "../dreams/dreams.js";
import { settingsOf, short } from "../dreams/words.js";
import * as again from "../fetch/again.js";
import { Unanswered, ask, refusalOf, tell, wordsOf } from "../fetch/ask.js";
import { Bin } from "../gallery/bin.js";
import { MadeWith } from "../made_with/made-with.js";
import { Kept } from "../fetch/once.js";
import { current } from "../seam/seam.js";
import { Drawer } from "../settings/drawer.js";
import { ModelChoice } from "../settings/model-choice.js";
import { FieldErrors, wayOf } from "../settings/field-errors.js";
import { keepRules } from "../settings/rules.js";
import { namesOf, settings } from "../settings/settings.js";
import { Viewer } from "../viewer/viewer.js";
import { Announcing } from "./announcing.js";
import { Choices } from "./choices.js";
import { endEarly } from "./early.js";
import { Elsewhere } from "./elsewhere.js";
import { Help } from "./help.js";
import { Likes } from "./likes.js";
import { Memory } from "./memory.js";
import { Notice } from "./notice.js";
import { OtherTabs } from "./other-tabs.js";
import { Pill } from "./pill.js";
import { PromptBar } from "./prompt-bar.js";
import { PromptWords } from "./prompt-words.js";
import { Tabs } from "./tabs.js";
import { Title } from "./title.js";
import { Twice } from "./twice.js";

/**
 * @typedef {import("../gallery/list.js").List} List
 * @typedef {import("../dreams/told.js").Outcome} Outcome
 * @typedef {import("../dreams/dream.js").Dream} Dream
 * @typedef {import("../viewer/tools.js").Action & { do: (picture: import("../dreams/dream.js").Picture) => void }} More
 * @typedef {{ list: List, begins: () => import("./prompt-bar.js").Begins, begin: () => Promise<Outcome>, of?: () => string | null }} Dreaming
 * @typedef {{ panel?: HTMLElement, dreaming?: Dreaming,
 *   offers?: (dream: Dream) => import("../gallery/list.js").Action[], seen?: () => void, address?: () => string,
 *   compares?: (pictures: string[]) => Promise<void>, marked?: () => void, looked?: () => void }} Room
 *   `dreaming`: what the Dream button begins there, `of` which picture, and where that is shown, which else is its `panel`; `offers`: what
 *   can be done there with any dream; `seen` is called when its tab or its mode is seen; `address` names it, with what is
 *   looked for there, where its name alone does not; `compares` shows any 2 to 64 pictures beside each other; `marked` is
 *   called where some were kept, or not any more, elsewhere, `looked` when somebody comes back to the page
 */

export class Page {
  constructor() {
    this.toasts = new Toasts();
    this.drawer = new Drawer();
    this.title = new Title();
    this.announcing = new Announcing((words) => this.toasts.say(words));
    this.notice = new Notice();
    this.menu = new Menu();
    this.help = new Help();
    this.choices = new Choices(this.menu, this.help);
    this.help.add("Keys", [
      [["Enter"], "in the prompt: dream; Shift and Enter make a new line"],
      [[KEY, "Enter"], "dream, from anywhere on the page"],
      [["↑", "↓"], "in an empty prompt: former prompts"],
      [[KEY, "↑"], "the selected words, or the one at the cursor, weigh more; ↓ less"],
      [[KEY, "."], "stop the dream that forms; then all can be stopped"],
      [["F6"], "to what a message offers, and back"],
      [["?"], "these keys"],
      [["Del"], "delete the picture; Undo brings it back for ten seconds, the bin in History for 30 days"],
      [[KEY, "Z"], "take back what was deleted, kept or rated last"],
      [["Esc"], "close what is open last"],
      [["←", "↑", "→", "↓"], "among the pictures; Home and End: the first, the last of a dream"],
      [[ALT, "↑"], "from the prompt to the newest pictures"],
      [[ALT, "↓"], "from the pictures back to the prompt"],
      [["←", "→"], "in a picture: the one before, the next"],
    ]);
    this.choices.add(new Likes().element);
    /** What an empty History says of pictures that were made elsewhere; hidden where nothing is known of any. */
    this.inOtherBrowsers = make("div", { className: "in-other-browsers", hidden: true });
    this.choices.add(this.notice.control());
    /** @type {Map<string, Room>} */
    this.rooms = new Map();
    /** Told of a picture that was deleted. @type {((id: string) => void)[]} */
    this.forgetting = [];
    /** Told that something that was deleted came back. @type {(() => void)[]} */
    this.returning = [];
    /** Told that another tab, or another mode of it, is seen. @type {(() => void)[]} */
    this.changing = [];
    /** Told that somebody may have more now, or less. @type {(() => void)[]} */
    this.limited = [];
    /** What else can be done with a picture, wherever it has tools. @type {More[]} */
    this.more = [];
    /** What else can be done with a dream, wherever it has a row. @type {((dream: Dream) => import("../gallery/list.js").Action[])[]} */
    this.moreOfDreams = [];
    /** Makes a page of 1 to 64 pictures to send; null where nothing can. @type {((ids: string[]) => void) | null} */
    this.share = null;
    /** The pictures that are A and B. @type {{ a: string | null, b: string | null }} */
    this.pinned = { a: null, b: null };
    /** What Esc closes, where it is no dialog, before it stops a dream: each says whether it closed something. @type {(() => boolean)[]} */
    this.closing = [() => this.drawer.close()];
    this.dreams = new Dreams({
      ended: (dream) => this.ended(dream),
      connection: () => this.pill.wake(),
      dreaming: (active) => {
        this.bar.dreaming(active.length);
        this.title.tell(active);
        this.announcing.tell(active);
      },
      toast: (...words) => this.toasts.show(...words),
      failed: (error) => this.failed(error),
      forgotten: (ids) => this.forget(ids),
    });
    this.others = new OtherTabs((news) => this.hear(news));
    this.undoing = new Undoing(this.toasts);
    this.bin = new Bin({
      dreams: this.dreams,
      toasts: this.toasts,
      undoing: this.undoing,
      forget: (ids) => this.forget(ids),
      returned: () => this.returned(),
      tell: (news) => this.others.tell(news),
    });
    this.viewer = new Viewer({ bin: this.bin, toasts: this.toasts });
    this.tabs = new Tabs(() => this.changed());
    this.bar = new PromptBar({
      dream: () => this.dream(),
      stop: () => this.stop(),
      hasPictures: () => Boolean(this.room?.dreaming?.list.views.size),
      escape: () => this.closing.some((close) => close()),
      undo: () => this.giveBack(),
      formerly: () => [...this.dreams.known.values()].sort((a, b) => b.created - a.created).map((dream) => dream.settings.prompt),
    });
    this.fields = new FieldErrors();
    settings.onChange(() => this.toasts.leave());
    /** What nobody answered yet. @type {{ again: () => Promise<Outcome>, list: List, title: string }[]} */
    this.kept = [];
    this.waiting = new QuietLine(this.bar.notes, "kept-dreams");
    this.twice = new Twice();
    this.repeated = new QuietLine(this.bar.notes, "repeated");
    settings.onChange(() => this.repeated.clear());
    /** What the last Stop offers, while it does. @type {import("../dom/toasts.js").Toast | null} */
    this.stopping = null;
    /** What the last "Reuse" replaced, while it can be taken back. @type {import("../dreams/told.js").Values | null} */
    this.replaced = null;
    this.reused = new QuietLine(this.bar.notes, "reused");
    this.words = new PromptWords({
      write: (text) => this.bar.write(text),
      dream: () => this.dream(),
      toModels: () => this.toModels(),
      notes: this.bar.notes,
    });
    this.madeWith = new MadeWith({
      take: (values) => {
        if ("mode" in values) this.tabs.choose("compare"); // of a whole sheet
        this.restore(values);
      },
      offer: (message, act) => this.toasts.offer(message, { text: "Use them", act }),
    });
    this.choices.add(this.madeWith.chooser(() => this.choices.element.close()));
    this.picker = new Picker(this.bar.prompt);
    this.model = new ModelChoice();
    this.pill = new Pill({
      isDreaming: () => this.dreams.active.length > 0,
      told: (status) => {
        if (status.state !== "gone") this.toasts.take(new Unanswered().message);
        if (status.state !== "failed") this.toasts.take(this.pill?.failure ?? "");
        this.dreams.strips.isShared = (status.device ?? "").toLowerCase().startsWith("cpu");
        this.model.tell(status);
      },
      toast: (...words) => this.toasts.show(...words),
    });
    this.memory = new Memory({ toast: (...words) => this.toasts.show(...words) });
    this.dreams.counted.add(() => this.pill.wake());
    this.dreams.counted.add(() => this.bar.tell()); // of the way to pictures, where there are any
    keepRules(this.toasts);
    again.listen(window, document);
    this.isLooking = false;
    document.addEventListener("visibilitychange", () => this.look());
    window.addEventListener("focus", () => this.look());
    new Elsewhere({ ask: () => ask("/revision"), changed: () => this.look(), page: document });
  }

  /** What the rooms show may be otherwise; where nobody sees it, it is asked when somebody does. */
  looked() {
    if (document.hidden) return;
    for (const room of this.rooms.values()) room.looked?.();
  }

  /** Somebody comes back to it: what was dreamt, marked and deleted elsewhere meanwhile is shown. */
  async look() {
    if (document.hidden || this.isLooking) return;
    this.isLooking = true;
    this.looked();
    await this.dreams.refresh({ isWhole: true });
    this.isLooking = false;
  }

  /** @param {string} name @param {Room} room */
  add(name, room) {
    const panel = room.dreaming?.list.element ?? room.panel;
    if (!panel) throw new Error(`The room ${name} has no place.`);
    this.rooms.set(name, room);
    this.tabs.add(name, panel, room.address);
  }

  get room() {
    return this.rooms.get(this.tabs.tab);
  }

  /** Pictures were deleted, here or elsewhere. @param {string[]} ids */
  forget(ids) {
    this.dreams.forget(ids);
    for (const told of this.forgetting) for (const id of ids) told(id);
  }

  /** Something that was deleted came back. */
  returned() {
    for (const act of this.returning) act();
  }

  /** Pictures are kept, or not any more: shown wherever they are, and told to the other tabs. @param {string[]} ids @param {import("../dreams/told.js").Mark} mark */
  marked(ids, mark) {
    this.showMark(ids, mark);
    this.others.tell({ type: "marked", pictures: ids, mark });
  }

  /** @param {string[]} ids @param {import("../dreams/told.js").Mark} mark */
  showMark(ids, mark) {
    const marked = new Set(ids);
    for (const dream of this.dreams.known.values()) {
      for (const picture of dream.pictures.values()) if (picture.id && marked.has(picture.id)) picture.setMark(mark);
    }
    for (const room of this.rooms.values()) room.marked?.();
  }

  /** Another tab of this browser has done something. @param {import("./other-tabs.js").TabNews} news */
  hear(news) {
    switch (news.type) {
      case "binned":
        for (const job of news.dreams) this.dreams.drop(job);
        this.forget(news.pictures);
        this.dreams.settle();
        break;
      case "restored":
        this.dreams.restore(news.dreams).then(() => this.returned());
        break;
      case "marked":
        this.showMark(news.pictures, news.mark);
        this.looked();
        break;
      case "rated":
        this.looked();
        break;
      case "turned-out":
        for (const act of this.dreams.turnedOut) act(news.sentence);
    }
  }

  /** Everything is added: shows what there is. */
  async open() {
    this.tabs.read();
    await this.dreams.refresh();
    this.bar.tell();
    // Who comes for the first time can write at once; where fingers type, the keyboard would cover the page.
    const isNew = this.tabs.tab === "dream" && !this.dreams.known.size && document.activeElement === document.body;
    if (isNew && matchMedia("(hover: hover)").matches) this.bar.prompt.focus({ preventScroll: true });
    if (!endEarly()) return;
    this.bar.dream();
  }

  /** Another tab, or another mode of it, is seen. */
  changed() {
    this.toasts.leave();
    const { room } = this;
    if (room?.dreaming) {
      const { list, begins } = room.dreaming;
      this.bar.change(begins());
      this.dreams.strips.again();
      list.shown();
      list.regreet();
    }
    room?.seen?.();
    for (const act of this.changing) act();
  }

  /** Begins what the tab that is seen would begin; not twice what was meant once. */
  async dream() {
    const dreaming = this.room?.dreaming;
    if (!dreaming) return;
    const title = this.bar.prompt.value;
    this.bar.former.add(title); // the settings are told a moment later
    const values = await current();
    const { tab } = this.tabs;
    const of = dreaming.of?.() ?? "";
    /** @param {import("../dreams/told.js").Values} [told] */
    const whatOf = (told) => JSON.stringify([tab, of, title, { ...values, ...told }]);
    const what = whatOf();
    const isSecond = this.twice.isSecond(what);
    // What was told of it, a drawn seed, is as good as asked.
    const begin = () => this.answered(dreaming.begin(), dreaming.list, title, ({ job, values: told }) => (job ? this.twice.began(job, whatOf(told), what) : this.twice.reset()));
    const same = values.lock === true ? this.twice.alike(what, this.dreams.active) : undefined;
    if (same) this.repeated.say(same.hasBegun ? "That dream is being made already" : "That dream waits already", { text: "Dream it all the same", act: begin });
    else if (!isSecond) begin();
  }

  /** What was asked; where nobody answers it is kept, said, and sent when the server is back. @param {Promise<Outcome>} asked @param {List} list @param {string} title @param {(told: Outcome) => void} [heard] */
  async answered(asked, list, title, heard = () => {}) {
    try {
      const told = await asked;
      heard(told);
      this.outcome(told, list);
    } catch (error) {
      if (!(error instanceof Kept)) {
        this.outcome(refusalOf(error), list);
        return;
      }
      this.kept.push({ again: error.again, list, title });
      this.tellKept();
      this.pill.wake(); // which says it, and tells when the server is back
      again.again(this.kept, () => this.sendKept());
    }
  }

  tellKept() {
    const { kept } = this;
    const what = kept.length === 1 ? `“${short(kept[0].title)}” is` : `${kept.length} dreams are`;
    if (!kept.length) this.waiting.clear();
    else this.waiting.say(`The server does not answer: ${what} kept, and sent when it is back`, { text: "Do not send", act: () => this.kept.splice(0) });
  }

  /** Sends what is kept, in its order; what nobody answers again is kept on. */
  async sendKept() {
    const kept = this.kept.splice(0);
    for (const { again: send, list, title } of kept) await this.answered(send(), list, title);
    if (!this.kept.length) again.settled(this.kept);
    this.tellKept();
  }

  /** What becomes of something that was asked, also where nobody answers. @template {Outcome} T @param {Promise<T>} answer @returns {Promise<T | Outcome>} */
  async told(answer) {
    return answer.catch((error) => ({ error: wordsOf(error), hint: error instanceof Unanswered ? "Is it still there?" : "" }));
  }

  /** Says why something was not done. @param {unknown} error */
  failed(error) {
    const { error: words, seconds } = refusalOf(error);
    if (seconds) this.toasts.tooSoon(words, seconds);
    else this.toasts.show(words, "", true);
  }

  /** Says and shows what became of a click. @param {Outcome} told @param {List} list @param {{ follows?: boolean }} [how] */
  outcome(told, list, { follows = false } = {}) {
    if (told.error && told.seconds) this.toasts.tooSoon(told.error, told.seconds); // wherever one is, and whatever is written
    else if (told.error) {
      const isFolded = Boolean(told.field) && !this.fields.named(told.field) && COMPACT.matches && !this.drawer.isOpen;
      if (isFolded) this.drawer.set(true); // else it cannot be seen
      if (isFolded && !this.fields.named(told.field)) this.drawer.set(false);
      const field = this.fields.named(told.field) ?? this.fields.first({ hasPrompt: !this.bar.begins.ownPrompt });
      if (field instanceof HTMLElement) {
        this.fields.refuse(field, [told.error, told.hint].filter(Boolean).join(" "), wayOf(told));
        if (field.closest("#settings") && COMPACT.matches) this.drawer.set(true);
        field.focus();
      } else this.toasts.show(told.error, told.hint, true).classList.add("is-of-place");
    }
    if (told.notice) this.toasts.show(told.notice);
    if (told.values) settings.set(told.values);
    if (!told.job) return;
    this.toasts.clearErrors();
    this.fields.settle();
    this.drawer.set(false);
    this.replaced = null;
    this.reused.clear();
    this.repeated.clear();
    if (this.viewer.element.open) this.viewer.element.close();
    this.dreams.begin(told.job, list, { follows });
  }

  /** Where models are added. */
  toModels() {
    this.tabs.choose("models");
    document.getElementById("model-address")?.focus();
  }

  /** Stops what forms; what waits goes on, and is one more press away: nobody loses a queue by one key. */
  async stop() {
    const { active } = this.dreams;
    if (!active.length) return;
    const begun = active.filter(({ hasBegun }) => hasBegun);
    const stopped = begun.length ? begun : active.slice(-1);
    this.stopping?.close();
    await Promise.all(stopped.map(({ id }) => this.dreams.cancel(id)));
    const left = active.length - stopped.length;
    if (!left) return;
    const what = stopped.length === 1 ? `“${short(stopped[0].title)}” is` : `${stopped.length} dreams are`;
    this.stopping = this.toasts.offer(`${what} stopped; ${left} more ${left === 1 ? "goes" : "go"} on`, { text: "Stop all", act: () => this.stopAll() });
  }

  /** Stops all, which can be taken back. */
  async stopAll() {
    const jobs = this.dreams.active.map(({ id }) => id).reverse();
    this.stopping?.close();
    try {
      await ask("/cancel", { method: "POST" });
    } catch (error) {
      this.toasts.show(wordsOf(error), "", true);
      return;
    }
    this.stopping = this.toasts.offer(`${jobs.length === 1 ? "1 dream" : `${jobs.length} dreams`} stopped`, {
      text: "Continue all",
      act: async () => {
        this.stopping?.close();
        for (const job of jobs) await this.dreams.resume(job); // in their order
      },
    });
  }

  /** Takes over the settings of a picture or a sheet. @param {import("../gallery/list.js").Reuse} asked */
  async reuse(asked) {
    const told = await this.told(tell("/reuse", { ...asked, chosen: settings.text("model") }));
    if (told.error) this.toasts.show(told.error, told.hint, true);
    if (told.notice) this.toasts.show(told.notice);
    if (told.values) this.restore(told.values);
    if (told.made_with) this.madeWith.tell(told.made_with);
  }

  /** Settings of something that was made take the place of those there are, which are one Undo away. @param {import("../dreams/told.js").Values} values */
  restore(values) {
    const before = Object.fromEntries(namesOf(values).map((name) => [name, settings.get(name)]));
    this.take(values);
    this.replaced = before;
    this.reused.say(settingsOf(String(values.prompt ?? "")), { text: "Undo", act: () => this.giveBack() });
    if (matchMedia("(hover: hover)").matches) this.bar.focus();
  }

  /** The settings are these now; the prompt so that the browser's own undo knows of it. @param {import("../dreams/told.js").Values} values */
  take({ prompt, ...others }) {
    settings.set(others);
    if (prompt !== undefined) this.bar.replace(String(prompt));
  }

  /** What "Reuse" replaced is there again; false where there is nothing to give back. */
  giveBack() {
    const { replaced } = this;
    if (!replaced) return false;
    this.replaced = null;
    this.reused.clear();
    this.take(replaced);
    return true;
  }

  /** A dream has ended, one way or another. @param {Dream} dream */
  ended(dream) {
    this.notice.ended(dream);
    this.title.dreamt = dream;
    const { state, title, done, fault } = dream;
    const count = `${done.length} of “${title}”`;
    const words = state === "finished" ? `Done: ${count}` : state === "cancelled" ? `Stopped: ${count}` : `Failed: “${title}”. ${fault?.message ?? ""}`;
    this.toasts.say(words);
  }
}
