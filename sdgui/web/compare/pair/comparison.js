// @ts-check
// What tells two pictures apart, as the server measures it: numbers at once, the map when it is looked at.

import { ask } from "../../shared/fetch/ask.js";
import { loaded } from "../../shared/fetch/image.js";

/**
 * @typedef {{ name: string, a: unknown, b: unknown }} Differing
 * @typedef {{ mean: number | null, ssim: number | null, message: string, differs: Differing[] }} Difference
 */

export class Comparison {
  /**
   * `calls`: known() when the numbers are there, failed(error) when there will be none.
   * @param {import("./stage.js").Stage} stage
   * @param {{ known: () => void, failed: (error: unknown) => void }} calls
   */
  constructor(stage, calls) {
    this.stage = stage;
    this.calls = calls;
    this.round = 0;
    this.address = new URLSearchParams();
    /** @type {Difference | null} */
    this.answer = null;
    /** The address of the map that is shown, or on its way. @type {string | null} */
    this.map = null;
    this.forget();
  }

  /** What was measured is of other pictures now; an answer that is still on its way is not heard. */
  forget() {
    this.round += 1;
    this.answer = null;
    this.map = null;
  }

  /** @param {string} a @param {string} b */
  async begin(a, b) {
    this.forget();
    const { round } = this;
    this.address = new URLSearchParams({ a, b });
    this.stage.putMap("Comparing…");
    try {
      const answer = await ask(`/compare/difference?${this.address}`);
      if (round !== this.round) return;
      this.answer = answer;
    } catch (error) {
      if (round !== this.round) return;
      this.stage.putMap("The two could not be compared.");
      this.calls.failed(error);
      return;
    }
    this.calls.known();
    await this.look();
  }

  /** A and B change places: the numbers and the map are the same both ways. */
  swap() {
    if (!this.answer) return;
    const differs = this.answer.differs.map(({ name, a, b }) => ({ name, a: b, b: a }));
    this.answer = { ...this.answer, differs };
  }

  /** The map, if it is looked at and not there yet; or the sentence of why there is none. */
  async look() {
    if (!this.answer || this.map) return;
    if (this.answer.mean === null) {
      this.stage.putMap(this.answer.message);
      return;
    }
    if (this.stage.mode !== "diff") return;
    const { round } = this;
    this.map = `/compare/difference.png?${this.address}`;
    let shown;
    try {
      shown = await loaded(this.map);
    } catch {
      shown = "The difference map could not be loaded.";
    }
    if (round !== this.round) return;
    if (typeof shown === "string") this.map = null;
    this.stage.putMap(shown);
  }
}
