import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";
import { decodeCoastline, landRings } from "../../Dashboard/modules/coastline.js";
import * as geo from "../../Dashboard/modules/geo.js";
import { darkness, subsolarPoint } from "../../Dashboard/modules/sun.js";
import { Viewport } from "../../Dashboard/modules/viewport.js";
import { points } from "./seeded.js";

const near = (a, b, tolerance) => assert.ok(Math.abs(a - b) <= tolerance, `${a} is not within ${tolerance} of ${b}`);

test("a point survives the way to a vector and back", () => {
  for (const [lat, lon] of points(200)) {
    const [lat2, lon2] = geo.pointOf(geo.vectorOf([lat, lon]));
    near(lat2, lat, 1e-9);
    near(lon2, lon, 1e-9);
  }
});

test("distance: a quarter of the equator, symmetry, the triangle inequality", () => {
  near(geo.distanceKm([0, 0], [0, 90]), (Math.PI / 2) * geo.EARTH_RADIUS_KM, 1e-6);
  const all = points(60);
  for (let i = 2; i < all.length; i++) {
    const [a, b, c] = [all[i - 2], all[i - 1], all[i]];
    near(geo.distanceKm(a, b), geo.distanceKm(b, a), 1e-6);
    assert.ok(geo.distanceKm(a, c) <= geo.distanceKm(a, b) + geo.distanceKm(b, c) + 1e-6);
  }
});

test("the pieces of a great circle add up to its length", () => {
  const all = points(80);
  for (let i = 1; i < all.length; i++) {
    const line = geo.greatCircle(all[i - 1], all[i]);
    const length = line.slice(1).reduce((sum, point, k) => sum + geo.distanceKm(line[k], point), 0);
    near(length, geo.distanceKm(all[i - 1], all[i]), 0.01);
    assert.deepEqual([line[0], line.at(-1)], [all[i - 1], all[i]]);
  }
});

test("no piece of a cut line spans the map, and pieces meet on the date line", () => {
  const all = points(120);
  for (let i = 1; i < all.length; i++) {
    const pieces = geo.splitAtDateLine(geo.greatCircle(all[i - 1], all[i]));
    for (const piece of pieces) {
      for (let k = 1; k < piece.length; k++) assert.ok(Math.abs(piece[k][1] - piece[k - 1][1]) <= 180);
    }
    for (let k = 1; k < pieces.length; k++) {
      assert.equal(pieces[k - 1].at(-1)[0], pieces[k][0][0]);
      assert.equal(pieces[k - 1].at(-1)[1], -pieces[k][0][1]);
    }
  }
});

test("every point of a circle is equally far from its centre", () => {
  for (const centre of points(40)) {
    for (const point of geo.circleAround(centre, 22)) {
      near(geo.angleBetween(centre, point) * (180 / Math.PI), 22, 1e-6);
    }
  }
});

test("the horizon of a geostationary satellite is 81.3 degrees away", () => near(geo.horizonRadiusDeg(35786), 81.3, 0.05));

test("the Sun at equinox and solstice", () => {
  near(subsolarPoint(Date.UTC(2026, 2, 20, 14, 46))[0], 0, 0.02);
  near(subsolarPoint(Date.UTC(2026, 5, 21, 8, 24))[0], 23.44, 0.02);
  // The equation of time on 3 November is +16.4 minutes: the Sun is 4.1 degrees west of mean noon.
  near(subsolarPoint(Date.UTC(2026, 10, 3, 12))[1], -4.1, 0.1);
});

test("it is day below the Sun and night opposite", () => {
  const time = Date.UTC(2026, 10, 25, 18);
  const [lat, lon] = subsolarPoint(time);
  const cells = darkness(time, 360, 180);
  const at = (la, lo) => cells[Math.floor(90 - la) * 360 + Math.floor(lo + 180)];
  assert.equal(at(lat, lon), 0);
  assert.equal(at(-lat, geo.wrapLongitude(lon + 180)), 1);
});

test("the shipped coastline decodes, and every ring closes on the map", () => {
  const lines = decodeCoastline(JSON.parse(readFileSync(new URL("../../Dashboard/map/coastline-110m.json", import.meta.url))));
  assert.equal(lines.length, 128);
  for (const ring of landRings(lines)) {
    for (let i = 0; i < ring.length; i += 2) {
      assert.ok(Math.abs(ring[i]) <= 180.001 && Math.abs(ring[i + 1]) <= 90.001);
    }
    assert.ok(Math.abs(ring[0] - ring[ring.length - 2]) < 0.1, "a ring would close across the map");
  }
});

test("the view never leaves the map", () => {
  const view = new Viewport();
  view.resize(800);
  for (const point of points(100)) {
    view.lookAt(point, 1 + Math.abs(point[0]) / 5);
    assert.ok(view.x(-180) <= 1e-6 && view.x(180) >= view.width - 1e-6);
    assert.ok(view.y(90) <= 1e-6 && view.y(-90) >= view.height - 1e-6);
  }
});
