// @ts-check
// Sizes, times and whether something fits, in words.

import { ago, size } from "../shared/dreams/words.js";

export { size };

const DAY = 86_400;

/** "5.3 of 8.6 GB". @param {number} part @param {number} whole */
export function sharing(part, whole) {
  const [some, all] = [size(part), size(whole)];
  const unit = all.slice(all.indexOf(" "));
  return `${some.endsWith(unit) ? some.slice(0, -unit.length) : some} of ${all}`;
}

/** "used 20 min ago". @param {number | null} last in seconds since the epoch @param {number} [now] */
export function used(last, now = Date.now() / 1000) {
  if (last === null) return "never used";
  const isYesterday = now - last >= DAY && now - last < 2 * DAY;
  return `used ${isYesterday ? "yesterday" : ago(last, now)}`;
}

/** "3 min left". @param {number} seconds */
export function left(seconds) {
  if (seconds < 60) return `${Math.max(1, Math.round(seconds))} s left`;
  if (seconds < 3600) return `${Math.round(seconds / 60)} min left`;
  return `${(seconds / 3600).toFixed(1)} h left`;
}

/**
 * Whether a model that needs so many bytes fits into what there is, `share` of it; null where that is not known.
 * @param {number} need
 * @param {import("../shared/dreams/told.js").ModelMemory} memory
 * @returns {{ kind: "fits" | "parts" | "large", words: string, share: number } | null}
 */
export function fit(need, memory) {
  if (!need || !memory.bytes) return null;
  const share = need / memory.bytes;
  if (share <= 0.9) return { kind: "fits", words: "fits", share };
  const isElsewhere = memory.main !== null && memory.main > memory.bytes;
  if (isElsewhere && need <= 0.9 * (memory.main ?? 0)) return { kind: "parts", words: "in parts, slower", share: 1 };
  return { kind: "large", words: "too large", share: 1 };
}
