// @ts-check
// When somebody may who was too much: counted down in its place, and said once when it is over. The pages that have
// their script within themselves have this within it.

const SECOND = 1000;

/** As the server says it. @param {number} seconds */
export const comeAgain = (seconds) => `Come again in ${seconds === 1 ? "a second" : `${seconds} seconds`}.`;

/**
 * A refusal parted into what it says and the seconds until one may come again, 0 where it says none.
 * @param {string} sentence @param {number} seconds as they came with it
 */
export function parted(sentence, seconds) {
  const when = comeAgain(seconds);
  return seconds > 0 && sentence.endsWith(when) ? { error: sentence.slice(0, -when.length).trim(), seconds } : { error: sentence, seconds: 0 };
}

/**
 * Counts down in `element`, and then says `over` there; it ends by itself where the element is gone. Those who do not
 * see the page are told the seconds as they were at first, and, where the element is a live region, once that it is over;
 * `asked`, where it answers false, keeps that from being said, for it is not so.
 * @param {HTMLElement} element @param {number} seconds @param {string} over @param {() => void} [ended] @param {() => Promise<boolean>} [asked]
 */
export function countDown(element, seconds, over, ended = () => {}, asked = async () => true) {
  const until = Date.now() + seconds * SECOND; // a machine that slept has waited, too
  const counted = document.createElement("span");
  counted.setAttribute("aria-hidden", "true");
  counted.className = "counted";
  const first = document.createElement("span");
  first.className = "sr-only-live";
  first.textContent = comeAgain(seconds);
  element.replaceChildren(counted, first);
  const tell = async () => {
    const rest = until - Date.now();
    if (rest > 0) {
      counted.textContent = comeAgain(Math.ceil(rest / SECOND));
      setTimeout(() => element.contains(counted) && element.isConnected && tell(), rest % SECOND || SECOND);
      return;
    }
    if (!(await asked())) return;
    element.textContent = over;
    ended();
  };
  tell();
}
