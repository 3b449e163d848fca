// What the routes of sharing tell, as types for the checks of the scripts; browsers never ask for it.

/** Null is no limit. `pixels`: width times height; `disk` and `upload`: bytes; `models`: their ids. */
export type Allowed = {
  waiting: number;
  dreams_a_minute: number | null;
  steps: number | null;
  pixels: number | null;
  pictures: number | null;
  disk: number | null;
  upload: number | null;
  models: string[] | null;
};

export type Me = { role: "owner" | "guest"; name: string; number: number; limits: Allowed; paused?: boolean; bring?: boolean; others?: boolean; signed_in?: "cookie" | "name" | ""; lost?: number; hidden?: number };

/** Another browser of the owner's: `last` in seconds since the epoch, `thumbs` of its pictures can be looked at. */
export type OtherBrowser = { id: string; kind: "browser" | "program" | "link"; pictures: number; last: number; thumbs: number };

/** `waiting_all`, `disk_all`: of all guests together; the latter in bytes. */
export type Limits = Allowed & { waiting_all: number | null; disk_all?: number | null; owner_first: boolean; invited_only: boolean };

/** `since` and `ends`: seconds since the epoch. */
export type LinkState = {
  state: "off" | "opening" | "on" | "failed";
  sentence: string;
  address: string;
  since: number | null;
  ends: number | null;
};

export type Guest = {
  id: string;
  name: string;
  number: number;
  pictures: number;
  seconds: number;
  seen: number;
  state: "dreaming" | "waiting" | "here" | "away";
  /** Without a name or an invitation: they can come back as somebody else. */
  anonymous?: boolean;
  /** With which they came, null for none. */
  invitation?: { note: string; holds: boolean } | null;
  blocked: boolean;
  sent_away: boolean;
  signed_out?: boolean;
};

/** `place`: 0 while it is made; `wait`: seconds to its beginning, while it is made to its end. */
export type QueuedDream = {
  job: string;
  person: string;
  name: string;
  number: number;
  mine: boolean;
  prompt: string;
  pictures: number;
  state: "dreaming" | "waiting";
  place: number;
  beside: number;
  wait: number | null;
  step: number;
  steps: number;
  live?: { revision: number; columns: number; rows: number } | null;
};

/** A picture of somebody; `person` is null for the owner. */
export type Theirs = {
  picture: string;
  person: string | null;
  name: string;
  number: number;
  blocked: boolean;
  width: number;
  height: number;
  prompt: string;
  created: number;
  state: "shown" | "hidden" | "deleted";
};

export type Report = Theirs & { place: string; reasons: string[]; count: number; first: number; last: number };

export type Invitation = { id: string; note: string; made: number; ends: number | null; came: string[]; query: string };

export type OfferedModel = { model: string; title: string; allowed: boolean };

export type Shared = {
  /** Why what is finished cannot be kept; "" where nothing is wrong. */
  fault?: string;
  reports?: Report[];
  asks_names?: boolean;
  link: LinkState;
  /** Where guests come, and who can open that address. */
  guests: string;
  reach: import("../shared/fetch/reach.js").Reach;
  limits: Limits;
  words: string[];
  people: Guest[];
  queue: QueuedDream[];
  paused: boolean;
  invitations: Invitation[];
  models: OfferedModel[];
};
