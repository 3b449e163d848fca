// @ts-check
// What is asked for once, however often it has to be sent: where nobody answers it is kept and sent again.

import { Unanswered, tell } from "./ask.js";

/** Nobody answered what may be sent again: the server knows it by its key. */
export class Kept extends Unanswered {
  /** @param {() => Promise<any>} again */
  constructor(again) {
    super();
    this.again = again;
  }
}

/** As `tell`, but that Kept is thrown where nobody answers. @param {string} address @param {Record<string, unknown>} body @returns {Promise<any>} */
export function tellOnce(address, body) {
  const asked = { ...body, key: crypto.randomUUID?.() ?? String(crypto.getRandomValues(new Uint32Array(4)).join("-")) };
  const send = () => tell(address, asked).catch((error) => {
    throw error instanceof Unanswered ? new Kept(send) : error;
  });
  return send();
}
