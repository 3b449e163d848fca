// @ts-check
// The page on which people choose together: keys, the bigger view, and everybody's marks as they come.

import { inWords, nameOf, signOf, Tally } from "./tally.js";

/**
 * @typedef {import("./tally.js").Person} Person
 * @typedef {import("./tally.js").Said} Said
 * @typedef {import("./tally.js").Count} Count
 */

const MOST_SIGNS = 6;
const PHONE = 860;
const FIRST = 5;
const LONGEST_WAIT = 20_000;
/** @type {Record<string, [number, number]>} */
const ARROWS = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
/** @type {Record<string, Said>} */
const KEYS = { k: "kept", x: "rejected" };

/** @template {keyof HTMLElementTagNameMap} Tag @param {Tag} tag @param {Record<string, unknown>} what @param {(Node | string)[]} children */
function make(tag, what = {}, ...children) {
  const element = Object.assign(document.createElement(tag), what);
  element.append(...children);
  return element;
}

/** @template {Element} [T=HTMLElement] @param {string} selector @param {ParentNode} [within] @returns {T} */
const find = (selector, within = document) => /** @type {T} */ (within.querySelector(selector));

const { body } = document;
const here = body.dataset.here ?? "";
const wall = find("#wall");
const fault = find("#fault");
const tally = new Tally();
/** My own place among them, once I have said anything. @type {number | null} */
let you = body.dataset.you ? Number(body.dataset.you) : null;
let isSorted = Boolean(find('.sort [data-sort="kept"][aria-current]'));
let isKnown = false;

/** @type {Map<number, HTMLElement>} */
const tiles = new Map([...wall.children].map((tile) => [Number(/** @type {HTMLElement} */ (tile).dataset.number), /** @type {HTMLElement} */ (tile)]));

/** What is said of mine before the server has told it to all. @type {Map<number, Said | "">} */
const ahead = new Map();

/** @param {number} number @returns {Said | ""} */
const mine = (number) => ahead.get(number) ?? (you === null ? "" : tally.people.get(you)?.marks[number] ?? "");

/** @param {number} place @param {boolean} [isNo] */
function sign(place, isNo = false) {
  const { text, colour, shape } = signOf(place);
  const element = make("i", { className: "who", textContent: text });
  element.dataset.c = String(colour);
  element.dataset.s = String(shape);
  element.toggleAttribute("data-no", isNo);
  return element;
}

// What is seen

/** @param {HTMLElement} element @param {Count} count */
function showSigns(element, { kept, rejected }) {
  const most = innerWidth > PHONE ? MOST_SIGNS : MOST_SIGNS - 2;
  const first = kept.slice(0, most).map(({ place }) => sign(place));
  const others = rejected.slice(0, most - first.length).map(({ place }) => sign(place, true));
  const more = rejected.length - others.length;
  element.replaceChildren(...first, ...(kept.length ? [make("b", { textContent: String(kept.length) })] : []),
    ...others, ...(more ? [make("b", { textContent: `✕ ${more}` })] : []));
}

/** @param {HTMLElement} button @param {boolean} isOn @param {string} word @param {string} on */
function press(button, isOn, word, on) {
  button.setAttribute("aria-pressed", String(isOn));
  const text = button.classList.contains("keep") ? button.childNodes[1] : find(".word", button);
  if (text) text.textContent = ` ${isOn ? on : word}`;
}

/** @param {HTMLElement} element @param {number} number */
function showMine(element, number) {
  const said = mine(number);
  element.dataset.mine = said;
  press(find(".keep", element), said === "kept", "Keep", "Kept");
  press(find(".reject", element), said === "rejected", "Reject", "Rejected");
}

/** @param {Count} count */
function showTile(count) {
  const tile = tiles.get(count.number);
  if (!tile) return;
  showMine(tile, count.number);
  showSigns(find(".marks", tile), count);
  const words = inWords(count, you);
  find(".said", tile).textContent = words;
  find(".open", tile).title = words;
  const rank = find(".rank", tile);
  rank.hidden = count.rank === null;
  rank.textContent = count.rank === null ? "" : String(count.rank);
  rank.title = `Kept by ${count.kept.length}`;
  tile.classList.toggle("is-first", count.rank === 1 && count.kept.length > 1);
}

