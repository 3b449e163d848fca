// @ts-check
// Days in words, and the marks beside the pictures that lead to them.

const DAY = 86_400_000;

/** Today as an ISO day where the visitor is. @param {Date} [now] */
export function today(now = new Date()) {
  const two = (/** @type {number} */ number) => String(number).padStart(2, "0");
  return `${now.getFullYear()}-${two(now.getMonth() + 1)}-${two(now.getDate())}`;
}

/** The ISO day so many days before another. @param {string} day @param {number} count */
export const before = (day, count) => new Date(Date.parse(`${day}T12:00:00Z`) - count * DAY).toISOString().slice(0, 10);

/** How long a picture stays in the bin; "" where it is not in it. @param {number | null | undefined} days */
export const leftWords = (days) => (typeof days === "number" ? `${days} ${days === 1 ? "day" : "days"} left` : "");

/** "Today", "Yesterday", "14 November", and of other years "14 November 2025". @param {string} day ISO @param {string} [now] ISO */
export function dayWords(day, now = today()) {
  if (day === now) return "Today";
  if (day === before(now, 1)) return "Yesterday";
  return formatted(day, day.slice(0, 4) === now.slice(0, 4) ? "day" : "year");
}

/** The same in little room: "14 Nov", "Nov 2025". @param {string} day ISO @param {string} [now] ISO */
export function shortDay(day, now = today()) {
  const words = dayWords(day, now);
  if (!/\d/.test(words)) return words;
  return day.slice(0, 4) === now.slice(0, 4) ? `${Number(day.slice(8))} ${monthWord(day)}` : `${monthWord(day)} ${day.slice(0, 4)}`;
}

/** "Nov". @param {string} day ISO */
const monthWord = (day) => formatted(day, "month").slice(0, 3); // never "Sept"

const FORMS = {
  day: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", timeZone: "UTC" }),
  year: new Intl.DateTimeFormat("en-GB", { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" }),
  month: new Intl.DateTimeFormat("en-GB", { month: "short", timeZone: "UTC" }),
};
/** What was said already: each frame that scrolls asks for the same days. @type {Map<string, string>} */
const said = new Map();

/** @param {string} day @param {keyof typeof FORMS} form */
function formatted(day, form) {
  const name = `${form} ${day}`;
  const words = said.get(name) ?? FORMS[form].format(new Date(`${day}T12:00:00Z`));
  said.set(name, words);
  return words;
}

/**
 * Months and years beside a rail, at least `room` pixels apart: a year where the first of its days is shown, else a month.
 * @param {readonly { key: string }[]} sections
 * @param {(section: number) => number} place in pixels from the rail's top
 * @param {number} room
 * @returns {{ text: string, at: number, isYear: boolean }[]}
 */
export function marks(sections, place, room) {
  /** @type {{ text: string, at: number, isYear: boolean }[]} */
  const found = [];
  sections.forEach(({ key }, i) => {
    const former = sections[i - 1]?.key ?? "";
    if (!i || former.slice(0, 7) === key.slice(0, 7)) return;
    const isYear = former.slice(0, 4) !== key.slice(0, 4);
    const at = place(i);
    const above = found.at(-1);
    if (above && at - above.at < room) {
      if (!isYear || above.isYear) return;
      found.pop();
    }
    if (found.length || at >= room) found.push({ text: isYear ? key.slice(0, 4) : monthWord(key), at, isYear });
  });
  return found;
}
