// @ts-check
// The prompt at the bottom, its hint line with keys and tokens, and the buttons that begin and stop.

import { find, make, targetOf } from "../dom/dom.js";
import { ALT, KEY } from "../dom/keys.js";
import { pause } from "../dom/pause.js";
import { again, settled } from "../fetch/again.js";
import { ask } from "../fetch/ask.js";
import { facts, modelFacts } from "../settings/facts.js";
import { settings } from "../settings/settings.js";
import { FormerPrompts } from "./former-prompts.js";
import { preferences } from "./preferences.js";
import { reading, withAvoided } from "./prompt-reading.js";
import { weighed } from "./weighing.js";

/**
 * What the Dream button begins where a tab is seen: its words, and those of the hint; `ownPrompt`: the prompt is not
 * the one written here; `seed`: what the seed is called there.
 * @typedef {{ text: string, verb: string, ownPrompt?: boolean, seed?: string, isFirst?: boolean }} Begins
 */

/** @typedef {import("./prompt-reading.js").Reading} Reading */

/** @type {Reading} */
const NOTHING = { words: [], isOver: false };
/** @type {Reading} */
const OTHERS = { words: ["with the prompt of its picture, not this one"], isOver: false };
// Keys that go past a dropdown.
const PASSING = ["Tab", "Shift", "Control", "Alt", "Meta"];
/** Typing pauses. */
const PAUSE = 250;

export class PromptBar {
  /**
   * `escape` says whether it closed something, `undo` whether there was something to take back; `formerly` tells the prompts
   * of former dreams, the newest first; `hasPictures`, whether any is seen above.
   * @param {{ hasPictures: () => boolean, dream: () => void, stop: () => void, escape: () => boolean, undo: () => boolean, formerly: () => string[] }} calls
   */
  constructor(calls) {
    this.calls = calls;
    const prompt = find("#prompt textarea");
    if (!(prompt instanceof HTMLTextAreaElement)) throw new Error("The prompt is no text area.");
    this.prompt = prompt;
    this.hint = find("#prompt-hint");
    this.button = find("#dream-button");
    this.stopButton = find("#stop-button");
    /** What is to be said of the prompt, below it. */
    this.notes = make("div", { id: "prompt-notes" });
    const element = find("#prompt-bar");
    element.append(this.notes);
    // What comes and goes above it, as toasts do, stands on it, however high it is.
    new ResizeObserver(() => document.documentElement.style.setProperty("--bar", `${element.offsetHeight}px`)).observe(element);
    /** @type {Begins} */
    this.begins = { text: "Dream", verb: "dreams", isFirst: true };
    /** What the prompt is read as, as far as it is known. @type {Reading} */
    this.reading = NOTHING;
    this.turn = 0;
    this.former = new FormerPrompts(localStorage);
    preferences.follow(() => {
      prompt.setAttribute("enterkeyhint", this.breaks ? "enter" : "go");
      this.tell();
    });
    prompt.setAttribute("aria-describedby", "prompt-hint");
    // A press by mouse leaves the keyboard where it was: else Space would begin the same once more.
    this.button.addEventListener("mousedown", (event) => matchMedia("(hover: hover)").matches && event.preventDefault());
    this.button.addEventListener("click", () => this.dream());
    this.stopButton.addEventListener("click", () => calls.stop());
    find("#to-prompt").addEventListener("click", () => this.focus());
    // Before Gradio's own listeners, which would swallow Enter where the prompt takes a new line.
    document.addEventListener("keydown", (event) => this.key(event), true);
    document.addEventListener("keypress", (event) => {
      if (event.key === "Enter" && event.target === prompt) event.stopImmediatePropagation();
    }, true);
    settings.follow(["prompt", "negative_prompt", "model", "emphasis"], () => this.count());
  }

  /** Another tab or mode is seen. @param {Begins} begins */
  change(begins) {
    this.begins = begins;
    this.button.textContent = begins.text;
    const seed = document.querySelector('#seed [data-testid="block-info"]');
    if (seed) seed.textContent = begins.seed ?? "Seed";
    this.tell();
  }

  /** @param {number} count of dreams that are being made */
  dreaming(count) {
    document.body.classList.toggle("is-dreaming", count > 0);
    this.stopButton.title = count > 1 ? `Stop what forms now (${KEY}+.); ${count - 1} more go on` : `Stop (${KEY}+.)`;
  }

  get isDreaming() {
    return document.body.classList.contains("is-dreaming");
  }

