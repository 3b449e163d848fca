// @ts-check

import assert from "node:assert/strict";
import { test } from "node:test";

import { readAs } from "../../sdgui/web/shared/settings/read-as.js";

test("how a model is read is said in words", () => {
  assert.equal(readAs(""), "");
  assert.equal(readAs("{}"), "as its files say");
  const text = JSON.stringify({ prediction_type: "v_prediction", zero_snr: false, clip_skip: 2, vae: { id: "mse", hash: "ee" } });
  assert.equal(readAs(text), "prediction v · zero terminal SNR off · clip skip 2 · VAE mse");
});

test("what is damaged is no error", () => {
  assert.equal(readAs("{"), "in a way that is not understood");
});
