// @ts-check
// What is said of guests: places, waits, limits, people.

import { ago, duration, left, ordinal, pictures, size, withOthers } from "../shared/dreams/words.js";

/**
 * @typedef {import("./told.js").Allowed} Allowed
 * @typedef {import("./told.js").Guest} Guest
 * @typedef {import("./told.js").Invitation} Invitation
 * @typedef {import("./told.js").QueuedDream} QueuedDream
 * @typedef {import("./told.js").LinkState} LinkState
 */

/** "71 h 48 min", "2 h", "40 s": of what goes on for long. @param {number} seconds */
export const span = (seconds) => duration(Math.max(0, seconds));

/** What follows the state of a link that answers. @param {LinkState} link @param {number} now seconds since the epoch */
export function lifeOf({ since, ends }, now) {
  const began = since === null ? "" : now - since < 60 ? "since just now" : `since ${span(now - since)}`;
  const rest = ends === null ? "" : `ends in ${span(ends - now)}`;
  return [began, rest].filter(Boolean).join(" · ");
}

/** Who comes in by the address for guests. @param {{ asksNames: boolean, isInvited: boolean }} terms */
export function whoComes({ asksNames, isInvited }) {
  const theirs = "They see their own pictures, never yours.";
  if (asksNames) return `Whoever opens or scans it, and has a name and a password, is a guest. ${theirs}`;
  if (isInvited) return "Only who is invited comes in: each invitation has a link of its own.";
  return `Whoever opens or scans it is a guest. ${theirs}`;
}

/** What somebody made and does. @param {Guest} guest @param {QueuedDream[]} queue @param {number} now seconds since the epoch */
export function deedsOf(guest, queue, now) {
  const used = `${pictures(guest.pictures)}${guest.seconds >= 1 ? ` in ${duration(guest.seconds)}` : ""}`;
  return [used, wayOf(guest), stateOf(guest, queue, now)].filter(Boolean).join(" · ");
}

/** By which invitation somebody came, where their name does not tell it already. @param {Guest} guest */
function wayOf({ name, invitation }) {
  if (!invitation) return "";
  if (!invitation.holds) return "by an invitation that has ended";
  if (!invitation.note) return "by an invitation";
  return name.startsWith(invitation.note) ? "" : `by “${invitation.note}”`;
}

/** When somebody was here, to the minute where that is long ago. @param {number} seen @param {number} now */
function lastHere(seen, now) {
  const time = now - seen < 3600 ? "" : `, ${new Date(seen * 1000).toLocaleTimeString(undefined, { timeStyle: "short" })}`;
  return `was here ${ago(seen, now)}${time}`;
}

/** @param {Guest} guest @param {QueuedDream[]} queue @param {number} now */
function stateOf({ id, state, seen, blocked, sent_away: isSentAway, signed_out: hasLeft }, queue, now) {
  if (blocked) return `blocked · ${lastHere(seen, now)}`;
  if (isSentAway) return `sent away for an hour · ${lastHere(seen, now)}`;
  if (state === "away") return `${hasLeft ? "signed out · " : ""}${lastHere(seen, now)}`;
  const next = queue.find((one) => one.person === id && one.state === "waiting");
  return state === "waiting" && next ? `waiting,\u00a0${placeOf(next)}` : state;
}

/** Its place in the queue: what is made now is the first. @param {QueuedDream} one */
export const placeOf = ({ place }) => (place > 0 ? ordinal(place + 1) : "next");

/** Who stands at one place with it: they are made together. @param {QueuedDream} one */
const besides = ({ beside }) => (beside ? ` · ${withOthers(beside)}` : "");

/** What a dream of the queue does, or how long it waits. @param {QueuedDream} one */
export function progressOf(one) {
  const { state, step, steps, wait, pictures: count } = one;
  if (state === "waiting") return `${wait === null ? `waits · ${pictures(count)}` : `about ${duration(wait)}`}${besides(one)}`;
  const rest = wait === null ? "" : ` · ${left(wait)}`;
  return step ? `step ${step} of ${steps}${rest}` : `begins${rest}`;
}

/** Of what is made now, how much there is: 0 to 1. @param {QueuedDream} one */
export const partOf = ({ step, steps }) => (steps > 0 ? Math.min(1, step / steps) : 0);

/** Who came with an invitation, and how long it holds. @param {Invitation} one @param {number} now seconds since the epoch */
export function useOf({ came, ends, note }, now) {
  // Its row has the note as its title: what is called by it needs that no second time.
  const names = came.map((name) => (name === note ? "one guest" : name.startsWith(`${note} (`) ? name.slice(note.length + 2, -1) : name));
  const who = came.length ? `${listed(names)} came with it` : "not used yet";
  if (ends === null) return who;
  return `${who} · ${ends > now ? `ends in ${span(ends - now)}` : "has ended"}`;
}

/** "a", "a and b", "a, b and 3 more". @param {string[]} names */
export function listed(names) {
  if (names.length < 3) return names.join(" and ");
  return names.length === 3 ? `${names[0]}, ${names[1]} and ${names[2]}` : `${names[0]}, ${names[1]} and ${names.length - 2} more`;
}

/** How many guests there are now. @param {Guest[]} people */
export const present = (people) => people.filter((one) => !isGone(one)).length;

/** Who is here first, each in the order in which they came. @param {Guest[]} people */
export const inOrder = (people) => [...people].sort((a, b) => Number(isGone(a)) - Number(isGone(b)) || a.number - b.number);

