// Where every satellite is between the instants the server was asked about.

import { vectorOf } from "./geo.js";

/** How far apart the instants are, milliseconds: 0.6 degrees of a low orbit, where a chord is as good as the arc. */
export const FRAME_MS = 10_000;

/** The instant at or before `timeMs` that the page asks the server about. */
export function frameTime(timeMs) {
  return Math.floor(timeMs / FRAME_MS) * FRAME_MS;
}

/** One satellite in how many is shown where `most` are as many as can be told apart. */
export function thinning(count, most) {
  return Math.max(1, Math.round(count / most));
}

/** A decayed satellite has no position: `null` from the server, not a number here, never drawn. */
const known = (value) => value ?? NaN;

/** Positions at one instant, as unit vectors. */
function frameOf(timeMs, answer) {
  const count = answer.lat.length;
  const vectors = new Float32Array(count * 3);
  for (let i = 0; i < count; i++) vectors.set(vectorOf([known(answer.lat[i]), known(answer.lon[i])]), i * 3);
  return { timeMs, vectors, alt: Float32Array.from(answer.alt, known) };
}

/** The satellites, interpolated. */
export class Sky {
  count = 0;
  /** Indices of the satellites that host an orbital zone. */
  zone = [];
  /** Indices of the satellites to show: every one, or some where there is no room. */
  shown = [];
  /** Degrees, current after `moveTo`. */
  lat = new Float32Array(0);
  lon = new Float32Array(0);
  #names = [];
  #index = new Map();
  #frames = [];
  #most = Infinity;
  #kept = [];

  /** One satellite in how many is shown. */
  get stride() {
    return thinning(this.count, this.#most);
  }

  /** Shows about `most` satellites, spread evenly over the list. */
  thin(most) {
    this.#most = most;
    this.#choose();
  }

  /** Shows the satellites of these names in any case, as it does those of a zone. */
  keep(names) {
    this.#kept = names;
    this.#choose();
  }

  /** Forgets everything, as when another server answers. */
  clear() {
    this.#frames = [];
    this.#names = [];
    this.#index.clear();
    this.zone = [];
    this.#resize(0);
  }

  /** Adds the server's answer about the instant `timeMs`. */
  add(timeMs, answer) {
    if (answer.names) {
      this.#names = answer.names;
      this.#index = new Map(answer.names.map((name, i) => [name, i]));
    }
    if (answer.lat.length !== this.count) {
      this.#frames = [];
      this.#resize(answer.lat.length);
    }
    this.zone = answer.zone ?? [];
    this.#choose();
    this.#frames = [...this.#frames.filter((frame) => frame.timeMs !== timeMs), frameOf(timeMs, answer)]
      .sort((a, b) => a.timeMs - b.timeMs)
      .slice(-3);
  }

  /** Whether the server was asked about the instant `timeMs` already. */
  has(timeMs) {
    return this.#frames.some((frame) => frame.timeMs === timeMs);
  }

  /** Moves the satellites to `timeMs`; beyond what is known they stay where they were last seen. */
  moveTo(timeMs) {
    if (this.#frames.length === 0) return;
    let after = this.#frames.findIndex((frame) => frame.timeMs > timeMs);
    if (after < 0) after = this.#frames.length - 1;
    const b = this.#frames[after];
    const a = this.#frames[Math.max(0, after - 1)];
    const length = b.timeMs - a.timeMs;
    const share = length > 0 ? Math.min(1, Math.max(0, (timeMs - a.timeMs) / length)) : 0;
    const degrees = 180 / Math.PI;
    for (let i = 0, k = 0; i < this.count; i++, k += 3) {
      const x = a.vectors[k] + (b.vectors[k] - a.vectors[k]) * share;
      const y = a.vectors[k + 1] + (b.vectors[k + 1] - a.vectors[k + 1]) * share;
      const z = a.vectors[k + 2] + (b.vectors[k + 2] - a.vectors[k + 2]) * share;
      this.lat[i] = Math.atan2(z, Math.sqrt(x * x + y * y)) * degrees;
      this.lon[i] = Math.atan2(y, x) * degrees;
    }
  }

  /** A satellite's index by name, or `undefined`. */
  indexOf(name) {
    return this.#index.get(name);
  }

  /** A satellite's name by index. */
  nameOf(index) {
    return this.#names[index] ?? `satellite ${index}`;
  }

  /** A satellite's altitude, kilometres, or `null`. */
  altitudeOf(index) {
    const altitude = this.#frames.at(-1)?.alt[index] ?? NaN;
    return Number.isNaN(altitude) ? null : altitude;
  }

  /** A named satellite's ground point now, or `null`. */
  pointOf(name) {
    const index = this.#index.get(name);
    if (index === undefined || index >= this.count || Number.isNaN(this.lat[index])) return null;
    return [this.lat[index], this.lon[index]];
  }

  #choose() {
    const { stride } = this;
    const always = new Set([...this.zone, ...this.#kept.map((name) => this.#index.get(name))]);
    this.shown = Array.from({ length: this.count }, (_, i) => i).filter((i) => i % stride === 0 || always.has(i));
  }

  #resize(count) {
    this.count = count;
    this.shown = [];
    this.lat = new Float32Array(count);
    this.lon = new Float32Array(count);
  }
}
