// What the latency strip draws, as numbers: pure, so that it can be tested without a page.

import { slotEdges } from "./slots.js";

/**
 * A sampled latency as step-like runs of [timeMs, ms]. Paths are re-chosen at slot edges only, so
 * where an edge lies between two samples the old value holds up to it and the new one begins there.
 * A `null` sample ends a run.
 */
export function runs(samples, slotSeconds, phaseSeconds) {
  const all = [];
  let run = [];
  for (let i = 0; i < samples.length; i++) {
    const [seconds, value] = samples[i];
    const timeMs = seconds * 1000;
    const before = i > 0 ? samples[i - 1] : null;
    const edge = before
      ? slotEdges(before[0] * 1000 + 1, timeMs, slotSeconds, phaseSeconds)[0] : undefined;
    if (value === null) {
      if (run.length > 0) all.push([...run, ...(edge ? [[edge, run.at(-1)[1]]] : [])]);
      run = [];
      continue;
    }
    if (edge !== undefined && edge < timeMs) {
      if (run.length > 0) run.push([edge, run.at(-1)[1]]);
      run.push([edge, value]);
    }
    run.push([timeMs, value]);
  }
  if (run.length > 0) all.push(run);
  return all;
}

/** The spans without a path, as [startMs, endMs], from slot edge to slot edge where one is near. */
export function outages(samples, slotSeconds, phaseSeconds) {
  const spans = [];
  let start = null;
  for (let i = 0; i < samples.length; i++) {
    const timeMs = samples[i][0] * 1000;
    const beforeMs = i > 0 ? samples[i - 1][0] * 1000 : timeMs;
    const edge = slotEdges(beforeMs + 1, timeMs, slotSeconds, phaseSeconds)[0] ?? timeMs;
    if (samples[i][1] === null && start === null) start = i === 0 ? timeMs : edge;
    if (samples[i][1] !== null && start !== null) {
      spans.push([start, edge]);
      start = null;
    }
  }
  if (start !== null) spans.push([start, samples.at(-1)[0] * 1000]);
  return spans;
}

/** Where every one of several series is without a path: the intersection of their outages. */
export function commonOutages(lists) {
  if (lists.length === 0) return [];
  return lists.reduce((shared, list) =>
    shared.flatMap(([a, b]) =>
      list.map(([c, d]) => [Math.max(a, c), Math.min(b, d)]).filter(([from, to]) => to > from)));
}

/** A logarithmic axis that holds `values`: its ends and the marks between, at 1, 2 and 5 times powers of ten. */
export function logAxis(values) {
  const positive = values.filter((value) => value > 0 && Number.isFinite(value));
  const low = positive.length ? Math.min(...positive) : 10;
  const high = positive.length ? Math.max(...positive) : 1000;
  const steps = [];
  for (let power = -2; power <= 6; power++) {
    for (const digit of [1, 2, 5]) steps.push(digit * 10 ** power);
  }
  let from = steps.findLastIndex((step) => step <= low);
  let to = steps.findIndex((step) => step >= high);
  from = Math.max(0, from);
  if (to < 0) to = steps.length - 1;
  while (to - from < 3) to += 1;
  return { low: steps[from], high: steps[to], marks: steps.slice(from, to + 1) };
}

/** The value of a sampled latency nearest to `timeMs`, or `null`. */
export function sampleAt(samples, timeMs) {
  let best = null;
  for (const sample of samples) {
    if (!best || Math.abs(sample[0] * 1000 - timeMs) < Math.abs(best[0] * 1000 - timeMs)) best = sample;
  }
  return best ? best[1] : null;
}
