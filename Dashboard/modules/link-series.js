// What a link's chart draws and tells, as numbers: pure, so that it can be tested without a page.

const finite = (value) => typeof value === "number" && Number.isFinite(value);

/**
 * How the predictions of a link's slots fared: mean errors in milliseconds of the estimate, of the forecast
 * alone and of "as the slot before", and the share of slots within the band. `null` without slots.
 */
export function scoreOf(slots, slotSeconds) {
  if (slots.length === 0) return null;
  const mean = (values) => (values.length ? values.reduce((a, b) => a + b, 0) / values.length : null);
  const off = (predicted, slot) => Math.abs(predicted - slot.observed_ms);
  const followers = slots.slice(1)
    .map((slot, i) => [slots[i], slot])
    .filter(([before, slot]) => slot.start - before.start === slotSeconds);
  return {
    slots: slots.length,
    estimate: mean(slots.map((slot) => off(slot.predicted_ms, slot))),
    forecast: mean(slots.map((slot) => off(slot.forecast_ms, slot))),
    asBefore: mean(followers.map(([before, slot]) => off(before.observed_ms, slot))),
    inBand: slots.filter((slot) => slot.observed_ms >= slot.low_ms && slot.observed_ms <= slot.high_ms).length / slots.length,
  };
}

/** The slots in [fromMs, toMs) as the chart shows them, past ones with what came, in order of time. */
export function spansOf(link, slotSeconds, fromMs, toMs) {
  const past = link.slots.map((slot) => ({
    startMs: slot.start * 1000, endMs: (slot.start + slotSeconds) * 1000, isOver: true,
    forecast: [slot.forecast_ms, slot.forecast_ms], estimate: [slot.predicted_ms, slot.predicted_ms],
    low: [slot.low_ms, slot.low_ms], high: [slot.high_ms, slot.high_ms],
    observed: slot.observed_ms, samples: slot.samples, satellite: null,
  }));
  const ahead = link.ahead.map((slot) => ({
    startMs: slot.start * 1000, endMs: slot.end * 1000, isOver: false,
    forecast: slot.forecast_ms, estimate: slot.estimate_ms, low: slot.low_ms, high: slot.high_ms,
    observed: null, samples: 0, satellite: slot.serving_satellite,
  }));
  return [...past, ...ahead].filter((span) => span.endMs > fromMs && span.startMs < toMs);
}

/** The span that contains `timeMs`, or `null`. */
export function spanAt(spans, timeMs) {
  return spans.find((span) => timeMs >= span.startMs && timeMs < span.endMs) ?? null;
}

/** A change smaller than this share of a round trip is not worth filling a chart with. */
const LEAST_SPAN = 0.05;

/** A linear axis that holds `values` with some room: its ends, and two to six round marks between. */
export function linearAxis(values) {
  const known = values.filter(finite);
  let low = known.length ? Math.min(...known) : 0;
  let high = known.length ? Math.max(...known) : 100;
  const room = Math.max((high - low) * 0.06, (high * LEAST_SPAN - (high - low)) / 2, 0.5);
  [low, high] = [Math.max(0, low - room), high + room];
  const rough = (high - low) / 5;
  const power = 10 ** Math.floor(Math.log10(rough));
  const step = [1, 2, 5, 10].map((digit) => digit * power).find((size) => size >= rough);
  const marks = [];
  for (let mark = Math.ceil(low / step) * step; mark <= high + step * 1e-9; mark += step) marks.push(Number(mark.toPrecision(12)));
  return { low, high, marks };
}

/** Everything that a chart of these spans has to hold. */
export function valuesOf(spans) {
  return spans.flatMap((span) => [...span.forecast, ...span.estimate, ...span.low, ...span.high, span.observed]).filter(finite);
}
