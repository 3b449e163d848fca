// @ts-check
// Says of the settings below a grid which of them its axes set.

import { make } from "../shared/dom/dom.js";
import { settings } from "../shared/settings/settings.js";

/** Where each axis has a setting of its own. @type {Record<string, string>} */
const SETTING_OF = {
  Seed: "#seed", Steps: "#steps", "Cfg scale": "#guidance", Sampler: "#sampler", Size: "#aspect", Model: "#model-choice", "What to avoid": "#negative-prompt",
};

/** Its setting stays as it is, for what is dreamt without the axis. */
export function markAxes() {
  const note = () => make("p", { className: "from-axis" });
  const notes = { x: note(), y: note() };
  for (const axis of /** @type {const} */ (["x", "y"])) {
    settings.follow([`${axis}_axis`], () => {
      const title = settings.text(`${axis}_axis`);
      const place = SETTING_OF[title] ? document.querySelector(SETTING_OF[title]) : null;
      notes[axis].textContent = `From the axis: ${axis.toUpperCase()} sets it in this grid`;
      if (place) place.append(notes[axis]);
      else notes[axis].remove();
    });
  }
}