  /** Whether Enter makes a new line, and only Ctrl+Enter dreams. */
  get breaks() {
    return preferences.liked.enter === "breaks";
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    if (isComposing(event)) return;
    const target = targetOf(event);
    // At each key Gradio opens its list again, a moment later: after Tab, when the keyboard is elsewhere and nothing closes it.
    if (PASSING.includes(event.key) && target.getAttribute("role") === "combobox") event.stopImmediatePropagation();
    const isHeld = event.ctrlKey || event.metaKey;
    const isPlain = !isHeld && !event.altKey && !event.shiftKey;
    const isPrompt = target === this.prompt;
    if (event.key === "Enter" && (isHeld || (isPlain && isPrompt && !this.breaks))) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!document.querySelector("dialog[open]") && !event.repeat) this.dream();
    } else if (isPrompt && isPlain && (event.key === "ArrowUp" || event.key === "ArrowDown")) this.walk(event);
    else if (isPrompt && isHeld && !event.altKey && !event.shiftKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) this.weigh(event);
    else if (isPrompt && isHeld && !event.shiftKey && event.key.toLowerCase() === "z") {
      if (this.calls.undo()) event.preventDefault();
    } else if (event.key === "." && isHeld) {
      event.preventDefault();
      this.calls.stop();
    } else if (event.key === "Escape" && !document.querySelector("dialog[open], [popover]:popover-open")) {
      this.calls.escape(); // and nothing else: who presses it once too often loses no dream
    }
  }

  /** ↑ and ↓ where nothing of one's own is written: former prompts. @param {KeyboardEvent} event */
  walk(event) {
    const { selectionStart: at, selectionEnd: end, value } = this.prompt;
    if (at !== end || (at !== 0 && at !== value.length)) return;
    this.former.meet(this.calls.formerly());
    const text = this.former.walk(value, event.key === "ArrowUp" ? 1 : -1);
    if (text === null) return;
    event.preventDefault();
    this.replace(text);
  }

  /** A tenth more or less for some words, where that is read; as if it was typed. @param {KeyboardEvent} event */
  weigh(event) {
    const { prompt } = this;
    if (settings.get("emphasis") !== true || modelFacts(settings.get("model"))?.emphasis === false) return;
    event.preventDefault();
    const done = weighed(prompt.value, prompt.selectionStart, prompt.selectionEnd, event.key === "ArrowUp" ? 0.1 : -0.1);
    if (!done) return;
    prompt.setSelectionRange(done.from, done.to);
    document.execCommand("insertText", false, done.text);
    prompt.setSelectionRange(...done.select);
  }

  /** A number that is still being typed counts. */
  dream() {
    const focused = document.activeElement;
    if (focused instanceof HTMLInputElement) {
      focused.blur();
      focused.focus();
    }
    this.calls.dream();
  }

  /** @param {string} text */
  write(text) {
    this.focus();
    this.replace(text);
  }

  /** As if somebody had typed it: Ctrl+Z brings back what was there. @param {string} text */
  replace(text) {
    const { prompt } = this;
    if (prompt.value === text) return;
    // Where fingers type, the keyboard would come and go.
    if (document.activeElement !== prompt && !matchMedia("(hover: hover)").matches) {
      settings.set({ prompt: text });
      return;
    }
    const focused = document.activeElement;
    prompt.focus({ preventScroll: true });
    prompt.select();
    // Nothing else writes into a field so that the browser's own undo knows of it.
    const isDone = document.activeElement === prompt && document.execCommand(text ? "insertText" : "delete", false, text);
    if (!isDone) settings.set({ prompt: text });
    if (focused instanceof HTMLElement && focused !== prompt) focused.focus({ preventScroll: true });
  }

  focus() {
    this.prompt.focus();
  }

  tell() {
    const hasKeys = matchMedia("(hover: hover)").matches;
    const { verb, ownPrompt, isFirst } = this.begins;
    const keys = hasKeys ? [`${this.breaks ? `${KEY}+` : ""}Enter ${verb}`] : [];
    const way = hasKeys && !isFirst && this.calls.hasPictures() ? [`${ALT}+↑ to the pictures`] : [];
    const { length } = settings.text("prompt");
    const tooLong = length > facts.longest_prompt;
    const size = `${length.toLocaleString("en")} of ${facts.longest_prompt.toLocaleString("en")} characters`;
    const { words, isOver } = ownPrompt ? OTHERS : tooLong ? { words: [size], isOver: true } : this.reading;
    const parts = [...keys, ...words, ...way].join(" · ");
    this.hint.title = words.join(" · ");
    this.hint.replaceChildren(make("span", { textContent: parts, className: isOver ? "too-long" : "" }));
  }

  /** Counts the prompt's tokens and tells what weighs how much, once typing pauses. */
  async count() {
    this.turn += 1;
    const { turn } = this;
    const prompt = settings.text("prompt");
    if (!prompt.trim() || prompt.length > facts.longest_prompt) {
      this.reading = NOTHING;
      this.tell();
      return;
    }
    await pause(PAUSE);
    if (turn !== this.turn) return;
    const negative = modelFacts(settings.get("model"))?.negative_prompt === false ? "" : settings.text("negative_prompt");
    const [told, avoided] = await Promise.all([prompt, negative].map(counted));
    if (turn !== this.turn) return;
    if (told) settled(this);
    else again(this, () => this.count()); // nobody answered
    this.reading = told ? withAvoided(reading(told, prompt), avoided && reading(avoided, negative)) : NOTHING;
    this.tell();
  }
}

/** Whether the key belongs to a word that is still being composed; Safari says so only by its code. @param {KeyboardEvent} event */
const isComposing = (event) => event.isComposing || event.keyCode === 229;

/** What the model makes of a prompt; null where there is none, or nobody tells. @param {string} prompt */
async function counted(prompt) {
  if (!prompt.trim() || prompt.length > facts.longest_prompt) return null;
  const emphasis = String(settings.get("emphasis") === true);
  return ask(`/tokens?${new URLSearchParams({ prompt, model: settings.text("model"), emphasis })}`).catch(() => null);
}
