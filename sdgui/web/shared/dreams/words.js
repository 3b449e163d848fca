// @ts-check
// Times, sizes and progress in a person's words.

/** "2 s", "48 min", "2 h 5 min": as exactly as anybody can know it. @param {number} seconds */
export function duration(seconds) {
  const whole = Math.max(1, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  const minutes = Math.round(whole / 60);
  const rest = minutes % 60;
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h${rest ? ` ${rest} min` : ""}`;
}

/** "1st", "2nd", "11th". @param {number} place */
export function ordinal(place) {
  const isTeen = place % 100 > 10 && place % 100 < 14;
  return `${place}${isTeen ? "th" : ["th", "st", "nd", "rd"][place % 10] ?? "th"}`;
}

/** Who is dreamt in the same batch: "with 1 other". @param {number} others */
export const withOthers = (others) => `with ${others} ${others === 1 ? "other" : "others"}`;

/**
 * Where a dream stands among all that wait, counted in dreams: what is made now is the first, and those that begin
 * together stand at one place. "2nd in the queue", "next, with 1 other"; where there is little room "2nd, together".
 * @param {{ dreams: number, beside: number }} news @param {boolean} inShort
 */
export function inQueue({ dreams, beside }, inShort = false) {
  const place = dreams ? `${ordinal(dreams + 1)}${inShort ? "" : " in the queue"}` : "next";
  return beside ? `${place}, ${inShort ? "together" : withOthers(beside)}` : place;
}

/** What is left: "12 s left", "about 48 min left". @param {number} seconds */
export const left = (seconds) => `${seconds < 59.5 ? "" : "about "}${duration(seconds)} left`;

/** "1 picture", "4 pictures". @param {number} count */
export const pictures = (count) => `${count.toLocaleString("en")} ${count === 1 ? "picture" : "pictures"}`;

/** What is said of pictures that the model's own safety checker held back. @param {number} count @param {number} all */
export const heldBack = (count, all) =>
  `${all === 1 ? "The picture" : count === all ? `All ${all} pictures` : `${count} of ${all} pictures`} ${count === 1 ? "was" : "were"} held back by the model’s safety checker.`;

/** What can be done about that. */
export const TRY_ANOTHER = "Try another seed; whoever runs this can start it with --no-safety-checker.";

/** Seconds for which the page's words of time may be behind. */
const BEHIND = 60;
let present = -Infinity;

/** From now on all words of time are of this moment, seconds since the epoch. @param {number} [now] */
export function renew(now = Date.now() / 1000) {
  present = now;
}

/** The moment of which all words of time on the page are, so that no two of them disagree. */
function atPresent() {
  const now = Date.now() / 1000;
  if (Math.abs(now - present) > BEHIND) renew(now);
  return present;
}

/** How long ago a moment (seconds since the epoch) was. @param {number} moment @param {number} [now] */
export function ago(moment, now = atPresent()) {
  const seconds = now - moment;
  if (seconds < 60) return "just now";
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  if (seconds < 24 * 3600) return `${Math.floor(seconds / 3600)} h ago`;
  const day = new Date(moment * 1000);
  const sameYear = day.getFullYear() === new Date(now * 1000).getFullYear();
  return day.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...(sameYear ? {} : { year: "numeric" }) });
}

/** Seconds until `ago` says something else of a moment; Infinity where it never does. @param {number} moment */
export function agoFor(moment) {
  const seconds = Math.max(0, Date.now() / 1000 - moment);
  if (seconds < 3600) return 60 - (seconds % 60);
  return seconds < 24 * 3600 ? 3600 - (seconds % 3600) : Infinity;
}

/** A moment in full, as all days are written here: "22 Nov 2026, 18:01". @param {number} seconds */
export const moment = (seconds) =>
  new Date(seconds * 1000).toLocaleString("en-GB", { dateStyle: "medium", timeStyle: "short" });

/**
 * The settings of a dream, short: "Euler · 25 steps · cfg 5"; without those that vary from picture to picture.
 * @param {Pick<import("./told.js").Made, "sampler" | "steps" | "guidance">} made
 * @param {Set<string>} [varied]
 */
export function settings({ sampler, steps, guidance }, varied = new Set()) {
  /** @type {Record<string, string>} */
  const parts = { sampler, steps: `${steps} ${steps === 1 ? "step" : "steps"}`, guidance: `cfg ${guidance}` };
  return Object.keys(parts).filter((name) => !varied.has(name)).map((name) => parts[name]).join(" · ");
}

/**
 * What an active dream is doing, from the studio's latest news; `made` of `total` pictures are there. Where there is
 * little room (`inShort`) what is left is said before all else.
 * @param {import("./told.js").JobNews | { type: "offline" } | null} news
 */
export function doing(news, made = 0, total = 0, inShort = false) {
  switch (news?.type) {
    case "queued": {
      const done = made ? `${made} of ${total} done · ` : "";
      const wait = news.wait ? ` · about ${duration(news.wait)}` : "";
      // One dream may be several batches.
      const ahead = news.place === 1 ? "1 batch of pictures ahead" : `${news.place} batches of pictures ahead`;
      if (inShort && wait) return `${done || "waiting: "}${news.place ? `${news.place} ahead` : "next"}${wait}`;
      return `${done}waiting: ${news.place ? ahead : "next"}${wait}`;
    }
    case "loading": {
      const part = news.fraction === null ? "" : ` ${Math.round(news.fraction * 100)} %`;
      return `loading the model…${part}`;
    }
    case "progress": {
      const done = news.done ? `${news.done} of ${news.total} done · ` : "";
      if (!news.step) return `${done}starting…`;
      const rest = news.seconds_left === null ? "" : ` · ${left(news.seconds_left)}`;
      const isLast = news.step >= news.steps && !(Number(news.seconds_left) >= 1); // else more batches follow
      if (inShort && done && rest && !isLast) return `${news.done} of ${news.total} done${rest}`;
      return `${done}step ${news.step} of ${news.steps}${isLast ? " · finishing" : rest}`;
    }
    case "offline":
      return "the connection is lost, trying again…";
    default:
      return "waiting…";
  }
}

const UNITS = /** @type {const} */ ([[1e9, "GB", 1], [1e6, "MB", 0], [1e3, "kB", 0]]);

/** "2.1 GB", "38 MB". @param {number} bytes */
export function size(bytes) {
  const [unit, name, digits] = UNITS.find(([least]) => bytes >= least) ?? UNITS[2];
  return `${(bytes / unit).toLocaleString("en", { minimumFractionDigits: digits, maximumFractionDigits: digits })} ${name}`;
}

/** Characters of a prompt by which what was made of it is called. */
const TITLE = 48;

/** A prompt as a name, on one line. @param {string} prompt */
export function short(prompt) {
  const text = prompt.replace(/\s+/g, " ").trim();
  return text.length > TITLE ? `${text.slice(0, TITLE)}…` : text;
}

/** What is said where settings were taken over. @param {string} prompt */
export function settingsOf(prompt) {
  const title = short(prompt);
  return title ? `Settings of “${title}”` : "Settings without a prompt";
}
