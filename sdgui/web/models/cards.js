// @ts-check
// The models that are here, by family: a card for each, which opens what can be done with it.

import { make } from "../shared/dom/dom.js";
import { meter, needs } from "./meter.js";
import { size, used } from "./words.js";

/**
 * @typedef {import("../shared/dreams/told.js").ModelCard} ModelCard
 * @typedef {import("../shared/dreams/told.js").ToldModels} ToldModels
 */

/**
 * Sections of cards, one for each family, the family of the default first; what cannot be dreamt with comes last.
 * @param {ToldModels} told
 * @param {(model: string) => void} open
 */
export function families(told, open) {
  /** @type {Map<string, ModelCard[]>} */
  const groups = new Map();
  for (const card of told.models) {
    const family = card.fault ? "Cannot be used" : card.family_title;
    groups.set(family, [...(groups.get(family) ?? []), card]);
  }
  const names = [...groups.keys()].sort((a, b) => Number(a === "Cannot be used") - Number(b === "Cannot be used"));
  return names.map((name) => {
    const cards = groups.get(name) ?? [];
    const count = `${cards.length} ${cards.length === 1 ? "model" : "models"}`;
    return make("section", { className: "family", data: { span: Math.min(3, cards.length) } },
      make("h2", {}, name, " ", make("span", { textContent: count })),
      make("div", { className: "family-cards" }, ...cards.map((card) => cardOf(card, told, open))));
  });
}

/** @param {ModelCard} card @param {ToldModels} told @param {(model: string) => void} open */
function cardOf(card, told, open) {
  const button = make("button", { type: "button", className: "model-card", data: { model: card.model }, aria: { pressed: false } },
    make("span", { className: "model-top" },
      make("b", { textContent: card.title, title: card.model }),
      make("span", { className: "model-tag", textContent: tags(card, told).join(" · ") })),
    ...(card.fault ? [make("span", { className: "model-line is-fault", textContent: card.fault })] : lines(card, told)));
  button.addEventListener("click", () => open(card.model));
  return button;
}

/** @param {ModelCard} card @param {ToldModels} told */
export const tags = (card, told) => [
  ...(card.loading ? ["loading…"] : card.warm ? ["warm"] : []),
  ...(card.model === told.default ? ["default"] : []),
];

/** @param {ModelCard} card @param {ToldModels} told */
const lines = (card, { memory }) => [
  make("span", { className: "model-line", textContent: [card.family_title, size(card.bytes), card.licence].filter(Boolean).join(" · ") }),
  ...meter(card.memory_bytes, memory),
  make("span", { className: "model-line" }, ...needs(card.memory_bytes, memory)),
  make("span", { className: "model-line", textContent: `${card.place} · ${used(card.last)}` }),
];
