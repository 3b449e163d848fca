// The page around the gallery: prompt bar, keys, model pill, title, toasts, help, the settings as a drawer on phones.

import { controls, follow } from "./controls.js";
import { ask, make, pause } from "./dom.js";
import { Confirm } from "../compare/plan.js";

const IS_MAC = /Mac|iPhone|iPad/.test(navigator.platform);
const KEY = IS_MAC ? "⌘" : "Ctrl";
const ALT = IS_MAC ? "⌥" : "Alt";
const LONGEST_PROMPT = 2000;
const TITLE = "sdgui";
const ENDS = { finished: "done", cancelled: "stopped", failed: "failed" };
// Keys that go past a dropdown.
const PASSING = ["Tab", "Shift", "Control", "Alt", "Meta"];
const DREAMS = { dream: ["Dream", "dreams"], wall: ["Dream wall", "dreams the wall"], variations: ["Dream row", "dreams the row"], grid: ["Dream grid", "dreams the grid"] };

const KEYS = [
  [[KEY, "Enter"], "dream, from anywhere on the page"],
  [["Esc"], "stop; in a picture: close it"],
  [[ALT, "↑"], "from the prompt to the newest pictures"],
  [[ALT, "↓"], "from the pictures back to the prompt"],
  [["←", "→"], "in a picture: the one before, the next"],
];
const COMPARE_KEYS = [
  [["←", "↑", "→", "↓"], "move; Home and End: the first, the last"],
  [["K"], "keep; the kept ones collect below A and B"],
  [["X"], "reject; again takes it back"],
  [["A", "B"], "pin as A or B, to compare the two"],
  [["Space"], "flip between A and B"],
  [["V"], "vary it at once"],
  [["Enter"], "open; the letters and Space work there too"],
];

export class Screen {
  /** `begun` is called with a job that was just begun here, whether it is a sheet, and whether the keyboard follows. */
  constructor(begun) {
    this.begun = begun;
    this.verb = "dreams";
    this.prompt = document.querySelector("#prompt textarea");
    this.hint = document.querySelector("#prompt-hint");
    this.pill = document.querySelector("#model-pill");
    this.toasts = make("div", { className: "toasts" });
    this.status = make("div", { className: "sr-only-live", role: "status" });
    this.shade = make("div", { className: "drawer-shade", onclick: () => this.drawer(false) });
    document.body.append(this.toasts, this.status, this.shade);
    this.sizeNote = make("span", { className: "size-note", id: "size-note" });
    document.querySelector("#aspect").append(this.sizeNote);
    this.prompt.setAttribute("enterkeyhint", "enter");
    this.prompt.setAttribute("aria-describedby", "prompt-hint");
    this.tokens = "";
    this.makeHelp();
    this.bind();
    this.tell();
    this.confirm = new Confirm(() => {
      this.isConfirmed = true;
      this.dream();
    });
    this.followControls();
    this.followModel();
  }

  /** Another tab or mode is seen: what Dream would dream. */
  change(tab, mode) {
    const what = tab === "compare" ? mode : "dream";
    const [text, verb] = DREAMS[what];
    this.isRow = what === "variations";
    document.querySelector("#dream-button").textContent = text;
    this.verb = verb;
    const seed = document.querySelector('#seed [data-testid="block-info"]');
    if (seed) seed.textContent = tab === "compare" && mode === "wall" ? "Seeds from" : "Seed";
    this.tell();
  }

  /** Whether a large grid was confirmed; true once for each answer. */
  confirmed() {
    const isConfirmed = Boolean(this.isConfirmed);
    this.isConfirmed = false;
    return isConfirmed;
  }

  bind() {
    const click = (selector, act) => document.querySelector(selector).addEventListener("click", act);
    click("#stop-button", () => this.stop());
    click("#help-button", () => this.help.showModal());
    click("#settings-button", () => this.drawer(!document.body.classList.contains("shows-settings")));
    click("#settings-close", () => this.drawer(false));
    // Before Gradio's own listeners, which would swallow Enter where the prompt takes a new line.
    document.addEventListener("keydown", (event) => this.key(event), true);
    document.addEventListener("keypress", (event) => {
      if (event.key === "Enter" && event.target === this.prompt) event.stopImmediatePropagation();
    }, true);
    for (const type of ["focus", "pointerdown", "keydown"]) window.addEventListener(type, () => this.seen(), true);
  }