function showPeople() {
  const { seen, lookers } = tally;
  const rows = seen.map((person) => {
    const kept = Object.values(person.marks).filter((said) => said === "kept").length;
    const isYou = person.place === you;
    return make("li", {},
      sign(person.place),
      make("span", { className: "n" }, nameOf(person, you), make("small", { textContent: isYou || person.here ? "looking" : "away" })),
      make("span", { className: "c", textContent: `${kept} ♥`, ariaLabel: `keeps ${kept}` }));
  });
  const others = lookers - (you === null ? 1 : 0);
  const looks = others > 0 ? [make("li", { className: "none", textContent: `${others === 1 ? "One more looks" : `${others} more look`} on` })] : [];
  const none = rows.length ? [] : [make("li", { className: "none", textContent: "Nobody yet. Keep or reject a picture, and you are in." })];
  find("#who").replaceChildren(...rows, ...none, ...looks);
}

function showMost() {
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
      make("span", { className: "n" }, find(".caption", tiles.get(number))?.textContent || `Picture ${number + 1}`, bars),
      make("span", { className: "c" }, make("span", { className: "hide", textContent: "kept by " }), `${kept.length} of ${all}`));
    row.addEventListener("click", (event) => {
      event.preventDefault();
      stand(number);
    });
    return make("li", {}, row);
  }));
}

function show() {
  for (const [number, tile] of tiles) tile.hidden = !tally.pictures.includes(number);
  tally.counts.forEach(showTile);
  showPeople();
  showMost();
  const people = tally.seen.length;
  find("#sums").textContent = [`${tally.pictures.length} pictures`, people ? `${people} ${people === 1 ? "person" : "people"}` : "", tally.total ? `${tally.total} kept` : ""].filter(Boolean).join(" · ");
  if (!isKnown && isSorted) sort();
  isKnown = true;
  showSort();
  big.show();
}

// The order: as asked, and never while somebody looks, so that nothing jumps

const orderWanted = () => (isSorted ? tally.ranking.map(({ number }) => number) : [...tally.pictures]);
const order = () => [...wall.children].map((tile) => Number(/** @type {HTMLElement} */ (tile).dataset.number)).filter((number) => tally.pictures.includes(number));

