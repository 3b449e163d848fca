// @ts-check
// What I say is told to the server, one after the other; what nobody answers is kept and told when the server is back.

import { countDown, parted } from "../../shared/dom/come-again.js";

const UNANSWERED = "The server does not answer. What you say is kept, and told when it is back.";
/** Milliseconds after which it is tried again where nothing is heard of the server. */
const AGAIN = 5000;
const GONE = 410;

export class Telling {
  /** `fault` is where it is said what was not taken. @param {string} here @param {HTMLElement} fault */
  constructor(here, fault) {
    this.here = here;
    this.fault = fault;
    this.turn = Promise.resolve();
    this.isKept = false;
    this.wake = () => {};
  }

  /** Does something after what was begun before it. @param {() => Promise<void>} act */
  then(act) {
    this.turn = this.turn.then(act);
  }

  /** Whether it was taken; waits as long as nobody answers. @param {string} address @param {Record<string, string>} fields @returns {Promise<{ you: number, name: string } | null>} */
  async tell(address, fields) {
    for (;;) {
      const reply = await fetch(`${this.here}/${address}`, {
        method: "POST", body: new URLSearchParams(fields), headers: { accept: "application/json" }, keepalive: true,
      }).catch(() => null);
      if (reply) return this.answered(reply);
      this.isKept = true;
      this.complain(UNANSWERED);
      await new Promise((resolve) => {
        this.wake = () => resolve(undefined);
        setTimeout(this.wake, AGAIN);
      });
    }
  }

  /** @param {Response} reply */
  async answered(reply) {
    this.isKept = false;
    if (reply.ok) {
      this.complain("");
      return reply.json();
    }
    if (reply.status === GONE) location.reload();
    const text = await reply.text().catch(() => "");
    let words = text;
    try {
      words = JSON.parse(text).detail;
    } catch { /* it is a sentence */ }
    this.complain(typeof words === "string" && words ? words : "It was not taken.", Number(reply.headers.get("retry-after")) || 0);
    return null;
  }

  /** The server is heard of: what is kept is told at once. Where it was gone, why something was not taken is of no more use. @param {boolean} wasGone */
  heard(wasGone) {
    if (wasGone && !this.isKept) this.complain("");
    this.wake();
  }

  /** @param {string} words @param {number} [again] seconds until it may be said again */
  complain(words, again = 0) {
    const { error, seconds } = parted(words, again);
    this.fault.hidden = !words;
    this.fault.replaceChildren(error);
    if (!seconds) return;
    const when = document.createElement("span");
    this.fault.append(" ", when);
    countDown(when, seconds, "You can say it again now.");
  }
}
