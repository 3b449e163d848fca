// @ts-check
// The stream of news, open only while something is being dreamt: browsers allow six connections.

import { at } from "../fetch/address.js";

const LONGEST_WAIT = 8000;

export class Watch {
  /** @param {(news: import("./told.js").News) => void} hear @param {() => void} lose */
  constructor(hear, lose) {
    this.hear = hear;
    this.lose = lose;
    /** @type {EventSource | null} */
    this.source = null;
    this.wait = 500;
    this.isOver = false;
  }

  open() {
    if (this.source || this.isOver) return;
    const source = new EventSource(at("/watch"));
    this.source = source;
    source.onmessage = (message) => {
      this.wait = 500;
      const news = JSON.parse(message.data);
      if (news.type === "idle") this.close();
      this.hear(news);
    };
    // A server that stops ends the stream: then ask again, later and later.
    source.onerror = () => {
      if (this.source !== source) return;
      this.close();
      this.lose();
      setTimeout(() => this.open(), this.wait);
      this.wait = Math.min(this.wait * 2, LONGEST_WAIT);
    };
  }

  /** Nothing is to be heard any more. */
  end() {
    this.isOver = true;
    this.close();
  }

  close() {
    this.source?.close();
    this.source = null;
  }
}
