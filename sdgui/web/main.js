// Begins once Gradio has built the page.

import { Actions } from "./compare/actions.js";
import { Base } from "./compare/base.js";
import { controls, follow } from "./shared/controls.js";
import { make, present } from "./shared/dom.js";
import { watchDraft } from "./compare/draft.js";
import { Dreams } from "./shared/dreams.js";
import { tellExportsTo } from "./compare/export.js";
import { List } from "./shared/list.js";
import { Marks } from "./compare/marks.js";
import { Menu } from "./shared/menu.js";
import { Pair } from "./compare/pair/pair.js";
import { hintAxes, keepPlanning, writePlan } from "./compare/plan.js";
import { Row } from "./shared/row.js";
import { Screen } from "./shared/screen.js";
import { Selection } from "./compare/selection.js";
import { Sheet } from "./compare/sheet.js";
import { Tabs } from "./shared/tabs.js";
import { TileTools } from "./compare/tile-tools.js";
import { Tray } from "./compare/tray.js";
import { Viewer } from "./shared/viewer.js";
import { greetCompare, greetDream } from "./shared/welcome.js";

const NEEDED = [
  "#gallery", "#compare", "#pair", "#tray", "#tab-dream", "#tab-compare", "#compare-mode input", "#dream-button",
  "#prompt textarea", "#aspect", "#model-pill",
];
await Promise.all(NEEDED.map(present));
const find = (selector) => document.querySelector(selector);

const screen = new Screen((job, { isSheet, follows }) => {
  if (isSheet) tabs.choose("compare");
  dreams.begin(job, isSheet ? sheets : gallery, { follows });
});
const dreams = new Dreams(screen);
const pair = new Pair(find("#pair"), screen);
const marks = new Marks(dreams, screen);
const actions = new Actions({ marks, pair, screen });
const menu = new Menu();
tellExportsTo(screen);

const viewer = new Viewer({
  screen,
  actions,
  forget: (id) => {
    dreams.forget(id);
    pair.forget(id);
    tray.refresh();
  },
});

const write = (text) => screen.write(text);
const gallery = new List(find("#gallery"), {
  dreams, address: "/dreams", tab: "dream", fits: () => true,
  view: (list, dream) => new Row(list, dream),
  greet: () => greetDream(write),
});
const sheets = new List(find("#compare"), {
  dreams, address: "/sheets", tab: "compare", fits: (dream) => dream.sheet !== null,
  view: (list, dream) => new Sheet(list, dream),
  greet: () => greetCompare(document.body.dataset.mode, write),
});
for (const list of [gallery, sheets]) {
  list.open = (picture) => viewer.open(picture, list);
  list.menu = menu;
}
gallery.compare = async (dream) => {
  tabs.choose("compare");
  sheets.place(dream).element.scrollIntoView({ block: "start" });
};

const bar = make("div", { className: "tile-bar", hidden: true });
find("#compare").append(bar);
const tools = new TileTools(actions, bar);
sheets.selection = new Selection(sheets, { actions, tools, pair });
const tray = new Tray(find("#tray"), { dreams, marks, viewer, menu, pair });
const base = new Base({ selection: sheets.selection, sheets, pair, tray, dreams });

const tabs = new Tabs((tab, mode) => {
  screen.change(tab, mode);
  find("#compare .welcome")?.remove();
  for (const list of [gallery, sheets]) {
    if (list.isShown) list.shown();
    list.welcome();
  }
});
watchDraft();
hintAxes();
keepPlanning(dreams);
follow(() => controls.hasY, (hasY) => document.body.classList.toggle("has-no-y", !hasY));

window.sdgui = {
  outcome: (told) => screen.outcome(told),
  plan: writePlan,
  asked: () => ({ tab: tabs.tab, mode: tabs.mode, picture: base.id, confirmed: screen.confirmed() }),
};
await Promise.all([dreams.refresh(), tray.refresh()]);
document.documentElement.dataset.sdgui = "ready";
