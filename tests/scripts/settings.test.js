// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { Settings } from "../../sdgui/web/shared/settings/settings.js";

function some() {
  const settings = new Settings();
  settings.add({ steps: 25, model: "demo", seed: "" });
  return settings;
}

test("who follows a setting is told now, and when it is another", () => {
  const settings = some();
  let told = 0;
  settings.follow(["steps"], () => (told += 1));
  settings.set({ steps: 25 });
  settings.set({ model: "other" });
  settings.set({ steps: 10 });
  assert.equal(told, 2);
});

test("what goes with a choice follows only where a person chose another value", () => {
  const settings = some();
  let told = 0;
  settings.onChosen("model", () => (told += 1));
  settings.set({ model: "demo" }, { byPerson: true }); // the list was left without a choice
  settings.set({ model: "other" });
  assert.equal(told, 0);
  settings.set({ model: "demo" }, { byPerson: true });
  assert.equal(told, 1);
});

test("names that are not known are not taken over", () => {
  const settings = some();
  settings.set(/** @type {any} */ ({ colour: "red" }));
  assert.deepEqual(Object.keys(settings.values), ["steps", "model", "seed"]);
});

test("an empty number is none, and zero is one", () => {
  const settings = new Settings();
  settings.add({ width: null, height: 0, steps: "12" });
  assert.deepEqual([settings.number("width"), settings.number("height"), settings.number("steps")], [null, 0, 12]);
});
