// @ts-check
// Which tab is seen.

import { find, targetOf } from "../dom/dom.js";

/** `address` is how the page's address names it, with what is looked for there. @typedef {{ button: HTMLElement, panel: HTMLElement, address: () => string }} Tab */

export class Tabs {
  /** `changed` is called whenever another tab is seen. @param {() => void} changed */
  constructor(changed) {
    this.changed = changed;
    /** @type {Map<string, Tab>} */
    this.known = new Map();
    document.addEventListener("keydown", (event) => this.cross(event));
    for (const type of ["hashchange", "popstate"]) window.addEventListener(type, () => this.read());
  }

  /** The first one that is added is seen where the address names none. @param {string} name @param {HTMLElement} panel @param {() => string} [address] */
  add(name, panel, address = () => name) {
    const button = find(`#tab-${name}`);
    button.setAttribute("role", "tab");
    button.setAttribute("aria-controls", panel.id);
    panel.setAttribute("role", "tabpanel");
    button.addEventListener("click", () => this.choose(name));
    button.addEventListener("keydown", (event) => this.key(event, name));
    this.known.set(name, { button, panel, address });
  }

  /** It is not for whoever looks at the page. @param {string} name */
  drop(name) {
    this.known.get(name)?.button.remove();
    this.known.delete(name);
  }

  get names() {
    return [...this.known.keys()];
  }

  get tab() {
    return document.body.dataset.tab ?? this.names[0];
  }

  get panel() {
    return this.known.get(this.tab)?.panel ?? null;
  }

  /** The address names the tab, so that a reload, a link and Back lead to it. @param {string} name */
  choose(name) {
    if (name === this.tab) return;
    const part = this.known.get(name)?.address() ?? name;
    history.pushState(null, "", `${location.pathname}${location.search}${part === this.names[0] ? "" : `#${part}`}`);
    this.read();
  }

  /** Shows the tab that the address names. */
  read() {
    const [asked] = location.hash.slice(1).split("?"); // what is looked for there is its room's
    const name = this.known.has(asked) ? asked : this.names[0];
    for (const [other, { button }] of this.known) {
      button.setAttribute("aria-selected", String(other === name));
      button.tabIndex = other === name ? 0 : -1;
      // Where they have no room beside each other, the one that is seen is.
      if (other === name) button.scrollIntoView({ block: "nearest", inline: "center" });
    }
    if (document.body.dataset.tab === name) return;
    document.body.dataset.tab = name;
    this.changed();
  }

  /** To the first picture that is seen; of a sheet, to the one that was last selected. @param {Event} event */
  enter(event) {
    /** @type {HTMLElement | null | undefined} */
    const first = this.panel?.querySelector('.open:enabled:not([tabindex="-1"])');
    if (first) event.preventDefault();
    first?.focus();
  }

  /** From the prompt up to the pictures, and back. @param {KeyboardEvent} event */
  cross(event) {
    if (!event.altKey || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const prompt = find("#prompt textarea");
    const isBelow = event.target === document.body || targetOf(event).closest("#prompt-bar, #settings, #prompt-box") !== null;
    if (event.key === "ArrowUp" && isBelow && !document.querySelector("dialog[open]")) this.enter(event);
    else if (event.key === "ArrowDown" && this.panel?.contains(targetOf(event))) {
      event.preventDefault();
      prompt.focus();
    }
  }

  /** Arrows go from tab to tab, and down to the first picture. @param {KeyboardEvent} event @param {string} name */
  key(event, name) {
    if (event.key === "ArrowDown") {
      this.enter(event);
      return;
    }
    const step = event.key === "ArrowLeft" ? -1 : event.key === "ArrowRight" ? 1 : 0;
    if (!step) return;
    event.preventDefault();
    const { names } = this;
    const next = names[(names.indexOf(name) + step + names.length) % names.length];
    this.choose(next);
    this.known.get(next)?.button.focus();
  }
}
