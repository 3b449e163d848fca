// @ts-check
// The little that a page of pictures does by script: the live pair, and copying the seed. Without it both are beside each other.

const MODES = { slider: "Slider", side: "Side", flip: "Flip", diff: "Diff" };

/** @template {keyof HTMLElementTagNameMap} Tag @param {Tag} tag @param {Record<string, unknown>} what @param {(Node | string)[]} children */
function make(tag, what = {}, ...children) {
  const element = Object.assign(document.createElement(tag), what);
  element.append(...children);
  return element;
}

const pair = document.getElementById("pair");
if (pair) {
  const hand = make("input", { type: "range", className: "hand", min: "0", max: "100", step: "0.5", value: "50", ariaLabel: "Where A ends and B begins" });
  const turn = make("button", { type: "button", className: "turn", ariaLabel: "Show the other" });
  hand.addEventListener("input", () => pair.style.setProperty("--x", `${hand.value}%`));
  turn.addEventListener("click", () => pair.classList.toggle("is-b"));
  pair.append(hand, make("span", { className: "cut" }), turn);
  const modes = make("fieldset", { className: "modes", ariaLabel: "How to compare A and B" },
    ...Object.entries(MODES).map(([mode, text]) => make("label", {}, make("input", { type: "radio", name: "mode", value: mode, checked: mode === "slider" }), text)));
  modes.addEventListener("change", (event) => {
    if (event.target instanceof HTMLInputElement) pair.dataset.mode = event.target.value;
  });
  pair.dataset.mode = "slider";
  pair.classList.add("live");
  pair.after(modes);
}

for (const cell of document.querySelectorAll("[data-copy]")) {
  if (!navigator.clipboard || !(cell instanceof HTMLElement)) continue;
  const copy = make("button", { type: "button", className: "copy", textContent: "Copy" });
  copy.addEventListener("click", async () => {
    await navigator.clipboard.writeText(cell.dataset.copy ?? "");
    copy.textContent = "Copied";
    setTimeout(() => (copy.textContent = "Copy"), 2000);
  });
  cell.append(copy);
}
