// @ts-check
// What an empty Compare says, by what would be compared.

import { settings } from "../shared/settings/settings.js";
import { greeting } from "../shared/gallery/welcome.js";

/** @typedef {import("../shared/dreams/told.js").Mode} Mode */

/** @type {Record<Mode, import("../shared/gallery/welcome.js").Greeting>} */
const WORDS = {
  wall: {
    title: "Many seeds, side by side",
    words: (hasExamples) => `One prompt, up to 64 seeds. Keep the best, then refine them.${hasExamples ? " Begin with one of these:" : ""}`,
  },
  variations: {
    title: "Variations around a picture",
    words: () => "Choose a picture and press V, or pin one as A: its noise is mixed with another seed's, a little or a lot.",
  },
  grid: {
    title: "A labelled grid",
    words: (hasExamples) => `Choose in the settings what changes across and down, then say what to dream.${hasExamples ? " Or begin with one of these:" : ""}`,
  },
};

/** What is compared. */
export const mode = () => /** @type {Mode} */ (settings.get("mode") ?? "wall");

/** @param {(text: string) => void} write */
export const greet = (write) => greeting({ ...WORDS[mode()], write });
