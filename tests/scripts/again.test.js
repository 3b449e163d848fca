// @ts-check

import assert from "node:assert/strict";
import { mock, test } from "node:test";

import { again, listen, retryAll, retryNow, settled } from "../../sdgui/web/shared/fetch/again.js";

mock.timers.enable();

test("what failed is tried again by itself, later and later", () => {
  const owner = {};
  let tries = 0;
  const fail = () => {
    tries += 1;
    again(owner, fail);
  };
  again(owner, fail);
  mock.timers.tick(2000);
  assert.equal(tries, 1);
  mock.timers.tick(2000);
  assert.equal(tries, 1);
  mock.timers.tick(2000);
  assert.equal(tries, 2);
  settled(owner);
  mock.timers.tick(600_000);
  assert.equal(tries, 2);
});

test("somebody who looks has it tried at once", () => {
  const page = Object.assign(new EventTarget(), { hidden: false });
  const browser = new EventTarget();
  listen(browser, page);
  let tries = 0;
  for (const event of [() => browser.dispatchEvent(new Event("online")), () => page.dispatchEvent(new Event("visibilitychange")), retryAll]) {
    again({}, () => (tries += 1));
    event();
  }
  assert.equal(tries, 3);
});

test("after two minutes only somebody who looks has it tried", () => {
  const owner = {};
  let tries = 0;
  const fail = () => {
    tries += 1;
    again(owner, fail);
  };
  again(owner, fail);
  for (let minute = 0; minute < 10; minute += 1) mock.timers.tick(60_000);
  const byItself = tries;
  mock.timers.tick(3_600_000);
  assert.equal(tries, byItself);
  retryNow(owner);
  assert.equal(tries, byItself + 1);
  mock.timers.tick(2000); // and from here on later and later again
  assert.equal(tries, byItself + 2);
  settled(owner);
});

test("nothing is tried while nobody can see it", () => {
  const page = Object.assign(new EventTarget(), { hidden: true });
  listen(new EventTarget(), page);
  let tries = 0;
  again({}, () => (tries += 1));
  mock.timers.tick(600_000);
  assert.equal(tries, 0);
  page.hidden = false;
  page.dispatchEvent(new Event("visibilitychange"));
  assert.equal(tries, 1);
});
