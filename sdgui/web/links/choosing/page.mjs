// @ts-check
// The page on which people choose together: keys, the bigger view, and everybody's marks as they come.

import { Big } from "./big.mjs";
import { ARROWS, KEYS } from "./keys.mjs";
import { find, showMost, showPeople, showSaid, showSigns } from "./seen.mjs";
import { inWords, Tally } from "./tally.js";
import { Telling } from "./telling.mjs";

/**
 * @typedef {import("./tally.js").Said} Said
 * @typedef {import("./tally.js").Count} Count
 */

const LONGEST_WAIT = 20_000;

const { body } = document;
const here = body.dataset.here ?? "";
const wall = find("#wall");
const telling = new Telling(here, find("#fault"));
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

// What is seen

/** @param {Count} count @param {number} room pixels of a picture's width */
function showTile(count, room) {
  const tile = tiles.get(count.number);
  if (!tile) return;
  showSaid(tile, mine(count.number));
  showSigns(find(".marks", tile), count, room);
  const words = inWords(count, you);
  find(".said", tile).textContent = words;
  find(".open", tile).title = words;
  const rank = find(".rank", tile);
  rank.hidden = count.rank === null;
  rank.textContent = count.rank === null ? "" : String(count.rank);
  rank.title = `Kept by ${count.kept.length}`;
  tile.classList.toggle("is-first", count.rank === 1 && count.kept.length > 1);
}

/** @param {number} number */
const captionOf = (number) => tiles.get(number)?.querySelector(".caption")?.textContent ?? "";

function show() {
  for (const [number, tile] of tiles) tile.hidden = !tally.pictures.includes(number);
  const room = tiles.get(tally.pictures[0])?.clientWidth ?? 0; // before anything is written
  for (const count of tally.counts) showTile(count, room);
  showPeople(tally, you);
  showMost(tally, { here, captionOf, stand });
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
  telling.then(async () => {
    const told = await telling.tell("marks", { picture: String(number), mark: wanted });
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
  if (tile) showSaid(tile, mine(number));
  big.show();
}

wall.addEventListener("submit", (event) => {
  const { target, submitter } = /** @type {SubmitEvent} */ (event);
  const tile = target instanceof Element ? target.closest(".tile") : null;
  if (!(tile instanceof HTMLElement)) return;
  event.preventDefault();
  say(Number(tile.dataset.number), submitter?.classList.contains("keep") ? "kept" : "rejected");
});

find("#crew-name").addEventListener("click", (event) => {
  event.preventDefault();
  find("#people").scrollIntoView();
  field.focus({ preventScroll: true });
});
const field = /** @type {HTMLInputElement} */ (find("#name-text"));
find("#name").addEventListener("submit", (event) => {
  event.preventDefault();
  telling.then(async () => {
    const { value } = field;
    const told = await telling.tell("name", { name: value });
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

const big = new Big(here, {
  order, mine, say, stand, captionOf,
  tile: (number) => tiles.get(number),
  count: (number) => tally.counts.find((one) => one.number === number),
  you: () => you,
});
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
    telling.heard(!body.classList.contains("is-live"));
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
  telling.complain("Whoever shared this has taken your marks away. Keep or reject a picture, and you are in again.");
}

/** The stream was refused: the page may have ended. */
async function refused() {
  const reply = await fetch(location.href, { method: "HEAD", cache: "no-store" }).catch(() => null);
  if (reply?.status === 410) location.reload();
  else listen();
}

document.addEventListener("visibilitychange", listen);
addEventListener("online", () => telling.wake());
body.classList.add("has-script");
listen();
