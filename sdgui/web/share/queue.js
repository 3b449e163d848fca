// @ts-check
// Everybody's queue: what is made, what waits and for how long; one is removed, or all held.

import { button, make } from "../shared/dom/dom.js";
import { grey } from "../shared/dom/grey.js";
import { at } from "../shared/fetch/address.js";
import { ask, tell } from "../shared/fetch/ask.js";
import { badge } from "./badge.js";
import { icon } from "./icons.js";
import { More } from "./more.js";
import { Part } from "./part.js";
import { tellRows } from "./rows.js";
import { partOf, placeOf, progressOf } from "./words.js";

/** @typedef {import("./told.js").QueuedDream} QueuedDream */

export class Queue {
  /** @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    this.isPaused = false;
    this.pauseWords = make("span", {});
    this.pause = button("", "quiet-button", () => this.hold());
    this.part = new Part("queue", "Everybody’s queue", this.pause);
    this.element = this.part.element;
    /** @type {Map<string, any>} */
    this.rows = new Map();
    this.list = make("ul", {});
    this.held = make("p", { className: "share-none", textContent: "Paused: what is under way is made to its end, and nothing begins." });
    this.none = make("p", { className: "share-none", textContent: "Nothing is dreamt now." });
    this.more = new More(this.list);
    this.part.body.append(this.held, this.list, this.more.button, this.none);
  }

  /** The panel is opened. */
  renew() {
    this.more.forget();
  }

  /** `isHeld`: nothing comes or goes just now. @param {QueuedDream[]} queue @param {boolean} isPaused @param {boolean} isHeld */
  tell(queue, isPaused, isHeld) {
    this.isPaused = isPaused;
    this.element.classList.toggle("is-held", isPaused);
    const words = isPaused ? "Go on" : "Pause";
    if (this.pause.textContent !== words) this.pause.replaceChildren(icon(isPaused ? "play" : "pause"), words);
    this.held.hidden = !isPaused;
    this.none.hidden = queue.length > 0 || isPaused;
    this.list.hidden = !queue.length;
    tellRows(this.list, this.rows, queue, { key: ({ job }) => job, make: (one) => this.row(one), home: this.part.heading, isHeld });
    this.more.tell();
  }

  /** @param {QueuedDream} one */
  row({ job, number, mine, prompt }) {
    const place = make("span", { className: "share-place" });
    const live = make("img", { className: "share-live", alt: "", hidden: true, draggable: false });
    const words = make("span", {});
    place.append(words, live);
    const state = make("span", {});
    const by = document.createTextNode("");
    const bar = make("span", { className: "share-bar", aria: { hidden: true } }, make("i"));
    const title = prompt || "a dream without a prompt";
    const remove = button("", "share-drop", async () => {
      grey(remove, "It is being stopped");
      await this.part.act(() => ask(`/share/queue/${job}`, { method: "DELETE" }));
      grey(remove, "");
      this.changed();
    }, { title: "Stop it; what is made stays theirs" });
    remove.append(icon("close"));
    const element = make("li", { className: "share-row is-queued", data: { testid: "queued" } }, place,
      make("div", { className: "share-words" }, make("b", { textContent: title, title }),
        make("small", { className: "share-by" }, badge(mine ? 0 : number), make("span", {}, by, state)), bar), remove);
    return {
      element,
      /** @param {QueuedDream} now */
      tell: (now) => {
        const isMade = now.state === "dreaming";
        const name = mine ? "you" : now.name;
        if (by.data !== `${name} · `) {
          by.data = `${name} · `;
          remove.setAttribute("aria-label", `Stop “${title}” of ${name}`);
        }
        words.textContent = isMade ? "now" : placeOf(now);
        show(live, now);
        const said = progressOf(now);
        if (state.textContent !== said) state.textContent = said;
        bar.hidden = !isMade;
        bar.style.setProperty("--done", String(partOf(now)));
      },
    };
  }

  /** Holds all, or lets it go on. @param {boolean} [isHeld] */
  async hold(isHeld = !this.isPaused) {
    await this.part.act(async () => {
      const { paused } = await tell("/share/queue", { paused: isHeld });
      this.isPaused = paused;
    });
    this.changed();
  }
}

/** Of what forms together the first picture: the image holds them all, in rows and columns. @param {HTMLImageElement} image @param {QueuedDream} one */
function show(image, { job, live }) {
  image.hidden = !live;
  if (!live) return;
  Object.assign(image.style, { width: `${live.columns * 100}%`, height: `${live.rows * 100}%` });
  const address = at(`/share/live/${job}?rev=${live.revision}`);
  if (image.getAttribute("src") !== address) image.src = address;
}
