// @ts-check
// Many at once go in portions, so that no request is too large and others have their turn between them.

import { pictures } from "../dreams/words.js";

/** Pictures that one of our routes takes at once. */
export const PORTION = 1000;

/** What became of many of which some were sent. @param {number} done @param {number} all @param {string} what */
export const partly = (done, all, what) =>
  `${done.toLocaleString("en")} of ${all.toLocaleString("en")} pictures ${done === 1 ? "was" : "were"} ${what}, and the others were not.`;

/** How far it is, where many take several portions: one sentence that is written anew. */
export class Going {
  /** @param {import("../dom/toasts.js").Toasts} toasts @param {string} doing "Deleting" @param {number} all */
  constructor(toasts, doing, all) {
    this.toasts = toasts;
    this.words = `${doing} ${pictures(all)}`;
  }

  /** @param {number} sent */
  tell(sent) {
    this.close();
    this.toast = this.toasts.show(`${this.words}: ${sent.toLocaleString("en")} done…`, "", false, 0);
  }

  close() {
    this.toast?.remove();
    this.toast = undefined;
  }
}

/** Some were sent before it failed. */
export class Partly extends Error {
  /** @param {unknown} cause @param {any[]} answers @param {number} sent */
  constructor(cause, answers, sent) {
    super(cause instanceof Error ? cause.message : String(cause));
    this.cause = cause;
    this.answers = answers;
    this.sent = sent;
  }
}

/**
 * Sends these a portion after the other, and gives the answers; Partly where one fails, which is the last then.
 * `progress` is told before each but the first how many are through.
 * @template T @param {readonly string[]} ids @param {(portion: string[]) => Promise<T>} send
 * @param {(sent: number) => void} [progress] @returns {Promise<T[]>}
 */
export async function inPortions(ids, send, progress = () => {}) {
  /** @type {T[]} */
  const answers = [];
  for (let sent = 0; sent < ids.length; sent += PORTION) {
    if (sent) progress(sent);
    try {
      answers.push(await send(ids.slice(sent, sent + PORTION)));
    } catch (error) {
      throw new Partly(error, answers, sent);
    }
  }
  return answers;
}
