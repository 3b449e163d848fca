// @ts-check
// What is dreamt, marked and deleted on another device of the same person: a page that is seen and that nobody touches asks
// now and then whether anything is stored otherwise than before, which costs the server one number.

/** Milliseconds between two questions. */
export const CALM = 60_000;

export class Elsewhere {
  /**
   * `ask` tells the revision of what is stored, `changed` is called when it is another one, `page` tells whether it is seen.
   * @param {{ ask: () => Promise<{ revision: string }>, changed: () => void, page: Pick<Document, "hidden" | "addEventListener"> }} calls
   */
  constructor({ ask, changed, page }) {
    this.ask = ask;
    this.changed = changed;
    this.page = page;
    /** @type {string | null} */
    this.revision = null;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    page.addEventListener("visibilitychange", () => this.rest()); // who comes back has all of it asked for anyhow
    this.look();
  }

  rest() {
    clearTimeout(this.timer);
    if (!this.page.hidden) this.timer = setTimeout(() => this.look(), CALM);
  }

  async look() {
    const told = await this.ask().catch(() => null); // the pill says that nobody answers
    const isOther = told !== null && this.revision !== null && told.revision !== this.revision;
    this.revision = told?.revision ?? this.revision;
    this.rest();
    if (isOther) this.changed();
  }
}
