// What the server tells the page, as types for the checks of the scripts; browsers never ask for it. What can be said
// from Python's own definitions stands in said.d.ts.

import type { DreamState, JobNews, Mark, Mode, SettingName, SheetKind } from "./said.js";

export type { DreamState, JobNews, LiveStrip, Mark, Mode, Progress, SettingName, SheetKind } from "./said.js";

/** What a setting may hold; null where a number is left empty. */
export type Value = string | number | boolean | null;
export type Values = Partial<Record<SettingName, Value>>;

/** What a width or height may be, in pixels, in the words of Gradio's components. */
export type Lengths = { step: number; minimum: number; maximum: number };

/** Of each thing, colour, place and style all that it is called; the first is what one writes. `others` stand between. */
export type Vocabulary = Record<"things" | "colours" | "places" | "styles", string[][]> & { others: string[] };

/** What is known of a model. `defaults` are the settings that go with it when it is chosen. */
export type ModelFacts = {
  title: string;
  defaults: Values;
  samplers: string[];
  steady: string[];
  examples: string[];
  /** The words that it knows; null for one that does not say. */
  vocabulary: Vocabulary | null;
  sizes: Record<string, [number, number]>;
  lengths: Lengths;
  negative_prompt: boolean;
  guided: boolean;
  /** Whether it can weigh words. */
  emphasis: boolean;
  /** Values to begin with, by axis. */
  values: Record<string, string>;
};

/** A LoRA or learnt words, by the name that prompts call them by; `misfit`: why it does not suit the model. */
export type AdapterFacts = {
  name: string;
  kind: "LoRA" | "embedding";
  base_model: string;
  trigger_words: string[];
  vectors: number;
  misfit: string | null;
};

/** What Python and the page share. */
export type Facts = {
  capabilities: string[];
  model: string;
  models: Record<string, ModelFacts>;
  settings: Record<SettingName, SettingFacts>;
  /** The settings in the order of the values that former versions saved. */
  former: Record<string, SettingName[]>;
  longest_prompt: number;
  compare: CompareFacts;
  /** The names of settings in an address. */
  links: { names: string[] };
};

/** `lasting`: it suits every model, and so outlives one that is gone; `goes_with`: it means nothing without that one. */
export type SettingFacts = {
  label: string;
  lasting: boolean;
  low?: number;
  high?: number;
  step?: number;
  choices?: string[];
  goes_with?: SettingName;
  /** Of a whole number, what a newcomer finds. */
  first?: number;
};

export type CompareFacts = {
  /** How the values of each axis are written. */
  axes: Record<string, string>;
  no_axis: string;
  strength: string;
  steadiest: string;
};

export type TileState = "empty" | "preview" | "done" | "failed" | "stopped" | "unsaved" | "hidden" | "held-back";

export type Variation = { seed: number; strength: number };

/** What made a picture. */
export type Made = {
  prompt: string;
  negative_prompt: string;
  model: string;
  width: number;
  height: number;
  steps: number;
  guidance: number;
  sampler: string;
  emphasis: boolean;
  variation?: Variation | null;
};

export type ToldTile = {
  index: number;
  seed: number;
  picture: string | null;
  state: string;
  mark?: Mark;
  match?: number | null;
  fault?: string;
  own?: Partial<Made>;
  /** On a wall that was put together: what tells it from the others, unless that is its seed alone. */
  label?: string[];
};

export type ToldAxis = { title: string; labels: string[] };
export type ToldSheet = { kind: SheetKind; x: ToldAxis | null; y: ToldAxis | null; sources: string[] };

export type ToldDream = Made & {
  id: string;
  created: number;
  state: DreamState;
  message: string;
  hint: string;
  title: string;
  sheet: ToldSheet | null;
  /** Whether it is a wall of pictures that belong to other dreams. */
  gathered?: boolean;
  tiles: ToldTile[];
};

export type Page = { dreams: ToldDream[]; next: string | null };

/** The facts of one stored picture. */
export type ToldPicture = Made & {
  picture: string;
  job: string;
  index: number;
  seed: number;
  match: number | null;
  mark: Mark;
  /** 0 where there is none. */
  rating: number;
  created: number;
  notes: Record<string, string>;
  /** The text in its file that says what made it. */
  parameters?: string;
  /** Says that its file was moved away. */
  gone?: string;
};

export type News =
  | { type: "attached"; active: string[] }
  | { type: "idle" }
  | JobNews;