  key(event) {
    if (event.isComposing) return;
    // At each key Gradio opens its list again, a moment later: after Tab, when the keyboard is elsewhere and nothing closes it.
    if (PASSING.includes(event.key) && event.target.getAttribute?.("role") === "combobox") event.stopImmediatePropagation();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      event.stopImmediatePropagation();
      if (!document.querySelector("dialog[open]")) this.dream();
    } else if (event.key === "Escape" && !document.querySelector("dialog[open], .sd-menu:popover-open")) {
      if (document.body.classList.contains("shows-settings")) this.drawer(false);
      else if (event.target.getAttribute?.("aria-expanded") !== "true") this.stop();
    }
  }

  /** As a click on Dream; a number that is still being typed counts. */
  dream() {
    const focused = document.activeElement;
    if (focused instanceof HTMLInputElement) {
      focused.blur();
      focused.focus();
    }
    document.querySelector("#dream-button").click();
  }

  async stop() {
    if (!document.body.classList.contains("is-dreaming")) return;
    await ask("/cancel", { method: "POST" }).catch((error) => this.toast(error.message, "", true));
  }

  /** What Python says became of a click. */
  outcome(told) {
    if (!told) return;
    const follows = Boolean(this.followNext);
    this.followNext = false;
    if (told.error) {
      this.toast(told.error, told.hint, true);
      if (!this.prompt.value.trim()) this.prompt.focus();
    }
    if (told.notice) this.toast(told.notice);
    if (told.job) {
      for (const toast of this.toasts.querySelectorAll(".is-error")) toast.remove();
      this.drawer(false);
      document.querySelector("#viewer[open]")?.close();
      this.begun(told.job, { isSheet: told.tab === "compare", follows });
    }
    if (told.confirm) this.confirm.ask(told.confirm);
    if (told.reused && matchMedia("(hover: hover)").matches) this.prompt.focus();
  }

  // Title and Stop

  dreaming(active) {
    document.body.classList.toggle("is-dreaming", active.length > 0);
    const stop = document.querySelector("#stop-button");
    stop.title = active.length > 1 ? `Stop all ${active.length} dreams (Esc)` : "Stop (Esc)";
    const dream = active.at(-1);
    if (dream) {
      document.title = `${dream.done.length} of ${dream.pictures.size} · ${TITLE}`;
      this.dreamt = dream;
    } else if (this.dreamt) {
      this.ending = ENDS[this.dreamt.state];
      this.dreamt = null;
      document.title = this.ending ? `${this.ending} · ${TITLE}` : TITLE;
    }
  }

  /** A dream has ended, one way or another. */
  ended(dream) {
    this.dreamt = dream;
    const { state, title, done, fault } = dream;
    const count = `${done.length} of “${title}”`;
    this.say({ finished: `Done: ${count}`, cancelled: `Stopped: ${count}` }[state] ?? `Failed: “${title}”. ${fault?.message ?? ""}`);
  }

  /** For those who do not see the page. */
  say(words) {
    this.status.textContent = words;
  }

  seen() {
    if (!this.ending) return;
    this.ending = null;
    document.title = TITLE;
  }

  // The prompt's hint line: keys and tokens

  tell() {
    const hasKeys = matchMedia("(hover: hover)").matches;
    const keys = hasKeys ? [`${KEY}+Enter ${this.verb}`] : [];
    const way = hasKeys && this.verb !== DREAMS.dream[1] ? [`${ALT}+↑ to the pictures`] : [];
    const length = this.prompt.value.length;
    const tooLong = length > LONGEST_PROMPT;
    const words = this.isRow ? "with the prompt of its picture, not this one" : tooLong ? `${length.toLocaleString("en")} of ${LONGEST_PROMPT.toLocaleString("en")} characters` : this.tokens;
    const parts = [...keys, ...(words ? [words] : []), ...way].join(" · ");
    this.hint.replaceChildren(make("span", { textContent: parts, className: tooLong || this.isOver ? "too-long" : "" }));
  }

  async count() {
    const prompt = this.prompt.value;
    if (!prompt.trim() || prompt.length > LONGEST_PROMPT) {
      this.tokens = "";
      this.isOver = false;
    } else {
      const model = window.sdguiModels.now;
      try {
        const { count, limit } = await ask(`/tokens?${new URLSearchParams({ prompt, model })}`);
        if (prompt !== this.prompt.value) return;
        this.isOver = count > limit;
        this.tokens = this.isOver ? `${count} of ${limit} tokens: the end is not read` : `${count} of ${limit} tokens`;
      } catch {
        this.tokens = "";
      }
    }
    this.tell();
  }

  followControls() {
    follow(() => [this.prompt.value, controls.model], () => this.count());
    follow(() => [controls.aspect, controls.model], ([aspect, model]) => {
      this.sizeNote.textContent = (window.sdguiModels.known[model]?.sizes[aspect] ?? []).join(" × ");
    });
  }

  // The model's state

  async followModel() {
    let failure = null;
    for (;;) {
      let status;
      try {
        status = await ask("/status");
      } catch {
        status = { state: "gone", model: "" };
      }
      this.pill.dataset.state = status.state;
      this.pill.querySelector(".pill-text").textContent = modelWords(status);
      this.pill.title = [status.message, status.hint, status.dtype].filter(Boolean).join(" ");
      if (status.state === "failed" && failure !== status.message) {
        failure = status.message;
        this.toast(status.message, status.hint, true, 0);
      }
      await Promise.race([pause(status.state === "ready" ? 30_000 : 700), new Promise((wake) => (this.lookAgain = wake))]);
      while (document.hidden) await pause(1000);
    }
  }

  /** The connection was lost or found. */
  connection() {
    this.lookAgain?.();
  }

  // Toasts, help, the settings as a drawer on phones

  /** One sentence and its hint; it goes by itself, or stays where `milliseconds` is 0. */
  toast(message, hint = "", isError = false, milliseconds = 9000) {
    const close = make("button", { type: "button", textContent: "×", aria: { label: "Close the message" } });
    const toast = make(
      "div",
      { className: `toast${isError ? " is-error" : ""}`, role: isError ? "alert" : "status", data: { testid: "toast" } },
      make("div", {}, make("p", { textContent: message }), ...(hint ? [make("p", { textContent: hint })] : [])),
      close,
    );
    close.addEventListener("click", () => toast.remove());
    const host = document.querySelector("dialog[open]") ?? document.body;
    host.append(this.toasts);
    for (const other of [...this.toasts.children]) {
      if (other.textContent === toast.textContent) other.remove();
    }
    this.toasts.append(toast);
    while (this.toasts.children.length > 3) this.toasts.firstChild.remove();
    if (milliseconds) setTimeout(() => toast.remove(), milliseconds);
  }

  untoast(message) {
    for (const toast of [...this.toasts.children]) if (toast.querySelector("p").textContent === message) toast.remove();
  }

  write(text) {
    this.prompt.value = text;
    this.prompt.dispatchEvent(new Event("input", { bubbles: true }));
    this.prompt.focus();
  }

  drawer(isOpen) {
    if (document.body.classList.contains("shows-settings") === isOpen) return;
    document.body.classList.toggle("shows-settings", isOpen);
    document.querySelector("#settings-button").setAttribute("aria-expanded", isOpen);
    document.querySelector(isOpen ? "#settings-close" : "#settings-button").focus();
  }

  /** On a phone A and B lie in the drawer of the settings. */
  showPair() {
    if (!matchMedia("(width <= 700px)").matches) return;
    document.querySelector("dialog[open]")?.close();
    this.drawer(true);
    document.querySelector("#settings").scrollTo({ top: 0 });
  }

  makeHelp() {
    const list = (keys) => make("dl", {}, ...keys.flatMap(([names, what]) => [
      make("dt", {}, ...names.flatMap((name, i) => [...(i && [KEY, ALT].includes(names[0]) ? [" + "] : i ? [" "] : []), make("kbd", { textContent: name })])),
      make("dd", { textContent: what }),
    ]));
    const close = make("button", { type: "button", className: "quiet-button", textContent: "Close" });
    this.help = make(
      "dialog",
      { id: "help", className: "sd-dialog", aria: { label: "Help" } },
      make("h2", { textContent: "Keys" }),
      list(KEYS),
      make("h2", { textContent: "On a picture of Compare" }),
      list(COMPARE_KEYS),
      make("p", { textContent: "A seed makes a picture repeatable: the same seed and settings give the same picture. Leave it empty for a new one each time; the lock keeps it." }),
      close,
    );
    close.addEventListener("click", () => this.help.close());
    this.help.addEventListener("click", (event) => event.target === this.help && this.help.close());
    document.body.append(this.help);
  }
}

function modelWords({ state, model, device, fraction }) {
  switch (state) {
    case "ready":
      return [model, device, "ready"].filter(Boolean).join(" · ");
    case "failed":
      return `${model} · cannot be loaded`;
    case "gone":
      return "no connection";
    default:
      return `${model} · loading…${fraction ? ` ${Math.round(fraction * 100)} %` : ""}`;
  }
}
