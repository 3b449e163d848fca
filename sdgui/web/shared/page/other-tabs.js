// @ts-check
// What is done in one tab is told to the other ones of the same browser, which hear nothing of it while nothing is dreamt.

/**
 * @typedef {{ type: "binned", pictures: string[], dreams: string[] } | { type: "restored", dreams: string[] }
 *   | { type: "marked", pictures: string[], mark: import("../dreams/told.js").Mark } | { type: "rated" }
 *   | { type: "turned-out", sentence: string }} TabNews
 */

export class OtherTabs {
  /** @param {(news: TabNews) => void} hear */
  constructor(hear) {
    // Each place of a server has its own: several may share one host.
    this.channel = "BroadcastChannel" in globalThis ? new BroadcastChannel(`sdgui ${location.pathname}`) : null;
    this.channel?.addEventListener("message", ({ data }) => hear(data));
  }

  /** @param {TabNews} news */
  tell(news) {
    this.channel?.postMessage(news);
  }
}
