// @ts-check
// Begins once Gradio has built the page: what all share, then one room per capability, as page.py names them.

import { present } from "./shared/dom/dom.js";
import { Page } from "./shared/page/page.js";
import { ready } from "./shared/seam/seam.js";
import { facts } from "./shared/settings/facts.js";

const rooms = Promise.all(facts.capabilities.map((name) => import(`./${name}/room.js`)));
await Promise.all(["#prompt textarea", "#aspect label", "#settings-close", "#dream-button", "#model-pill"].map(present));
await ready;

const page = new Page();
for (const room of await rooms) await room.enter(page);
await page.open();
document.documentElement.dataset.sdgui = "ready";
