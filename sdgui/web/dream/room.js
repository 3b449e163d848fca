// @ts-check
// The Dream tab: every dream, newest on top.

import { find } from "../shared/dom/dom.js";
import { tellOnce } from "../shared/fetch/once.js";
import { List } from "../shared/gallery/list.js";
import { Row } from "../shared/gallery/row.js";
import { greeting } from "../shared/gallery/welcome.js";
import { current } from "../shared/seam/seam.js";

const WELCOME = {
  title: "Your pictures will form here",
  /** @param {boolean} hasExamples */
  words: (hasExamples) => (hasExamples ? "Say below what you want to see, or begin with one of these:" : "Say below what you want to see, then click Dream."),
};

/** Keys that mean the same in the viewer; those that pin are for Compare, where one sees what they do. */
const KEYS = ["k", "v"];

/** @param {import("../shared/page/page.js").Page} page @param {string} key @param {import("../shared/dreams/dream.js").Picture} picture */
function act(page, key, picture) {
  return KEYS.includes(key.toLowerCase()) && page.viewer.actions.key(key, picture);
}

/** @param {import("../shared/page/page.js").Page} page */
export function enter(page) {
  const list = new List(find("#gallery"), {
    dreams: page.dreams, bin: page.bin, address: "/dreams", tab: "dream", fits: (dream) => !dream.isGathered,
    view: (own, dream) => new Row(own, dream),
    greet: () => greeting({ ...WELCOME, write: (text) => page.bar.write(text) }),
    open: (picture, shelf) => page.viewer.open(picture, shelf),
    reuse: (asked) => page.reuse({ ...asked, sheet: false }),
    act: (key, picture) => act(page, key, picture),
    more: () => page.more,
    actions: (dream) => [...[...page.rooms.values()].flatMap((room) => room.offers?.(dream) ?? []), ...page.moreOfDreams.flatMap((more) => more(dream))],
  });
  page.add("dream", {
    dreaming: {
      list,
      begins: () => ({ text: "Dream", verb: "dreams", isFirst: true }),
      begin: async () => tellOnce("/dreams", { values: await current() }),
    },
  });
}