function showSort() {
  for (const link of document.querySelectorAll(".sort a")) {
    const isThis = (/** @type {HTMLElement} */ (link).dataset.sort === "kept") === isSorted;
    if (isThis) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
  const isStale = isSorted && orderWanted().some((number, i) => order()[i] !== number);
  find('.sort [data-sort="kept"]').textContent = isStale ? "Most kept · sort again" : "Most kept";
}

function sort() {
  const active = document.activeElement;
  wall.append(...orderWanted().flatMap((number) => tiles.get(number) ?? []));
  if (active instanceof HTMLElement && wall.contains(active)) active.focus({ preventScroll: true });
  showSort();
}

find(".sort").addEventListener("click", (event) => {
  const link = event.target instanceof Element ? event.target.closest("a") : null;
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  isSorted = link.dataset.sort === "kept";
  history.replaceState(null, "", isSorted ? "?sort=kept" : location.pathname);
  sort();
});

// What is said: shown at once, told one after the other, so that the first makes who I am known

let turn = Promise.resolve();

/** @param {string} address @param {Record<string, string>} fields @returns {Promise<{ you: number, name: string } | null>} */
async function tell(address, fields) {
  const reply = await fetch(`${here}/${address}`, {
    method: "POST", body: new URLSearchParams(fields), headers: { accept: "application/json" }, keepalive: true,
  }).catch(() => null);
  if (reply?.ok) {
    complain("");
    return reply.json();
  }
  if (reply?.status === 410) location.reload();
  const text = (await reply?.text().catch(() => "")) ?? "";
  let words = reply ? text : "The server does not answer. It was not taken.";
  try {
    words = JSON.parse(text).detail;
  } catch { /* it is a sentence */ }
  complain(typeof words === "string" ? words : "It was not taken.");
  return null;
}

/** @param {string} words */
function complain(words) {
  fault.textContent = words;
  fault.hidden = !words;
}

/** @param {number} place */
function known(place) {
  if (you === place) return;
  you = place;
  listen(); // as the one that I am now
}

/** @param {number} number @param {Said} said again takes it back */
function say(number, said) {
  const wanted = mine(number) === said ? "" : said;
  ahead.set(number, wanted);
  showAhead(number);
  find("#live").textContent = `Picture ${number + 1}: ${wanted || "no mark"}`;
  turn = turn.then(async () => {
    const told = await tell("marks", { picture: String(number), mark: wanted });
    if (told) known(told.you);
    else if (ahead.get(number) === wanted) {
      ahead.delete(number);
      showAhead(number);
    }
  });
}

/** @param {number} number */
function showAhead(number) {
  const tile = tiles.get(number);
  if (tile) showMine(tile, number);
  big.show();
}

wall.addEventListener("submit", (event) => {
  const { target, submitter } = /** @type {SubmitEvent} */ (event);
  const tile = target instanceof Element ? target.closest(".tile") : null;
  if (!(tile instanceof HTMLElement)) return;
  event.preventDefault();
  say(Number(tile.dataset.number), submitter?.classList.contains("keep") ? "kept" : "rejected");
});

const field = /** @type {HTMLInputElement} */ (find("#name-text"));
find("#name").addEventListener("submit", (event) => {
  event.preventDefault();
  turn = turn.then(async () => {
    const { value } = field;
    const told = await tell("name", { name: value });
    if (!told) return;
    if (field.value === value) field.value = told.name; // as the others read it
    known(told.you);
  });
});

// The keyboard

/** @param {EventTarget | null} node */
const numberOf = (node) => {
  const tile = node instanceof Element ? node.closest(".tile") : null;
  return tile instanceof HTMLElement ? Number(tile.dataset.number) : null;
};

/** @param {number} number */
function stand(number) {
  const tile = tiles.get(number);
  if (!tile) return;
  find(".open", tile).focus({ preventScroll: true });
  tile.scrollIntoView({ block: "nearest" });
}

/** The tile beside, by where they are seen. @param {number} number @param {[number, number]} arrow */
function beside(number, [right, down]) {
  const shown = order();
  if (right) return shown[shown.indexOf(number) + right];
  /** @param {number} one */
  const box = (one) => /** @type {HTMLElement} */ (tiles.get(one)).getBoundingClientRect();
  const from = box(number);
  const there = shown.map((one) => ({ one, at: box(one) })).filter(({ at }) => down * (at.top - from.top) > 1);
  there.sort((a, b) => down * (a.at.top - b.at.top) || Math.abs(a.at.left - from.left) - Math.abs(b.at.left - from.left));
  return there[0]?.one;
}

document.addEventListener("keydown", (event) => {
  const { target, key } = event;
  if (event.ctrlKey || event.metaKey || event.altKey || target instanceof HTMLInputElement || big.isOpen) return;
  const number = numberOf(target) ?? numberOf(wall.querySelector(".tile:hover"));
  const said = KEYS[key.toLowerCase()];
  if (said && number !== null && !event.repeat) say(number, said);
  else if (key in ARROWS) {
    const next = number === null ? order()[0] : beside(number, ARROWS[key]);
    if (next === undefined) return;
    stand(next);
  } else return;
  event.preventDefault();
});

// One picture, as large as there is room

class Big {
  constructor() {
    this.element = /** @type {HTMLDialogElement} */ (find("#big"));
    /** @type {number | null} */
    this.number = null;
    this.image = make("img", { alt: "" });
    this.count = make("p", { className: "count" });
    this.signs = make("span", { className: "marks", ariaHidden: "true" });
    this.said = make("p", { className: "big-said" });
    /** @param {string} className @param {string} text @param {string} label @param {() => void} act */
    const button = (className, text, label, act) => {
      const element = make("button", { type: "button", className, textContent: text, ariaLabel: label });
      element.addEventListener("click", act);
      return element;
    };
    this.keep = make("button", { type: "button", className: "keep" }, make("span", { textContent: "♥", ariaHidden: "true" }), " Keep");
    this.reject = make("button", { type: "button", className: "reject" }, make("span", { textContent: "✕", ariaHidden: "true" }), make("span", { className: "word", textContent: " Reject" }));
    this.keep.addEventListener("click", () => this.say("kept"));
    this.reject.addEventListener("click", () => this.say("rejected"));
    this.before = button("step", "‹", "The picture before", () => this.go(-1));
    this.next = button("step", "›", "The next picture", () => this.go(1));
    this.acts = make("div", { className: "acts" }, this.before, this.keep, this.reject, this.next);
    this.element.append(
      make("div", { className: "big-head" }, this.count, button("close", "✕", "Close", () => this.element.close())),
      make("div", { className: "big-shown" }, this.image, this.signs), this.said, this.acts);
    this.element.addEventListener("keydown", (event) => this.key(event));
    this.element.addEventListener("click", (event) => event.target === this.element && this.element.close());
    this.element.addEventListener("close", () => {
      if (this.number !== null) stand(this.number);
      this.number = null;
    });
    let x = 0;
    this.image.draggable = false;
    this.element.addEventListener("touchstart", (event) => (x = event.changedTouches[0].clientX), { passive: true });
    this.element.addEventListener("touchend", (event) => {
      const moved = event.changedTouches[0].clientX - x;
      if (Math.abs(moved) > 60) this.go(moved < 0 ? 1 : -1);
    }, { passive: true });
  }

  get isOpen() {
    return this.element.open;
  }

  /** @param {number} number */
  open(number) {
    this.number = number;
    const image = /** @type {HTMLImageElement} */ (find("img", tiles.get(number)));
    Object.assign(this.image, { alt: image.alt, src: `${here}/${number}.png` });
    this.image.width = image.width;
    this.image.style.aspectRatio = `${image.getAttribute("width")} / ${image.getAttribute("height")}`;
    this.show();
    if (!this.isOpen) this.element.showModal();
    this.keep.focus({ preventScroll: true });
  }

  /** @param {number} by */
  go(by) {
    if (this.number === null) return;
    const next = order()[order().indexOf(this.number) + by];
    if (next !== undefined) this.open(next);
  }

  show() {
    const { number } = this;
    if (number === null) return;
    const shown = order();
    const place = shown.indexOf(number);
    const count = tally.counts.find((one) => one.number === number);
    if (!count) {
      this.element.close(); // it was deleted
      return;
    }
    showMine(this.element, number);
    showSigns(this.signs, count);
    this.said.textContent = inWords(count, you) || "Nobody has said anything of it yet.";
    this.count.textContent = [`${place + 1} of ${shown.length}`, find(".caption", tiles.get(number))?.textContent ?? ""].filter(Boolean).join(" · ");
    this.before.disabled = place === 0;
    this.next.disabled = place === shown.length - 1;
  }

  /** @param {Said} said */
  say(said) {
    if (this.number !== null) say(this.number, said);
  }

  /** @param {KeyboardEvent} event */
  key(event) {
    const said = KEYS[event.key.toLowerCase()];
    if (event.ctrlKey || event.metaKey || event.altKey || event.repeat && said) return;
    if (said) this.say(said);
    else if (event.key in ARROWS) this.go(ARROWS[event.key][0] || ARROWS[event.key][1]);
    else return;
    event.preventDefault();
  }
}

const big = new Big();
wall.addEventListener("click", (event) => {
  const open = event.target instanceof Element ? event.target.closest(".open") : null;
  const number = numberOf(open);
  if (number === null || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  big.open(number);
});

// What the others say: one stream, as long as somebody looks

/** @type {EventSource | null} */
let source = null;
let wait = 1000;
/** @type {ReturnType<typeof setTimeout> | undefined} */
let later;

function listen() {
  clearTimeout(later);
  source?.close();
  source = null;
  if (document.hidden) return;
  const stream = new EventSource(`${here}/news`);
  source = stream;
  let isFirst = true;
  stream.onmessage = (message) => {
    const news = /** @type {import("./tally.js").News} */ (JSON.parse(message.data));
    wait = 1000;
    body.classList.add("is-live");
    if (news.over) {
      stream.close();
      location.reload();
      return;
    }
    if (isFirst) tally.people.clear(); // whoever went meanwhile is not told of
    isFirst = false;
    tally.take(news);
    if (you !== null && !tally.people.has(you)) sentAway();
    const me = you === null ? undefined : tally.people.get(you);
    if (me) for (const [number, said] of ahead) if ((me.marks[number] ?? "") === said) ahead.delete(number);
    show();
  };
  stream.onerror = () => {
    body.classList.remove("is-live");
    isFirst = true; // if it comes back by itself, it begins with all
    if (stream.readyState !== EventSource.CLOSED || source !== stream) return;
    later = setTimeout(refused, wait);
    wait = Math.min(wait * 2, LONGEST_WAIT);
  };
}

/** Whoever shared this has taken away what I said, and my name. */
function sentAway() {
  you = null;
  ahead.clear();
  field.value = "";
  complain("Whoever shared this has taken your marks away. Keep or reject a picture, and you are in again.");
}

/** The stream was refused: the page may have ended. */
async function refused() {
  const reply = await fetch(location.href, { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (reply?.status === 410) location.reload();
  else listen();
}

document.addEventListener("visibilitychange", listen);
body.classList.add("has-script");
listen();
