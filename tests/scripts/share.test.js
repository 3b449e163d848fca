// @ts-check
// What is said of sharing, and a guest's controls within the limits.

import assert from "node:assert/strict";
import test from "node:test";

import { toldApart } from "../../sdgui/web/shared/dom/told-apart.js";
import { ordinal } from "../../sdgui/web/shared/dreams/words.js";
import { reachOf } from "../../sdgui/web/shared/fetch/reach.js";
import { facts } from "../../sdgui/web/shared/settings/facts.js";
import { shownOf } from "../../sdgui/web/share/more.js";
import { tellRows } from "../../sdgui/web/share/rows.js";
import { asTheyStood, Standing } from "../../sdgui/web/share/standing.js";
import { begunWith, beyond, counting, fitted, mostOf, within } from "../../sdgui/web/share/within.js";
import { broughtOf, countOf, deedsOf, goneOf, hiddenOf, inFull, inOrder, inShort, kindOf, lifeOf, listed, lostOf, madeElsewhere, placeOf, progressOf, reportedOf, square, stepped, toggled, typed, termsInShort, useOf, whoComes, withNow } from "../../sdgui/web/share/words.js";

const NOW = 1_700_000_000;
/** @type {import("../../sdgui/web/share/told.js").Allowed} */
const LIMITS = { waiting: 16, dreams_a_minute: 6, steps: 30, pixels: 512 * 512, pictures: 4, disk: 200e6, upload: 20e6, models: null };
/** @type {import("../../sdgui/web/share/told.js").Guest} */
const GUEST = { id: "a", name: "guest 1", number: 1, pictures: 12, seconds: 95, seen: NOW, state: "dreaming", blocked: false, sent_away: false };
/** @type {import("../../sdgui/web/share/told.js").QueuedDream} */
const QUEUED = { job: "j", person: "a", name: "guest 1", number: 1, mine: false, prompt: "a boat", pictures: 4, state: "waiting", place: 1, beside: 0, wait: 40, step: 0, steps: 25 };

