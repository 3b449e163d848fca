// Sheets as files: one PNG, a ZIP, a page that opens offline.

import { make } from "../shared/dom.js";

const KINDS = [["png", "PNG sheet"], ["zip", "ZIP: pictures and grid.json"], ["html", "HTML: opens offline"]];

let screen = null;

/** Tells what becomes of an export there. */
export function tellExportsTo(someone) {
  screen = someone;
}

/** What can be exported of a dream, as items of a menu. */
export function exportsOf(dream) {
  const kept = dream.done.filter((picture) => picture.mark === "kept").length;
  if (!dream.done.length) return ["No picture is finished yet"];
  return [...items(dream.id), ...(kept ? [`Kept only (${kept})`, ...items(dream.id, true)] : [])];
}

/** The kept pictures of dreams, each dream by itself. `dreams`: `{ id, prompt, count }`. */
export function exportsOfKept(dreams) {
  const title = ({ prompt, count }) => [`${prompt} (${count})`];
  return dreams.flatMap((dream) => [...(dreams.length > 1 ? title(dream) : []), ...items(dream.id, true)]);
}

const items = (job, isKept = false) =>
  KINDS.map(([kind, text]) => ({ text, act: () => save(`/jobs/${job}/sheet.${kind}${isKept ? "?kept=true" : ""}`) }));

/** Fetched before it is saved: a full disk is told in words, not saved as a broken file. */
async function save(address) {
  screen.toast("Making the file…", "", false, 0);
  try {
    const reply = await fetch(address);
    if (!reply.ok) {
      const fault = await reply.json().catch(() => ({}));
      throw new Error(typeof fault.detail === "string" ? fault.detail : "The file could not be made.");
    }
    const name = /filename="([^"]+)"/.exec(reply.headers.get("content-disposition") ?? "")?.[1] ?? "sheet";
    const url = URL.createObjectURL(await reply.blob());
    make("a", { href: url, download: name }).click();
    setTimeout(() => URL.revokeObjectURL(url), 60_000);
    screen.toast(`Saved as ${name}`, "", false, 4000);
  } catch (error) {
    screen.toast(error instanceof TypeError ? "The connection was lost before the file was there." : error.message, "", true);
  } finally {
    screen.untoast("Making the file…");
  }
}
