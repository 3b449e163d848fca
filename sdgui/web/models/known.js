// @ts-check
// A short list of well-known models with open weights.

import { button, make } from "../shared/dom/dom.js";
import { grey } from "../shared/dom/grey.js";
import { OFFLINE } from "./adding.js";
import { meter } from "./meter.js";
import { fit, size } from "./words.js";

/** @typedef {import("../shared/dreams/told.js").ToldModels} ToldModels */

/** Those that are not here yet; `get` looks one up. @param {ToldModels} told @param {(model: string) => void} get */
export function knownModels(told, get) {
  const here = new Set(told.models.map((card) => card.model));
  const rows = told.known.filter((one) => !here.has(one.model)).map((one) => {
    const fits = fit(one.memory_bytes, told.memory);
    const act = button(fits?.kind === "large" ? "Get anyway" : "Get", "link-button", () => get(one.model), { aria: { label: `${fits?.kind === "large" ? "Get anyway" : "Get"}: ${one.title}` } });
    grey(act, told.offline ? OFFLINE : "");
    return make("li", {},
      make("b", { textContent: one.title }),
      make("span", { className: "known-id", textContent: one.model, title: one.model }),
      make("span", { className: "known-size", textContent: size(one.bytes) }),
      make("span", { className: "known-licence", textContent: one.locked ? `${one.licence} · to accept` : one.licence, title: one.licence }),
      make("span", { className: "known-memory" }, ...meter(one.memory_bytes, told.memory),
        ...(fits ? [make("em", { className: "fit", data: { fit: fits.kind }, textContent: fits.words })] : [])),
      act);
  });
  const caption = make("li", { className: "known-caption", ariaHidden: "true" },
    ...["Model", "Id on the hub", "Size", "Licence", told.memory.bytes ? `Memory, of ${size(told.memory.bytes)}` : "Memory", ""].map((text) => make("span", { textContent: text })));
  return [caption, ...rows];
}
