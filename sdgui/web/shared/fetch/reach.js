// @ts-check
// Who can open an address that is given away, in plain words.

/** @typedef {"machine" | "network" | "anywhere"} Reach */

/** "" where whoever has it can. @param {Reach} reach @param {{ areSeveral?: boolean }} [how] */
export function reachOf(reach, { areSeveral = false } = {}) {
  if (reach === "anywhere") return "";
  const what = areSeveral ? "these" : "this address";
  if (reach === "network") return `Only who is in your network can open ${what}.`;
  return `Nobody else can open ${what}: ${areSeveral ? "they lead" : "it leads"} to this machine alone.`;
}
