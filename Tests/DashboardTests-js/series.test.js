import assert from "node:assert/strict";
import { test } from "node:test";
import * as format from "../../Dashboard/modules/format.js";
import { commonOutages, logAxis, outages, runs, sampleAt } from "../../Dashboard/modules/latency-series.js";
import { retryDelayMs } from "../../Dashboard/modules/live.js";
import { ServerClock, slotEdges, slotStart } from "../../Dashboard/modules/slots.js";
import { FRAME_MS, Sky, thinning } from "../../Dashboard/modules/sky.js";
import { Store } from "../../Dashboard/modules/store.js";

const T = Date.UTC(2026, 10, 25, 18, 0, 0);

test("slot edges fall on seconds 12, 27, 42 and 57", () => {
  const edges = slotEdges(T, T + 60_000, 15, 12);
  assert.deepEqual(edges.map((edge) => new Date(edge).getUTCSeconds()), [12, 27, 42, 57]);
  for (let s = 0; s < 120; s++) {
    const start = slotStart(T + s * 1000, 15, 12);
    assert.ok(start <= T + s * 1000 && start + 15_000 > T + s * 1000);
  }
});

test("a latency holds up to the slot edge and changes there", () => {
  const s = T / 1000;
  const [run] = runs([[s + 5, 20], [s + 10, 21], [s + 15, 40]], 15, 12);
  assert.deepEqual(run, [[T + 5000, 20], [T + 10_000, 21], [T + 12_000, 21], [T + 12_000, 40], [T + 15_000, 40]]);
});

test("an outage breaks the line and lasts from edge to edge", () => {
  const s = T / 1000;
  const samples = [[s + 10, 20], [s + 15, null], [s + 20, null], [s + 25, null], [s + 30, 30]];
  assert.equal(runs(samples, 15, 12).length, 2);
  assert.deepEqual(outages(samples, 15, 12), [[T + 12_000, T + 27_000]]);
  assert.deepEqual(outages([[s, null], [s + 5, null]], 15, 12), [[T, T + 5000]]);
  assert.deepEqual(outages([], 15, 12), []);
});

test("an uplink is out only where every backend is", () => {
  assert.deepEqual(commonOutages([[[0, 10], [20, 30]], [[5, 25]]]), [[5, 10], [20, 25]]);
  assert.deepEqual(commonOutages([[[0, 10]], []]), []);
});

test("the axis holds its values", () => {
  for (const values of [[3, 700], [48, 48], [], [0.2], [12_000, 15]]) {
    const axis = logAxis(values);
    for (const value of values) assert.ok(axis.low <= value && value <= axis.high);
    assert.ok(axis.marks.length >= 4);
  }
  assert.equal(sampleAt([[1, 5], [2, null]], 1900), null);
});

test("the clock trusts the least delayed message and follows steps", () => {
  const clock = new ServerClock();
  clock.learn(10_000, 9_000);
  clock.learn(12_000, 11_300);
  assert.equal(clock.at(20_000), 21_000);
  clock.learn(100_000, 12_000);
  assert.equal(clock.at(12_000), 100_000);
});

test("satellites move along the great circle, over the date line and not across the map", () => {
  const sky = new Sky();
  sky.add(T, { lat: [0, 80], lon: [179.8, 0], alt: [550, 550], zone: [1], names: ["a", "b"] });
  sky.add(T + FRAME_MS, { lat: [0, 80], lon: [-179.8, 0], alt: [550, 550], zone: [1] });
  sky.moveTo(T + FRAME_MS / 2);
  assert.ok(Math.abs(Math.abs(sky.lon[0]) - 180) < 0.01);
  assert.ok(Math.abs(sky.pointOf("b")[0] - 80) < 0.001);
  sky.moveTo(T + 10 * FRAME_MS);
  assert.ok(Math.abs(sky.lon[0] + 179.8) < 0.01);
  assert.equal(sky.pointOf("c"), null);
  sky.clear();
  assert.equal(sky.count, 0);
});

test("the store keeps each request once, newest first, and few", () => {
  const store = new Store();
  for (let i = 0; i < 500; i++) store.addRequest({ id: String(i % 300) });
  assert.equal(store.requests.length, 200);
  assert.equal(new Set(store.requests.map((request) => request.id)).size, 200);
  assert.equal(store.requests[0].id, "199");
});

test("a choice that disappears from the fleet is dropped", () => {
  const store = new Store();
  store.setState({ uplinks: [{ name: "leo", paths: [] }], backends: [{ name: "b" }] });
  store.select({ uplink: "leo", backend: "b" });
  store.setState({ uplinks: [], backends: [{ name: "b" }] });
  assert.deepEqual(store.selection, { uplink: null, backend: "b", request: null });
});

test("waits between attempts double and stay bounded", () => {
  assert.deepEqual([0, 1, 2, 3, 4, 5, 50].map(retryDelayMs), [1000, 2000, 4000, 8000, 16_000, 30_000, 30_000]);
});

test("numbers as people read them", () => {
  assert.deepEqual([null, 7.416, 41.23, 1234.4].map(format.ms), ["–", "7.42", "41.2", "1\u202f234"]);
  assert.deepEqual([812, 4120, 91_822_110, 999_600].map(format.bytes), ["812 B", "4.1 kB", "91.8 MB", "1.0 MB"]);
  assert.deepEqual([7.9, 724, 18_120, 270_000, NaN].map(format.span), ["0:07", "12:04", "5 h 02 m", "3 d 03 h", "–"]);
  assert.deepEqual([0, 0.0001, 0.01].map(format.percent), ["0 %", "0.01 %", "1.0 %"]);
});

test("a decayed satellite has no place", () => {
  const sky = new Sky();
  sky.add(T, { lat: [null, 10], lon: [null, 20], alt: [null, 550], zone: [], names: ["gone", "there"] });
  sky.moveTo(T);
  assert.equal(sky.pointOf("gone"), null);
  assert.equal(sky.altitudeOf(0), null);
  assert.ok(Math.abs(sky.pointOf("there")[1] - 20) < 1e-3);
});

test("a hop without a place is null in the store", () => {
  const store = new Store();
  store.setState({ uplinks: [{ name: "leo", paths: [{ points: [[1, 2], [null, null]] }] }], backends: [] });
  assert.deepEqual(store.state.uplinks[0].paths[0].points, [[1, 2], null]);
});

test("a thinned sky shows every nth, and always the zone's hosts and the satellites that serve", () => {
  assert.deepEqual([0, 1400, 1584, 4408, 9000].map((count) => thinning(count, 1500)), [1, 1, 1, 3, 6]);
  assert.equal(thinning(9000, Infinity), 1);
  const sky = new Sky();
  const all = Array.from({ length: 100 }, (_, i) => i);
  const names = all.map((i) => `s${i}`);
  sky.add(T, { lat: all.map((i) => i / 2), lon: all, alt: all, zone: [7], names });
  assert.deepEqual(sky.shown, all);
  sky.thin(25);
  sky.keep(["s10", "unknown", null]);
  assert.deepEqual(sky.shown, all.filter((i) => i % 4 === 0 || i === 7 || i === 10));
  sky.moveTo(T);
  assert.ok(Math.abs(sky.pointOf("s9")[1] - 9) < 1e-3, "a satellite that is not shown is still known");
});
