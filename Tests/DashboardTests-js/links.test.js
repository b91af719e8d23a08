import assert from "node:assert/strict";
import { test } from "node:test";

import { linearAxis, scoreOf, spanAt, spansOf, valuesOf } from "../../Dashboard/modules/link-series.js";
import { viewOf } from "../../Dashboard/modules/view.js";
import { numbers } from "./seeded.js";

const slot = (number, forecast, predicted, observed, half = 5) => ({
  start: 12 + 15 * number, forecast_ms: forecast, predicted_ms: predicted,
  low_ms: predicted - half, high_ms: predicted + half, observed_ms: observed, samples: 3,
});

test("a score tells each way to predict apart", () => {
  const score = scoreOf([slot(0, 40, 50, 60), slot(1, 40, 58, 60), slot(2, 40, 60, 64)], 15);
  assert.equal(score.slots, 3);
  assert.ok(Math.abs(score.estimate - (10 + 2 + 4) / 3) < 1e-9);
  assert.ok(Math.abs(score.forecast - (20 + 20 + 24) / 3) < 1e-9);
  assert.ok(Math.abs(score.asBefore - (0 + 4) / 2) < 1e-9);
  assert.ok(Math.abs(score.inBand - 2 / 3) < 1e-9);
});

test("slots that do not follow each other are no neighbours", () => {
  assert.equal(scoreOf([slot(0, 1, 1, 1), slot(5, 1, 1, 9)], 15).asBefore, null);
  assert.equal(scoreOf([], 15), null);
});

test("spans are those in view, past and to come, and a time finds its own", () => {
  const ahead = [0, 1, 2].map((n) => ({
    start: 57 + 15 * n, end: 72 + 15 * n, forecast_ms: n === 1 ? [null, null] : [40, 41],
    estimate_ms: [50, 51], low_ms: [45, 46], high_ms: [55, 56], serving_satellite: "S-1",
  }));
  const link = { slots: [0, 1, 2].map((n) => slot(n, 40, 50, 52)), ahead };
  const spans = spansOf(link, 15, 30_000, 80_000);
  assert.deepEqual(spans.map((span) => span.startMs / 1000), [27, 42, 57, 72]);
  assert.deepEqual(spans.map((span) => span.isOver), [true, true, false, false]);
  assert.equal(spanAt(spans, 57_000).satellite, "S-1");
  assert.equal(spanAt(spans, 56_999).observed, 52);
  assert.equal(spanAt(spans, 200_000), null);
  assert.ok(valuesOf(spans).every(Number.isFinite));
});

test("an axis holds its values, with few round marks in order", () => {
  const random = numbers(7);
  for (let round = 0; round < 2000; round++) {
    const scale = 10 ** (random() * 5 - 1);
    const values = Array.from({ length: 1 + Math.floor(random() * 20) }, () => random() * scale);
    const { low, high, marks } = linearAxis([...values, null, NaN]);
    assert.ok(low >= 0 && low <= Math.min(...values) && high >= Math.max(...values));
    assert.ok(marks.length >= 2 && marks.length <= 7, `${low} ${high} ${marks}`);
    for (const [i, mark] of marks.entries()) {
      assert.ok(mark >= low && mark <= high + 1e-9);
      if (i) assert.ok(mark > marks[i - 1]);
    }
  }
  assert.ok(linearAxis([]).marks.length > 1);
});

test("an unknown address shows the first view", () => {
  assert.deepEqual(["#network", "#overview", "", "#requests"].map(viewOf), ["network", "overview", "overview", "overview"]);
});