/** What became of something that was asked. */
/** The setting that an error lies in, and what it may be instead, with the words of the button that takes that. */
export type Mend = { field?: string; use?: { text: string; values: string } };

export type Outcome = {
  job?: string;
  error?: string;
  hint?: string;
  /** Until it may be asked again. */
  seconds?: number;
  /** The setting that the error lies in. */
  field?: string;
  use?: Mend["use"];
  notice?: string;
  confirm?: Size;
  values?: Values;
  /** What another program made a picture with. */
  made_with?: import("../made_with/made-with.js").Told & { picture: string };
};

/** What a model reads of a prompt; `weights` only where words are weighed, `most` where some weight was beyond it, `fault` where a LoRA in it cannot be used. */
export type PromptFacts = {
  tokens: number;
  chunks: number;
  room: number;
  emphasis: boolean;
  most_chunks?: number;
  weights?: [string, number][];
  most?: number | null;
  loras?: string[];
  fault?: string;
};

/** How large a grid would be. */
export type Size = { cells: number; seconds: number | null };
export type Planned = Partial<Size> & { notices?: string[]; error?: string; hint?: string } & Mend;

/** A model that is here, or could be used but for its `fault`; sizes in bytes, `last` in seconds since the epoch. */
export type ModelCard = {
  model: string;
  title: string;
  family: string;
  family_title: string;
  bytes: number;
  memory_bytes: number;
  place: string;
  licence: string | null;
  hash: string;
  removable: boolean;
  fault: string;
  /** What becomes of the safety checker that came with it; "" where none did. */
  checker: "" | "active" | "off" | "unreadable";
  checker_fault: string;
  warm: boolean;
  loading: boolean;
  pictures: number;
  last: number | null;
};

/** A model to be chosen. */
export type ModelName = { model: string; title: string; family: string };

/** The memory that models run in, and the main memory beside it; in bytes, null where that is not known. */
export type ModelMemory = { bytes: number | null; place: string; main: number | null };

export type KnownModel = { model: string; title: string; licence: string; bytes: number; memory_bytes: number; locked: boolean };

/** What the owner's page is told of models. */
export type ToldModels = {
  models: ModelCard[];
  default: string;
  memory: ModelMemory;
  known: KnownModel[];
  offline: boolean;
  token: boolean;
};

/** A model on the hub, before it is fetched. */
export type ModelOffer = {
  model: string;
  title: string;
  family_title: string;
  bytes: number;
  left: number;
  memory_bytes: number;
  files: number;
  licence: string | null;
  locked: boolean;
  address: string;
};

/** What an owner corrects of a model; what is not said is as its files or its family say. */
export type CorrectedValues = {
  prediction_type?: string | null;
  zero_snr?: boolean | null;
  clip_skip?: number;
  vae?: string | null;
  width?: number | null;
  height?: number | null;
  steps?: number | null;
  guidance?: number | null;
  sampler?: string | null;
};

/** What is corrected of a model, what can be, and what it is without. */
export type ToldCorrected = {
  can: string[];
  values: CorrectedValues;
  own: { width: number; height: number; steps: number; guidance: number; sampler: string };
  samplers: string[];
  size_step: number;
  predictions: Record<string, string>;
  vaes: OfferedVae[];
};

/** A VAE in the owner's folders; `misfit`: why the model cannot be read with it, `doubt`: what its file leaves open. */
export type OfferedVae = { name: string; misfit: string; doubt: string };

/** A model on its way. */
export type ModelDownload = {
  model: string;
  title: string;
  family_title: string;
  licence: string | null;
  state: "running" | "checking" | "paused" | "failed";
  done: number;
  total: number;
  speed: number | null;
  seconds_left: number | null;
  message: string;
  hint: string;
};

export type Status = {
  state: string;
  model: string;
  device?: string;
  dtype?: string;
  fraction?: number | null;
  message?: string;
  hint?: string;
};

/** A model that a worker keeps warm. */
export type HeldModel = { model: string; title: string; bytes: number; used: number; seconds: number; dreaming: boolean };

/** The memory of one worker; `total` is null where it is not known. */
export type WorkerMemory = {
  title: string;
  state: string;
  total: number | null;
  rows: { kind: string; text: string; bytes: number }[];
  models: HeldModel[];
};

export type Memory = { workers: WorkerMemory[]; may_free: boolean };
