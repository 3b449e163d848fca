// @ts-check
// Small helpers. What a visitor wrote becomes text, never HTML.

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

/** An element that the page has. @param {string} selector @returns {HTMLElement} */
export function find(selector) {
  const element = document.querySelector(selector);
  if (!(element instanceof HTMLElement)) throw new Error(`The page has no ${selector}.`);
  return element;
}

/** The element that an event happened on. @param {Event} event @returns {Element} */
export const targetOf = (event) => (event.target instanceof Element ? event.target : document.documentElement);

/**
 * An image that is loaded and decoded, so that putting it in place cannot flicker.
 * @param {string} address
 * @param {string} [alt]
 */
export async function loaded(address, alt = "") {
  const image = make("img", { alt, draggable: false, decoding: "async" });
  image.src = address;
  await image.decode();
  return image;
}

/** One of our routes refused; `status` is its answer's. */
export class Refused extends Error {
  /** @param {string} message @param {number} status */
  constructor(message, status) {
    super(message);
    this.status = status;
  }
}

/** The words of whatever went wrong. @param {unknown} error */
export const wordsOf = (error) => (error instanceof Error ? error.message : String(error));

/** Whether the answer was that there is no such thing. @param {unknown} error */
export const isGone = (error) => error instanceof Refused && error.status === 404;

/**
 * JSON from one of our routes; Refused with its sentence when it refuses.
 * @param {string} address
 * @param {RequestInit} [options]
 * @returns {Promise<any>}
 */
export async function ask(address, options = {}) {
  const reply = await fetch(address, { cache: "no-store", ...options });
  if (!reply.ok) throw new Refused(await sentenceOf(reply, "The server refused that."), reply.status);
  return reply.status === 204 ? null : reply.json();
}

/** The same with something to tell it. @param {string} address @param {unknown} body @param {string} [method] @returns {Promise<any>} */
export const tell = (address, body, method = "POST") =>
  ask(address, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** Why a route refused, in its own words. @param {Response} reply @param {string} otherwise @returns {Promise<string>} */
export async function sentenceOf(reply, otherwise) {
  const fault = await reply.json().catch(() => ({}));
  return typeof fault?.detail === "string" ? fault.detail : otherwise;
}

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

/** @param {number} milliseconds @returns {Promise<void>} */
export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
