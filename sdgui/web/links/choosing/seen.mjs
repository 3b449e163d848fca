// @ts-check
// What is seen of a picture and of those who choose: signs, what is said, who is there, and what most keep.

import { nameOf, signOf } from "./tally.js";

/**
 * @typedef {import("./tally.js").Person} Person
 * @typedef {import("./tally.js").Said} Said
 * @typedef {import("./tally.js").Count} Count
 * @typedef {import("./tally.js").Tally} Counted
 */

/** Pixels of a sign, of a count beside signs, and of what is around them. */
const [SIGN, COUNT, AROUND] = [24, 46, 24];
const FIRST = 5;

/** @template {keyof HTMLElementTagNameMap} Tag @param {Tag} tag @param {Record<string, unknown>} what @param {(Node | string)[]} children */
export function make(tag, what = {}, ...children) {
  const element = Object.assign(document.createElement(tag), what);
  element.append(...children);
  return element;
}

/** @template {Element} [T=HTMLElement] @param {string} selector @param {ParentNode} [within] @returns {T} */
export const find = (selector, within = document) => /** @type {T} */ (within.querySelector(selector));

/** @param {number} place @param {boolean} [isNo] */
function sign(place, isNo = false) {
  const { text, colour, shape } = signOf(place);
  const element = make("i", { className: "who", textContent: text, ariaHidden: "true" });
  element.dataset.c = String(colour);
  element.dataset.s = String(shape);
  element.toggleAttribute("data-no", isNo);
  return element;
}

/** As many signs as there is room for in so many pixels, each kind behind how many it is. @param {HTMLElement} element @param {Count} count @param {number} room */
export function showSigns(element, { kept, rejected }, room) {
  const most = Math.max(1, Math.floor((room - AROUND - COUNT * (Number(kept.length > 0) + Number(rejected.length > 0))) / SIGN));
  const first = kept.slice(0, most).map(({ place }) => sign(place));
  const others = rejected.slice(0, most - first.length).map(({ place }) => sign(place, true));
  /** @param {string} what @param {Person[]} people */
  const count = (what, people) => (people.length ? [make("b", { textContent: `${what} ${people.length}` })] : []);
  element.replaceChildren(...count("♥", kept), ...first, ...count("✕", rejected), ...others);
}

/** @param {HTMLElement} button @param {boolean} isOn @param {string} word @param {string} on */
function press(button, isOn, word, on) {
  button.setAttribute("aria-pressed", String(isOn));
  const text = button.classList.contains("keep") ? button.childNodes[1] : find(".word", button);
  if (text) text.textContent = ` ${isOn ? on : word}`;
}

/** What I say of it. @param {HTMLElement} element @param {Said | ""} said */
export function showSaid(element, said) {
  element.dataset.mine = said;
  press(find(".keep", element), said === "kept", "Keep", "Kept");
  press(find(".reject", element), said === "rejected", "Reject", "Rejected");
}

/** How many pictures somebody keeps. @param {Person} person */
function keeps({ marks }) {
  const count = Object.values(marks).filter((said) => said === "kept").length;
  return make("span", { className: "c" }, make("span", { textContent: `♥ ${count}`, ariaHidden: "true" }), make("span", { className: "hide", textContent: `, keeps ${count}` }));
}

/** @param {Counted} tally @param {number | null} you */
export function showPeople({ seen, lookers }, you) {
  const rows = seen.map((person) => {
    const isYou = person.place === you;
    return make("li", {},
      sign(person.place),
      make("span", { className: "n" }, nameOf(person, you), make("small", { textContent: isYou || person.here ? "looking" : "away" })),
      keeps(person));
  });
  const others = lookers - (you === null ? 1 : 0);
  const looks = others > 0 ? [make("li", { className: "none", textContent: `${others === 1 ? "One more looks" : `${others} more look`} on` })] : [];
  const none = rows.length ? [] : [make("li", { className: "none", textContent: "Nobody yet. Keep or reject a picture, and you are in." })];
  find("#who").replaceChildren(...rows, ...none, ...looks);
  // On phones that list stands below all pictures: in one line it is seen while one chooses.
  const crew = seen.map((person) => make("li", {}, sign(person.place), make("span", { className: "n", textContent: nameOf(person, you) }), keeps(person)));
  find("#crew").replaceChildren(...(crew.length ? crew : [make("li", { textContent: "Nobody yet" })]));
  const isNamed = Boolean(seen.find(({ place }) => place === you)?.name);
  find("#crew-name").textContent = isNamed ? "Change my name" : "Show my name";
}

/** `here` is the address of the page, `captionOf` what a picture is called, `stand` goes to it. @param {Counted} tally @param {{ here: string, captionOf: (number: number) => string, stand: (number: number) => void }} how */
export function showMost(tally, { here, captionOf, stand }) {
  const first = tally.ranking.filter(({ kept }) => kept.length).slice(0, FIRST);
  const all = tally.voters;
  find("#most").hidden = !first.length;
  find("#most ol").replaceChildren(...first.map(({ number, kept, rank }) => {
    const bars = make("span", { className: "bars", ariaHidden: "true" }, ...kept.slice(0, 12).map(({ place }) => {
      const bar = make("i");
      bar.dataset.c = String(signOf(place).colour);
      return bar;
    }));
    const row = make("a", { href: `#p${number}` },
      make("span", { className: "no" }, make("span", { className: "hide", textContent: "Number " }), String(rank)),
      make("img", { src: `${here}/${number}.jpg`, alt: "" }),
      make("span", { className: "n" }, captionOf(number) || `Picture ${number + 1}`, bars),
      make("span", { className: "c" }, make("span", { className: "hide", textContent: "kept by " }), `${kept.length} of ${all}`));
    row.addEventListener("click", (event) => {
      event.preventDefault();
      stand(number);
    });
    return make("li", {}, row);
  }));
}
