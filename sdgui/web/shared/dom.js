// Small helpers. What a visitor wrote becomes text, never HTML.

/** An element with properties, `data` and `aria` attributes, and children (elements or text). */
export function make(tag, { data = {}, aria = {}, ...properties } = {}, ...children) {
  const element = document.createElement(tag);
  Object.assign(element, properties);
  Object.assign(element.dataset, data);
  for (const [name, value] of Object.entries(aria)) element.setAttribute(`aria-${name}`, value);
  element.append(...children);
  return element;
}

/** An image that is loaded and decoded, so that putting it in place cannot flicker. */
export async function loaded(address, alt = "") {
  const image = make("img", { alt, draggable: false, decoding: "async" });
  image.src = address;
  await image.decode();
  return image;
}

/** JSON from one of our routes; an Error with its sentence when it refuses. */
export async function ask(address, options = {}) {
  const reply = await fetch(address, { cache: "no-store", ...options });
  if (!reply.ok) {
    const fault = await reply.json().catch(() => ({}));
    const error = new Error(typeof fault.detail === "string" ? fault.detail : "The server refused that.");
    error.status = reply.status;
    throw error;
  }
  return reply.status === 204 ? null : reply.json();
}

/** Resolves with the element once it is in the document. */
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

export const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));
