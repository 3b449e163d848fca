// Dream and Compare: which tab is seen, and what Compare would dream.

import { controls, follow } from "./controls.js";

const NAMES = ["dream", "compare"];
const PANELS = { dream: "gallery", compare: "compare" };

export class Tabs {
  /** `changed` is called with tab and mode whenever one of them is another. */
  constructor(changed) {
    this.changed = changed;
    this.buttons = new Map(NAMES.map((name) => [name, document.querySelector(`#tab-${name}`)]));
    for (const [name, button] of this.buttons) {
      button.setAttribute("role", "tab");
      button.setAttribute("aria-controls", PANELS[name]);
      document.querySelector(`#${PANELS[name]}`).setAttribute("role", "tabpanel");
      button.addEventListener("click", () => this.choose(name));
      button.addEventListener("keydown", (event) => this.key(event, name));
    }
    document.addEventListener("keydown", (event) => this.cross(event));
    window.addEventListener("hashchange", () => this.read());
    this.read();
    follow(() => controls.mode, (mode) => {
      document.body.dataset.mode = mode;
      this.tell();
    });
  }

  get tab() {
    return document.body.dataset.tab;
  }

  get mode() {
    return document.body.dataset.mode;
  }

  /** The address names the tab, so that a reload and a link lead to it. */
  choose(name) {
    if (name === this.tab) return;
    const address = `${location.pathname}${location.search}${name === "compare" ? "#compare" : ""}`;
    history.replaceState(history.state, "", address);
    this.read();
  }

  read() {
    const name = location.hash === "#compare" ? "compare" : "dream";
    for (const [other, button] of this.buttons) {
      button.setAttribute("aria-selected", other === name);
      button.tabIndex = other === name ? 0 : -1;
    }
    if (this.tab === name) return;
    document.body.dataset.tab = name;
    this.tell();
  }

  tell() {
    if (this.mode) this.changed(this.tab, this.mode);
  }

  /** To the first picture that is seen; of a sheet, to the one that was last selected. */
  enter(event) {
    const first = document.querySelector(`#${PANELS[this.tab]} .open:enabled:not([tabindex="-1"])`);
    if (first) event.preventDefault();
    first?.focus();
  }

  /** From the prompt up to the pictures, and back. */
  cross(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const prompt = document.querySelector("#prompt textarea");
    if (event.key === "ArrowUp" && event.target === prompt) this.enter(event);
    else if (event.key === "ArrowDown" && event.target.closest?.(`#${PANELS[this.tab]}`)) {
      event.preventDefault();
      prompt.focus();
    }
  }

  /** Arrows go from tab to tab, and down to the first picture. */
  key(event, name) {
    if (event.key === "ArrowDown") {
      this.enter(event);
      return;
    }
    const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const next = NAMES[(NAMES.indexOf(name) + step + NAMES.length) % NAMES.length];
    this.choose(next);
    this.buttons.get(next).focus();
  }
}