test("places are counted as people count", () => {
  assert.deepEqual([1, 2, 3, 4, 11, 12, 13, 21, 102].map(ordinal), ["1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "102nd"]);
  assert.deepEqual([0, 1, 2].map((place) => placeOf({ ...QUEUED, place })), ["next", "2nd", "3rd"]);
});

test("a link says how long it is there and how long it lives", () => {
  const link = { state: /** @type {const} */ ("on"), sentence: "", address: "", since: NOW - 720, ends: NOW + 71 * 3600 + 48 * 60 };
  assert.equal(lifeOf(link, NOW), "since 12 min · ends in 71 h 48 min");
  assert.equal(lifeOf({ ...link, since: NOW - 5, ends: null }, NOW), "since just now");
});

test("who comes in by the address for guests is said as it is", () => {
  assert.match(whoComes({ asksNames: false, isInvited: false }), /^Whoever opens or scans it is a guest\./);
  assert.match(whoComes({ asksNames: true, isInvited: true }), /has a name and a password, is a guest\./);
  assert.match(whoComes({ asksNames: false, isInvited: true }), /^Only who is invited comes in/);
});

test("what a guest does and used is told", () => {
  assert.equal(deedsOf(GUEST, [], NOW), "12 pictures in 2 min · dreaming");
  assert.equal(deedsOf({ ...GUEST, pictures: 1, seconds: 0, state: "waiting" }, [QUEUED], NOW), "1 picture · waiting,\u00a02nd");
  assert.match(deedsOf({ ...GUEST, blocked: true }, [], NOW), /blocked · was here just now$/);
  assert.match(deedsOf({ ...GUEST, seen: NOW - 7200, state: "away" }, [], NOW), /was here 2 h ago, \d{1,2}:\d\d/);
  assert.match(deedsOf({ ...GUEST, state: "away", signed_out: true }, [], NOW), /signed out · was here just now$/);
  const ways = [null, { note: "", holds: true }, { note: "Ben", holds: true }, { note: "guest 1", holds: true }, { note: "", holds: false }];
  assert.deepEqual(ways.map((invitation) => deedsOf({ ...GUEST, seconds: 0, invitation }, [], NOW).split(" · ").slice(1, -1).join()),
    ["", "by an invitation", "by “Ben”", "", "by an invitation that has ended"]);
});

test("who is here is counted and comes first; who was sent away is not", () => {
  const others = [{ ...GUEST, number: 3 }, { ...GUEST, number: 2, sent_away: true }, { ...GUEST, number: 4, state: /** @type {const} */ ("away") }, GUEST];
  assert.deepEqual(inOrder(others).map(({ number }) => number), [1, 3, 2, 4]);
  assert.deepEqual([countOf(others), countOf([GUEST]), countOf([])], ["2 guests", "1 guest", "nobody now"]);
});

test("nobody takes another place while the panel is open, and who is gone stands apart when it is opened again", () => {
  const standing = new Standing();
  const away = /** @type {const} */ ("away");
  const ids = (/** @type {import("../../sdgui/web/share/told.js").Guest[]} */ people) => people.map(({ id }) => id).join("");
  /** @param {...Partial<import("../../sdgui/web/share/told.js").Guest>} people */
  const placed = (...people) => {
    const { here, gone } = standing.place(people.map((one) => ({ ...GUEST, ...one })));
    return [ids(here), ids(gone)];
  };
  const [a, b, c, d] = [{ id: "a", number: 1 }, { id: "b", number: 2 }, { id: "c", number: 3 }, { id: "d", number: 4 }];
  assert.deepEqual(placed(b, a, { ...c, state: away, seen: 5 }, { ...d, blocked: true, seen: 9 }), ["ab", "dc"]);
  // one is sent away, one comes back, one is new, one goes
  assert.deepEqual(placed({ ...a, sent_away: true }, b, c, { ...d, blocked: true }, { id: "e", number: 9 }), ["abce", "d"]);
  assert.deepEqual(placed({ ...a, state: away }, c, d), ["acd", ""]);
  standing.renew();
  assert.deepEqual(placed({ ...a, state: away }, b, d, c), ["bcd", "a"]);
  assert.equal(goneOf([{ ...GUEST, blocked: true }, GUEST]), "Not here now · 2 · 1 blocked");
});

test("what is reported while the panel is open stands behind what was there", () => {
  assert.deepEqual(asTheyStood(["new", "b", "newer", "a"], ["a", "gone", "b"], (one) => one), ["a", "b", "new", "newer"]);
});

test("of a long list the first rows are shown, and none of them goes because another comes", () => {
  assert.deepEqual([shownOf(3, 0, 12), shownOf(15, 12, 12), shownOf(16, 0, 12), shownOf(16, 15, 12), shownOf(60, Infinity, 12)], [3, 15, 12, 15, 60]);
});

test("while a button of a row is aimed at, rows are told anew, and none comes or goes", () => {
  /** @type {any[]} */
  const children = [];
  const list = /** @type {any} */ ({ children, insertBefore: (/** @type {any} */ row, /** @type {any} */ before) => children.splice(before ? children.indexOf(before) : children.length, 0, row) });
  const known = new Map();
  const how = { key: (/** @type {string} */ one) => one[0], home: list, make: (/** @type {string} */ name) => {
    const element = /** @type {any} */ ({ name, contains: () => false, remove: () => children.splice(children.indexOf(element), 1) });
    return { element, tell: (/** @type {string} */ now) => (element.name = now) };
  } };
  const names = () => children.map(({ name }) => name).join(" ");
  tellRows(list, known, ["a", "b"], how);
  tellRows(list, known, ["c", "b2"], { ...how, isHeld: true });
  assert.equal(names(), "a b2");
  tellRows(list, known, ["c", "b2"], how);
  assert.equal(names(), "c b2");
});

test("who can open an address is said in the same words everywhere", () => {
  assert.equal(reachOf("anywhere"), "");
  assert.equal(reachOf("network"), "Only who is in your network can open this address.");
  assert.equal(reachOf("machine", { areSeveral: true }), "Nobody else can open these: they lead to this machine alone.");
});

test("a dream in the queue says its step or its wait", () => {
  assert.equal(progressOf(QUEUED), "about 40 s");
  assert.equal(progressOf({ ...QUEUED, wait: null }), "waits · 4 pictures");
  assert.equal(progressOf({ ...QUEUED, beside: 2 }), "about 40 s · with 2 others");
  assert.equal(progressOf({ ...QUEUED, state: "dreaming", place: 0, step: 14, wait: 9 }), "step 14 of 25 · 9 s left");
});

test("what was reported, hidden and made room is told in one sentence", () => {
  assert.equal(reportedOf({ name: "guest 1", count: 3, last: NOW - 120 }, NOW), "guest 1 · 3 times · 2 min ago · ");
  assert.equal(reportedOf({ name: "owner", count: 1, last: NOW }, NOW), "yours · once · just now · ");
  assert.equal(hiddenOf(0), "");
  assert.match(hiddenOf(1), /has hidden or deleted one of your pictures\.$/);
  assert.match(lostOf(2), /^Your 2 oldest pictures that you did not keep made room/);
});

test("an invitation says who came with it and how long it holds", () => {
  const one = { id: "i", note: "", made: NOW, ends: NOW + 7200, came: [], query: "" };
  assert.equal(useOf(one, NOW), "not used yet · ends in 2 h");
  assert.equal(useOf({ ...one, ends: null, came: ["guest 1", "guest 2"] }, NOW), "guest 1 and guest 2 came with it");
  assert.equal(useOf({ ...one, ends: null, note: "Ann", came: ["Ann"] }, NOW), "one guest came with it");
  assert.equal(useOf({ ...one, ends: null, note: "Ann", came: ["Ann (guest 3)", "ben"] }, NOW), "guest 3 and ben came with it");
  assert.equal(useOf(one, NOW + 7200), "not used yet · has ended");
  assert.equal(listed(["a", "b", "c", "d", "e"]), "a, b and 3 more");
});

test("numbers go up and down within their range, and out of no limit", () => {
  assert.deepEqual([stepped(30, 1, 1, 50), stepped(50, 1, 1, 50), stepped(1, -1, 1, 50), stepped(null, -1, 1, 50), stepped(null, 1, 1, 50)], [31, 50, 1, 50, null]);
  assert.deepEqual(["30", " 7 ", "", "0", "51", "2.5", "x"].map((text) => typed(text, 1, 50)), [30, 7, null, undefined, undefined, undefined, undefined]);
});

test("what holds is among the choices", () => {
  assert.deepEqual(withNow([1, 3], 2), [1, 2, 3]);
  assert.deepEqual(withNow([1, 3], null), [1, 3]);
  assert.deepEqual([square(512 * 512), square(700_001)], ["512 × 512", "0.7 million"]);
});

test("all models turned on are no limit", () => {
  const models = [{ model: "a", allowed: true }, { model: "b", allowed: false }];
  assert.equal(toggled(models, "b"), null);
  assert.deepEqual(toggled(models, "a"), []);
  assert.deepEqual(toggled([{ model: "a", allowed: true }, { model: "b", allowed: true }], "b"), ["a"]);
});

test("a guest is told the limits, and no limit that is none", () => {
  assert.equal(inShort(LIMITS), "up to 4 pictures of 30 steps");
  assert.equal(inShort({ ...LIMITS, steps: null }), "up to 4 pictures");
  const told = inFull({ ...LIMITS, disk: null, upload: null, models: ["x"] }, () => "SD 1.5").join("\n");
  assert.match(told, /512 × 512/);
  assert.match(told, /6 dreams a minute/);
  assert.match(told, /with SD 1\.5/);
  assert.doesNotMatch(told, /MB/);
});

test("the owner is told in one line what guests may do", () => {
  const limits = { ...LIMITS, waiting_all: null, owner_first: false, invited_only: false };
  assert.equal(termsInShort(limits, 0), "up to 4 pictures of 30 steps · 512 × 512 · 6 dreams a minute");
  assert.equal(termsInShort({ ...limits, pixels: null, dreams_a_minute: 1, models: ["x"], invited_only: true }, 2), "only who is invited · up to 4 pictures of 30 steps · 1 dream a minute · 1 model · 2 words barred");
});

test("of eight guests each has a colour of their own, of 32 a colour and a shape", () => {
  const signs = Array.from({ length: 32 }, (_, i) => toldApart(i + 1));
  assert.equal(new Set(signs.slice(0, 8).map(({ colour }) => colour)).size, 8);
  assert.equal(new Set(signs.map(({ colour, shape }) => `${colour} ${shape}`)).size, 32);
});

test("sizes are cut to the pixels, in the model's steps and in their shape", () => {
  const lengths = { step: 64, minimum: 64, maximum: 2048 };
  assert.deepEqual(fitted([512, 512], 512 * 512, lengths), [512, 512]);
  assert.deepEqual(fitted([1024, 1024], 512 * 512, lengths), [512, 512]);
  const [width, height] = fitted([1216, 832], 512 * 512, lengths);
  assert.ok(width * height <= 512 * 512 && width > height && width % 64 === 0 && height % 64 === 0);
});

test("a model is known within the limits, and itself is as it was", () => {
  const model = facts.models[facts.model];
  const before = JSON.stringify(model);
  const known = within(model, { ...LIMITS, pixels: 48 * 48, steps: 1 });
  for (const [width, height] of Object.values(known.sizes)) assert.ok(width * height <= Math.max(48 * 48, model.lengths.minimum ** 2));
  assert.equal(known.defaults.steps, 1);
  assert.equal(JSON.stringify(model), before);
});

test("sliders end at the limit, and what nobody chose is within it", () => {
  const most = mostOf(LIMITS, facts.settings);
  assert.equal(most.count, 4);
  assert.equal(most.steps, 30);
  assert.deepEqual(mostOf({ ...LIMITS, pictures: null, steps: null }, facts.settings), {});
  const first = { wall_count: 16, vary_count: 8, draft_steps: 8, count: 3 };
  const now = begunWith(first, {}, most, facts.settings);
  assert.deepEqual(now, { wall_count: 4, vary_count: 4, draft_steps: 8 });
  assert.deepEqual(begunWith({ ...first, ...now }, most, {}, facts.settings), { wall_count: 16, vary_count: 8, draft_steps: 8 });
});

test("what was asked beyond a limit is named with its bound and with what may be, and counts where it would be dreamt", () => {
  const model = within(facts.models[facts.model], LIMITS);
  const most = mostOf(LIMITS, facts.settings);
  const values = { count: 8, steps: 80, wall_count: 4, aspect: "W×H", width: 1024, height: 512, model: "large" };
  const all = beyond(values, { ...LIMITS, models: ["demo"] }, most, model, (name) => name.toUpperCase());
  assert.deepEqual(all.map(({ name, words, text, use }) => [name, words, text, use]), [
    ["count", "Guests: up to 4 pictures.", "Use 4", { count: 4 }],
    ["steps", "Guests: up to 30 steps.", "Use 30", { steps: 30 }],
    ["width", "Guests: up to 512 × 512 pixels, or as many in another shape.", "Use 720 × 360", { width: 720, height: 360 }],
    ["model", "Guests may not dream with this model.", "Use DEMO", { model: "demo" }],
  ]);
  assert.deepEqual(beyond({ ...values, ...Object.assign({}, ...all.map(({ use }) => use)) }, { ...LIMITS, models: ["demo"] }, most, model, String), []);
  /** @param {import("../../sdgui/web/shared/dreams/told.js").Values} more @param {string} tab */
  const named = (more, tab) => counting(all, { ...values, ...more }, tab).map(({ name }) => name);
  assert.deepEqual(named({}, "dream"), ["count", "steps", "width", "model"]);
  assert.deepEqual(named({ mode: "wall", draft: true }, "compare"), ["width", "model"]);
  assert.deepEqual(named({ mode: "grid", x_axis: "Seed", y_axis: "Nothing" }, "compare"), ["steps", "width", "model"]);
  assert.deepEqual(named({ mode: "grid", x_axis: "Steps", y_axis: "Nothing" }, "compare"), ["width", "model"]);
  assert.deepEqual(named({}, "history"), []);
});

test("what other browsers made is said of one picture and of many, and what bringing it does", () => {
  assert.equal(madeElsewhere(1), "1 picture was made in other browsers of this machine.");
  assert.equal(madeElsewhere(12_800), "12,800 pictures were made in other browsers of this machine.");
  assert.match(broughtOf(1, 1), /^1 picture brought\. Both /);
  assert.match(broughtOf(5, 3), /^5 pictures brought\. All of these /);
  assert.deepEqual([kindOf("browser"), kindOf("program")], ["A browser", "A program without a browser"]);
});
