// What the routes of the history tell, as types for the checks of the scripts; browsers never ask for it.

import type { Mark } from "../shared/dreams/said.js";

export type ToldRecord = {
  id: string;
  width: number;
  height: number;
  /** In seconds since the epoch. */
  created: number;
  mark: Mark;
  /** 0 where there is none. */
  rating: number;
  match: number | null;
  /** null where the file of an imported one does not tell it. */
  seed: number | null;
  /** Its beginning. */
  prompt: string;
  job: string;
  model: string;
  /** Days that it stays in the bin; null where it is not in it. */
  left?: number | null;
  /** Whether it is linked, and its file is gone. */
  missing?: boolean;
};

/** How far the import of a folder is. */
export type ToldImport = {
  id: number;
  folder: string;
  state: "running" | "finished" | "cancelled" | "failed";
  total: number | null;
  done: number;
  added: number;
  sentence: string;
};

export type ToldSections = { total: number; sections: { key: string; count: number }[]; revision: string };
export type ToldRecords = { pictures: (ToldRecord | null)[]; revision: string };

export type Facet = { value: string; title: string; count: number };

export type ToldFacets = {
  models: Facet[];
  samplers: Facet[];
  loras: Facet[];
  sizes: Facet[];
  kept: number;
  rejected: number;
  rated: number;
  bin: number;
  bin_bytes?: number;
  /** By the owner of the machine. */
  hidden?: number;
  bin_days: number;
  first: string | null;
};
