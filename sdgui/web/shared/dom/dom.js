// @ts-check
// Elements of the document, made and found. What a visitor wrote becomes text, never HTML.

/** @typedef {string | number | boolean | null | undefined} Plain */

/**
 * An element with properties, `data` and `aria` attributes, and children (elements or text).
 * @template {keyof HTMLElementTagNameMap} Tag
 * @param {Tag} tag
 * @param {{ data?: Record<string, Plain>, aria?: Record<string, Plain>, [property: string]: unknown }} [what]
 * @param {(Node | string)[]} children
 * @returns {HTMLElementTagNameMap[Tag]}
 */
export function make(tag, { data = {}, aria = {}, ...properties } = {}, ...children) {
  const element = document.createElement(tag);
  Object.assign(element, properties);
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(aria)) element.setAttribute(`aria-${name}`, String(value));
  element.append(...children);
  return element;
}

/**
 * A button that does something.
 * @param {string} text @param {string} className @param {() => void} act
 * @param {{ data?: Record<string, Plain>, aria?: Record<string, Plain>, [property: string]: unknown }} [what]
 */
export function button(text, className, act, what = {}) {
  const element = make("button", { type: "button", className, textContent: text, ...what });
  element.addEventListener("click", act);
  return element;
}

/** An element that the page has. @param {string} selector @returns {HTMLElement} */
export function find(selector) {
  const element = document.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`The page has no ${selector}.`);
  return element;
}

/** The element that an event happened on. @param {Event} event @returns {Element} */
export const targetOf = (event) => (event.target instanceof Element ? event.target : document.documentElement);

/** Resolves with the element once it is in the document. @param {string} selector @returns {Promise<Element>} */
export function present(selector) {
  return new Promise((resolve) => {
    const look = () => {
      const element = document.querySelector(selector);
      if (element) {
        observer.disconnect();
        resolve(element);
      }
    };
    const observer = new MutationObserver(look);
    observer.observe(document, { childList: true, subtree: true });
    look();
  });
}
