// Begins once Gradio has built the page.

import { present } from "./dom.js";
import { Gallery } from "./gallery.js";
import { Screen } from "./screen.js";
import { Viewer } from "./viewer.js";

const root = await present("#gallery");
await Promise.all(["#dream-button", "#prompt textarea", "#aspect", "#model-pill"].map(present));

const calls = {};
const gallery = new Gallery(root, calls, (tile) => viewer.open(tile));
const screen = new Screen(gallery);
for (const name of ["connection", "dreaming", "finished", "welcome", "toast"]) calls[name] = screen[name].bind(screen);
const viewer = new Viewer(gallery, screen);
window.sdgui = { outcome: (told) => screen.outcome(told) };
await gallery.refresh();
document.documentElement.dataset.sdgui = "ready";
