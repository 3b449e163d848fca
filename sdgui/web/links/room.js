// @ts-check
// Links: Share wherever pictures are, and settings that come with the address. It has no tab.

import { button } from "../shared/dom/dom.js";
import { grey } from "../shared/dom/grey.js";
import { pictures } from "../shared/dreams/words.js";
import { Choosing } from "./choosing/choosing.js";
import { takeAsked } from "./asked.js";
import { ShareDialog } from "./dialog.js";

/**
 * @typedef {import("../shared/page/page.js").Page} Page
 * @typedef {import("../shared/dreams/dream.js").Dream} Dream
 * @typedef {import("../shared/dreams/dream.js").Picture} Picture
 */

/** @param {Page} page */
export async function enter(page) {
  const choosing = new Choosing(page);
  const dialog = new ShareDialog(page, () => choosing.look());
  page.more.push({
    name: "share", sign: "↗", word: "Share", label: "Share: make a page of it to send",
    do: (picture) => picture.id && dialog.open({ kind: "picture", pictures: [picture.id], what: "this picture" }),
  });
  page.share = (ids) => shareMany(dialog, ids);
  page.moreOfDreams.push((dream) => [{ className: "row-share", text: "Share", act: () => shareDream(page, dialog, dream) }]);
  page.moreOfDreams.push((dream) => (dream.sheet ? [{ className: "row-choosing", text: "", act: () => choosing.open(dream), made: (one) => choosing.follow(dream, one) }] : []));
  const all = button("Links that you share…", "quiet-button links-all", () => {
    page.choices.element.close();
    dialog.open(null);
  });
  page.choices.add(all);
  sharePair(page, dialog);
  await takeAsked(page);
}

/** One picture, two as a pair, more as a wall. @param {ShareDialog} dialog @param {string[]} ids */
function shareMany(dialog, ids) {
  if (ids.length === 1) dialog.open({ kind: "picture", pictures: ids, what: "this picture" });
  else if (ids.length === 2) dialog.open({ kind: "pair", pictures: ids, what: "this pair" });
  else dialog.open({ kind: "wall", pictures: ids, what: `these ${pictures(ids.length)}` });
}

/** @param {Page} page @param {ShareDialog} dialog @param {Dream} dream */
function shareDream(page, dialog, dream) {
  const done = dream.done.filter(({ id }) => id !== null).sort((a, b) => a.index - b.index);
  const ids = done.map(({ id }) => String(id));
  if (!ids.length) page.toasts.show("No picture is finished yet.");
  else if (ids.length === 1) dialog.open({ kind: "picture", pictures: ids, what: "this picture" });
  else {
    const kind = dream.sheet ? "wall" : "dream";
    const across = dream.sheet?.x && ids.length === dream.pictures.size ? dream.sheet.x.labels.length : null;
    dialog.open({ kind, pictures: ids, across, what: `${kind === "wall" ? "this sheet" : "this dream"}, ${pictures(ids.length)}` });
  }
}

/** A button beside what can be done with A and B. @param {Page} page @param {ShareDialog} dialog */
function sharePair(page, dialog) {
  const share = button("Share", "pair-action", () => {
    const { a, b } = page.pinned;
    if (a && b) dialog.open({ kind: "pair", pictures: [a, b], what: "this pair" });
  }, { id: "pair-share", title: "Make a page of the two to send" });
  const show = () => {
    const { a, b } = page.pinned;
    grey(share, !a || !b ? "Pin two pictures as A and B to share them" : a === b ? "A and B are the same picture" : "");
  };
  document.querySelector("#pair .pair-actions")?.append(share);
  document.querySelector("#pair")?.addEventListener("pinned", show);
  show();
}
