// @ts-check
// A button that is asked twice: what it does is felt by others.

import { button } from "../shared/dom/dom.js";

/** Milliseconds for which the second click counts. */
const WHILE = 6000;

/**
 * @param {{ text: string, sure: string, name: string, className?: string, act: () => void }} what
 *   `sure`: its words when it was clicked once; `name`: of what, for those who do not see its row
 */
export function twice({ text, sure, name, className = "", act }) {
  let called = name;
  const label = () => element.setAttribute("aria-label", `${element.textContent} ${called}`.trim());
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const calm = () => {
    clearTimeout(timer);
    timer = undefined;
    element.textContent = text;
    label();
    element.classList.remove("is-asked");
  };
  const element = button(text, `quiet-button ${className}`, () => {
    if (timer !== undefined) {
      calm();
      act();
      return;
    }
    element.textContent = sure;
    label();
    element.classList.add("is-asked");
    timer = setTimeout(calm, WHILE);
  });
  calm();
  element.addEventListener("blur", calm);
  return Object.assign(element, {
    /** What it is of has another name now. @param {string} now */
    rename: (now) => {
      if (now === called) return;
      called = now;
      label();
    },
  });
}
