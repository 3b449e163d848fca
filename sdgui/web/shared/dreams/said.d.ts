// Written by `python -m tests.web.said` from what Python says; tests tell when it is to be written anew.

export type SettingName =
  | "prompt"
  | "negative_prompt"
  | "seed"
  | "count"
  | "steps"
  | "guidance"
  | "width"
  | "height"
  | "sampler"
  | "model"
  | "emphasis"
  | "aspect"
  | "lock"
  | "correction"
  | "mode"
  | "wall_count"
  | "draft"
  | "draft_steps"
  | "vary_by"
  | "vary_count"
  | "vary_strength"
  | "vary_strengths"
  | "vary_seed"
  | "x_axis"
  | "x_values"
  | "y_axis"
  | "y_values";

export type Mode =
  | "wall"
  | "variations"
  | "grid";

export type SheetKind =
  | "wall"
  | "refined"
  | "variations"
  | "grid";

export type Mark =
  | ""
  | "kept"
  | "rejected";

export type DreamState =
  | "active"
  | "finished"
  | "cancelled"
  | "failed";

export type LiveStrip = {
  id: string;
  revision: number;
  columns: number;
  width: number;
  height: number;
  pictures: number[];
};

export type Queued = {
  type: "queued";
  job: string;
  place: number;
  wait: number | null;
  dreams: number;
  beside: number;
};

export type Started = {
  type: "started";
  job: string;
};

export type ModelLoading = {
  type: "loading";
  job: string;
  model: string;
  fraction: number | null;
};

export type Progress = {
  type: "progress";
  job: string;
  done: number;
  total: number;
  step: number;
  steps: number;
  seconds_left: number | null;
  live: LiveStrip[];
  over: string[];
};

export type PictureDone = {
  type: "picture";
  job: string;
  index: number;
  picture: string;
  match: number | null;
};

export type PictureUnsaved = {
  type: "picture-unsaved";
  job: string;
  index: number;
  message: string;
  hint: string;
};

export type PictureFailed = {
  type: "picture-failed";
  job: string;
  index: number;
  message: string;
  hint: string;
};

export type PictureHeldBack = {
  type: "picture-held-back";
  job: string;
  index: number;
  message: string;
  hint: string;
};

export type Finished = {
  type: "finished";
  job: string;
};

export type JobCancelled = {
  type: "cancelled";
  job: string;
};

export type Failed = {
  type: "failed";
  job: string;
  message: string;
  hint: string;
};

export type PicturesBinned = {
  type: "binned";
  job: string;
  pictures: string[];
  whole: boolean;
};

export type PicturesRestored = {
  type: "restored";
  job: string;
  pictures: string[];
};

export type PicturesHidden = {
  type: "hidden";
  job: string;
  pictures: string[];
};

export type NotLetIn = {
  type: "not-let-in";
  job: string;
  sentence: string;
};

export type QueueHeld = {
  type: "held";
  job: string;
  paused: boolean;
};

export type LimitsChanged = {
  type: "limits";
  job: string;
};

export type JobNews =
  | Queued
  | Started
  | ModelLoading
  | Progress
  | PictureDone
  | PictureUnsaved
  | PictureFailed
  | PictureHeldBack
  | Finished
  | JobCancelled
  | Failed
  | PicturesBinned
  | PicturesRestored
  | PicturesHidden
  | NotLetIn
  | QueueHeld
  | LimitsChanged;
