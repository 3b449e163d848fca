// "Draft first" only helps where the composition stays when the steps change: samplers that lose it are named.

import { controls, follow } from "../shared/controls.js";
import { make, pause } from "../shared/dom.js";

const BEST = "DPM++ 2M";

/** Says beside the checkbox when the chosen sampler does not keep the composition, and offers one that does. */
export function watchDraft() {
  const block = document.querySelector("#draft");
  if (!block) return;
  const note = make("p", { className: "draft-note", id: "draft-note", role: "status" });
  block.append(note);
  follow(() => [controls.isDraft, controls.sampler, controls.model], ([isDraft, sampler, model]) => {
    const steady = window.sdguiModels.known[model]?.steady;
    const isSteady = !isDraft || !steady || !sampler || steady.includes(sampler);
    note.replaceChildren(...(isSteady ? [] : words(sampler, steady)));
  });
}

function words(sampler, steady) {
  const better = steady.includes(BEST) ? BEST : steady[0];
  const use = make("button", { type: "button", className: "link-button", id: "use-steady", textContent: `Use ${better}` });
  use.addEventListener("click", () => chooseSampler(better));
  return [`With ${sampler}, more steps change the composition: refined pictures will not look like their drafts.`, " ", ...(better ? [use] : [])];
}

/** Chooses in Gradio's dropdown as a person does: it has no other way in. */
async function chooseSampler(name) {
  const input = document.querySelector("#sampler input");
  input.focus();
  input.dispatchEvent(new MouseEvent("mousedown", { bubbles: true }));
  for (let attempt = 0; attempt < 40; attempt += 1) {
    const options = [...document.querySelectorAll('#sampler [role="option"]')];
    const option = options.find((one) => one.getAttribute("aria-label") === name || one.textContent.replace("✓", "").trim() === name);
    if (option) {
      option.dispatchEvent(new MouseEvent("mousedown", { bubbles: true, cancelable: true }));
      break;
    }
    await pause(25);
  }
  input.blur();
}
