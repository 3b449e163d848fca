// @ts-check
// The Compare tab: walls of seeds, variations and grids, A and B, and what is kept.

import { find, make } from "../shared/dom/dom.js";
import { inFrame } from "../shared/dom/frame.js";
import { tell } from "../shared/fetch/ask.js";
import { tellOnce } from "../shared/fetch/once.js";
import { current } from "../shared/seam/seam.js";
import { facts } from "../shared/settings/facts.js";
import { settings } from "../shared/settings/settings.js";
import { Actions } from "./actions.js";
import { watchDraft } from "./draft.js";
import { Exports } from "./export/export.js";
import { markAxes } from "./from-axis.js";
import { Marks } from "./kept/marks.js";
import { Tray } from "./kept/tray.js";
import { Pair } from "./pair/pair.js";
import { Confirm, Planning, hintAxes } from "./plan.js";
import { Selection } from "./sheet/selection.js";
import { Sheet } from "./sheet/sheet.js";
import { Sheets } from "./sheet/sheets.js";
import { TileTools } from "./sheet/tile-tools.js";
import { VaryBase } from "./vary-base.js";
import { greet, mode } from "./welcome.js";

/**
 * @typedef {import("../shared/page/page.js").Page} Page
 * @typedef {import("../shared/dreams/told.js").Mode} Mode
 */

/** @type {Record<Mode, import("../shared/page/prompt-bar.js").Begins>} */
const BEGINS = {
  wall: { text: "Dream wall", verb: "dreams the wall", seed: "Seeds from" },
  variations: { text: "Dream row", verb: "dreams the row", ownPrompt: true },
  grid: { text: "Dream grid", verb: "dreams the grid" },
};

/** How many are there to be seen, or will be. @param {import("../shared/dreams/dream.js").Dream} dream */
const openIn = ({ isActive, pictures, done }) => ["Open in Compare", ...(isActive || done.length ? [`(${isActive ? pictures.size : done.length})`] : [])].join(" ");

/** @param {Page} page */
export async function enter(page) {
  const { dreams, toasts } = page;
  find("#pair").addEventListener("pinned", (event) => (page.pinned = /** @type {CustomEvent} */ (event).detail));
  const pair = new Pair(find("#pair"), page);
  find("#prompt-bar").prepend(make("div", { className: "compare-line" }, pair.strip.element, pair.strip.clear));
  const marks = new Marks(page);
  const exports = new Exports(toasts);

  /** With a keyboard at hand, the next keys go to the new row. @param {import("../shared/dreams/dream.js").Picture} picture */
  const vary = async (picture) => {
    const told = await page.told(tell("/sheets/vary", { values: await current(), picture: picture.id }));
    page.outcome(told, sheets, { follows: matchMedia("(hover: hover)").matches });
  };
  /** @param {string[]} pictures */
  const refine = async (pictures) => page.outcome(await page.told(tell("/sheets/refine", { values: await current(), pictures })), sheets);

  const actions = new Actions({ marks, pair, page, vary });
  page.viewer.actions = actions;
  const bar = make("div", { className: "tile-bar", hidden: true });
  const sheets = new Sheets(find("#compare"), {
    dreams, bin: page.bin, address: "/sheets", tab: "compare", fits: (dream) => dream.sheet !== null,
    view: (list, dream) => new Sheet(list, dream),
    greet: () => greet((text) => page.bar.write(text)),
    open: (picture, shelf) => page.viewer.open(picture, shelf),
    reuse: (asked) => page.reuse(asked),
    actions: (dream) => page.moreOfDreams.flatMap((more) => more(dream)),
  }, {
    menu: page.menu,
    exports,
    select: (list) => new Selection(list, { actions, tools: new TileTools(actions, bar), pair }),
  });
  find("#compare").append(bar);
  const tray = new Tray(find("#tray"), { dreams, marks, page, pair, exports, refine });
  find("#settings-button").after(tray.chip);
  const base = new VaryBase({ selection: sheets.selection, pair, tray, dreams });
  page.forgetting.push((id) => {
    pair.forget(id);
    inFrame(tray, () => tray.refresh()); // once for however many
  });

  const begin = async (isConfirmed = false) => {
    const told = await tellOnce("/sheets", { values: await current(), picture: base.id, confirmed: isConfirmed });
    if (told.confirm) confirm.ask(told.confirm);
    return told;
  };
  const confirm = new Confirm(async () => page.outcome(await page.told(begin(true)), sheets));
  const planning = new Planning(dreams, page.fields);
  page.limited.push(() => planning.plan());
  page.add("compare", {
    dreaming: { list: sheets, begins: () => BEGINS[mode()], begin, of: () => (mode() === "variations" ? base.id : null) },
    seen: () => planning.plan(),
    marked: () => tray.refresh(),
    looked: () => tray.refresh(),
    compares: async (pictures) => {
      if (pictures.length === 2) await versus(pictures);
      else await wallOf(pictures);
    },
    offers: (dream) => (dream.sheet ? [{ className: "open-sheet", text: () => openIn(dream), act: () => open(dream) }] : []),
  });
  /** @param {import("../shared/dreams/dream.js").Dream} dream */
  const open = (dream) => {
    page.tabs.choose("compare");
    sheets.place(dream).element.scrollIntoView({ block: "start" });
  };

  /** @param {string[]} pictures */
  const versus = async ([a, b]) => {
    page.tabs.choose("compare");
    await Promise.all([pair.pin("a", a), pair.pin("b", b)]);
    pair.bring();
    if (pair.stage.isFull) pair.large.open();
  };
  /** A sheet of pictures that are stored already. @param {string[]} pictures */
  const wallOf = async (pictures) => {
    const told = await page.told(tell("/history/wall", { pictures }));
    if (told.error) toasts.show(told.error, told.hint, true);
    if (!told.dream) return;
    settings.set({ mode: "wall" });
    open(dreams.meet(told.dream));
  };

  page.help.add("On a picture of Compare", [
    [["←", "↑", "→", "↓"], "move; Home and End: the first, the last"],
    [["K"], "keep; the kept ones collect below A and B"],
    [["X"], "reject; again takes it back"],
    [["A", "B"], "pin as A or B, to compare the two"],
    [["Space"], "flip between A and B"],
    [["V"], "vary it at once"],
    [["Enter"], "open; the letters and Space work there too"],
  ]);
  followSettings(page);
  watchDraft();
  hintAxes();
  markAxes();
  await tray.refresh();
}

/** What the settings of Compare show and hide. @param {Page} page */
function followSettings(page) {
  const { body } = document;
  const { no_axis: none, strength } = facts.compare;
  settings.follow(["mode"], () => {
    body.dataset.mode = settings.text("mode");
    page.changed();
  });
  settings.follow(["x_axis", "y_axis"], () => {
    body.classList.toggle("has-no-y", settings.get("y_axis") === none);
    body.toggleAttribute("data-strengths", /** @type {const} */ (["x_axis", "y_axis"]).some((axis) => settings.get(axis) === strength));
  });
}
