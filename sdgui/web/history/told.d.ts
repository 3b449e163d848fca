// What the routes of the history tell, as types for the checks of the scripts; browsers never ask for it.

export type ToldRecord = {
  id: string;
  width: number;
  height: number;
  /** In seconds since the epoch. */
  created: number;
  kept: boolean;
  /** 0 where there is none. */
  rating: number;
  match: number | null;
  seed: number;
  /** Its beginning. */
  prompt: string;
  job: string;
  model: string;
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
  rated: number;
  bin: number;
  bin_bytes?: number;
  bin_days: number;
  first: string | null;
};
