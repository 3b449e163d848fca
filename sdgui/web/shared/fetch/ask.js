// @ts-check
// Our routes are asked and told in JSON; what they refuse comes with their own sentence.

import { parted } from "../dom/come-again.js";
import { at } from "./address.js";

/** One of our routes refused; `status` is its answer's, `seconds` those until it may be asked again, or 0. */
export class Refused extends Error {
  /** @param {string} message @param {number} status @param {number} [seconds] */
  constructor(message, status, seconds = 0) {
    super(message);
    this.status = status;
    this.seconds = seconds;
  }
}

/** Nobody answered; browsers say so in words of their own. */
export class Unanswered extends Error {
  constructor() {
    super("The server does not answer.");
  }
}

/** Told of each refusal. @type {Set<(refused: Refused) => void>} */
export const refusals = new Set();

/** The words of whatever went wrong. @param {unknown} error */
export const wordsOf = (error) => (error instanceof Error ? error.message : String(error));

/** What was refused, and the seconds until it may be asked again, 0 where none are known. @param {unknown} error */
export const refusalOf = (error) => parted(wordsOf(error), error instanceof Refused ? error.seconds : 0);

/** Whether the answer was that there is no such thing. @param {unknown} error */
export const isGone = (error) => error instanceof Refused && error.status === 404;

/**
 * JSON from one of our routes; Refused with its sentence when it refuses, Unanswered where there is no connection.
 * @param {string} address
 * @param {RequestInit} [options]
 * @returns {Promise<any>}
 */
export async function ask(address, options = {}) {
  const reply = await fetch(at(address), { cache: "no-store", ...options }).catch((error) => {
    throw error instanceof TypeError ? new Unanswered() : error;
  });
  if (!reply.ok) {
    const refused = new Refused(await sentenceOf(reply, "The server refused that."), reply.status, Number(reply.headers.get("retry-after")) || 0);
    for (const act of refusals) act(refused);
    throw refused;
  }
  return reply.status === 204 ? null : reply.json();
}

/** The same with something to tell it. @param {string} address @param {unknown} body @param {string} [method] @returns {Promise<any>} */
export const tell = (address, body, method = "POST") =>
  ask(address, { method, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });

/** Why a route refused, in its own words. @param {Response} reply @param {string} otherwise @returns {Promise<string>} */
export async function sentenceOf(reply, otherwise) {
  const text = await reply.text().catch(() => "");
  if (reply.headers.get("content-type")?.startsWith("text/plain")) return text.trim() || otherwise; // of the doors
  try {
    const { detail } = JSON.parse(text);
    return typeof detail === "string" ? detail : otherwise;
  } catch {
    return otherwise;
  }
}