/** How many are gone, and of them blocked. @param {Guest[]} people */
export function goneOf(people) {
  const blocked = people.filter((one) => one.blocked).length;
  return [`Not here now · ${people.length}`, ...(blocked ? [`${blocked} blocked`] : [])].join(" · ");
}

/** @param {Guest} guest */
export const isGone = ({ state, blocked, sent_away: isSentAway }) => state === "away" || blocked || isSentAway;

/** "2 guests", "nobody now". @param {Guest[]} people */
export function countOf(people) {
  const count = present(people);
  return count ? `${count} ${count === 1 ? "guest" : "guests"}` : "nobody now";
}

/** The side of a square of so many pixels, as it is said: "512 × 512"; what is none in its size. @param {number} pixels */
export function square(pixels) {
  const side = Math.round(Math.sqrt(pixels));
  return side * side === pixels ? `${side} × ${side}` : `${(pixels / 1e6).toLocaleString("en", { maximumFractionDigits: 1 })} million`;
}

/** The choices of a limit, with the one that holds among them. @param {number[]} all @param {number | null} now */
export const withNow = (all, now) => (now === null || all.includes(now) ? all : [...all, now].sort((a, b) => a - b));

/** One step up or down: of no limit, down from `high`. @param {number | null} value @param {1 | -1} step @param {number} low @param {number} high */
export function stepped(value, step, low, high) {
  if (value === null) return step < 0 ? high : null;
  return Math.min(high, Math.max(low, value + step));
}

/** A number as it is typed; null for none; undefined where it is no number that may be. @param {string} text @param {number} low @param {number} high */
export function typed(text, low, high) {
  const written = text.trim();
  if (written === "") return null;
  const value = Number(written);
  return /^\d+$/.test(written) && value >= low && value <= high ? value : undefined;
}

/** The models that guests may use where one of them is turned on or off: null where all may be. @param {{ model: string, allowed: boolean }[]} models @param {string} turned */
export function toggled(models, turned) {
  const left_ = models.filter(({ model, allowed }) => (model === turned ? !allowed : allowed)).map(({ model }) => model);
  return left_.length === models.length ? null : left_;
}

/** What guests may do, for the owner in one line. @param {import("./told.js").Limits} limits @param {number} words how many their prompts may not say */
export function termsInShort(limits, words) {
  const { models, pixels, dreams_a_minute: often, invited_only: isInvited } = limits;
  return [
    isInvited ? "only who is invited" : "",
    inShort(limits),
    pixels === null ? "" : square(pixels),
    often === null ? "" : `${often} ${often === 1 ? "dream" : "dreams"} a minute`,
    models === null ? "" : `${models.length} ${models.length === 1 ? "model" : "models"}`,
    words ? `${words} ${words === 1 ? "word" : "words"} barred` : "",
  ].filter(Boolean).join(" · ");
}

/** What a guest is told in one line. @param {Allowed} limits */
export function inShort({ pictures: count, steps }) {
  const parts = [...(count === null ? [] : [pictures(count)]), ...(steps === null ? [] : [`${steps} steps`])];
  return parts.length ? `up to ${parts.join(" of ")}` : "without limits of their own";
}

/** Of whom a reported picture is, how often it was reported and when. @param {{ name: string, count: number, last: number }} report @param {number} now seconds since the epoch */
export const reportedOf = ({ name, count, last }, now) =>
  `${name === "owner" ? "yours" : name} · ${count === 1 ? "once" : `${count.toLocaleString("en")} times`} · ${ago(last, now)} · `;

/** What a guest is told of pictures that made room for others. @param {number} count */
export const lostOf = (count) =>
  `Your ${count === 1 ? "oldest picture that you did not keep" : `${count} oldest pictures that you did not keep`} made room for new ones; kept ones stay`;

/** What a guest is told of what the owner hid or deleted; "" for nothing. @param {number} count */
export const hiddenOf = (count) =>
  (count ? `The owner of this machine has hidden or deleted ${count === 1 ? "one of your pictures" : `${count} of your pictures`}.` : "");

/** All limits, one a line. @param {Allowed} limits @param {(model: string) => string} titleOf */
export function inFull(limits, titleOf) {
  /** @type {[number | string[] | null, string][]} */
  const all = [
    [limits.pictures, `up to ${pictures(Number(limits.pictures))} in a dream or a sheet`],
    [limits.steps, `up to ${limits.steps} steps`],
    [limits.pixels, `pictures of ${square(Number(limits.pixels))} pixels, or as many in another shape`],
    [limits.dreams_a_minute, `${limits.dreams_a_minute} ${limits.dreams_a_minute === 1 ? "dream" : "dreams"} a minute`],
    [limits.waiting, `${pictures(limits.waiting)} waiting at a time`],
    [limits.disk, `${size(Number(limits.disk))} of pictures; then the oldest go that you did not keep`],
    [limits.upload, `files of up to ${size(Number(limits.upload))} that say what they were made with`],
    [limits.models, `with ${listed((limits.models ?? []).map(titleOf))}`],
  ];
  return all.filter(([limit]) => limit !== null).map(([, text]) => text);
}

/** @param {number} count */
export const madeElsewhere = (count) => `${pictures(count)} ${count === 1 ? "was" : "were"} made in other browsers of this machine.`;

/** @param {number} count @param {number} browsers from how many */
export const broughtOf = (count, browsers) => `${pictures(count)} brought. ${browsers > 1 ? "All of these" : "Both"} browsers show all of it now.`;

/** What made pictures elsewhere. @param {import("./told.js").OtherBrowser["kind"]} kind */
export const kindOf = (kind) => ({ browser: "A browser", program: "A program without a browser", link: "Browsers that came by the owner’s link" })[kind];
