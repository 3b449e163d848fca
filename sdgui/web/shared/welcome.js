// What an empty list says.

import { make } from "./dom.js";

/** A greeting with the model's examples, which `write` puts into the prompt. */
export function greeting({ title, words, write }) {
  const models = window.sdguiModels;
  const examples = (models.known[models.now]?.examples ?? []).map((example) => {
    const button = make("button", { type: "button", className: "example", textContent: example });
    button.addEventListener("click", () => write(example));
    return button;
  });
  return make("div", { className: "welcome", data: { testid: "welcome" } },
    make("h2", { textContent: title }),
    make("p", { textContent: words(examples.length > 0) }),
    make("div", { className: "examples" }, ...examples));
}

const DREAM = {
  title: "Your pictures will form here",
  words: (hasExamples) => (hasExamples ? "Say below what you want to see, or begin with one of these:" : "Say below what you want to see, then click Dream."),
};
const COMPARE = {
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

export const greetDream = (write) => greeting({ ...DREAM, write });
export const greetCompare = (mode, write) => greeting({ ...(COMPARE[mode] ?? COMPARE.wall), write });
