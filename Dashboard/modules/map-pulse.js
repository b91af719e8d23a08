// A request on its way: a point of light that travels the path and back.

import { angleBetween, between, splitAtDateLine } from "./geo.js";

const OUT_MS = 900;
const BACK_MS = 900;
const END_MS = 500;
const TAIL = 0.14;

/** One completed request's journey over ground points. */
export class Pulse {
  #points;
  #lengths;
  #total;
  #startMs;
  #colour;
  #failed;

  constructor(points, colour, failed, startMs) {
    this.#points = points;
    this.#lengths = points.slice(1).map((point, i) => angleBetween(points[i], point));
    this.#total = this.#lengths.reduce((sum, length) => sum + length, 0);
    this.#colour = colour;
    this.#failed = failed;
    this.#startMs = startMs;
  }

  /** Whether nothing is left to draw. */
  isOver(nowMs) {
    return nowMs > this.#startMs + OUT_MS + BACK_MS + END_MS;
  }

  /** Draws the request as of `nowMs`: out, back, then a ring where it came from. */
  draw(context, view, colours, nowMs) {
    const age = nowMs - this.#startMs;
    const travel = age < OUT_MS ? age / OUT_MS : 2 - age / BACK_MS;
    if (travel > 0 && this.#total > 0) this.#drawHead(context, view, colours, travel, age < OUT_MS);
    const ring = (age - OUT_MS - BACK_MS) / END_MS;
    if (this.#total === 0 || ring >= 0) this.#drawRing(context, view, colours, this.#total === 0 ? age / 900 : ring);
  }

  #drawHead(context, view, colours, travel, outward) {
    const tail = Math.min(1, Math.max(0, travel + (outward ? -TAIL : TAIL)));
    const line = Array.from({ length: 9 }, (_, i) => this.#at(tail + ((travel - tail) * i) / 8));
    const eased = this.#at(travel);
    context.strokeStyle = this.#failed ? colours.bad : colours.text;
    context.lineCap = "round";
    context.lineWidth = 2.5;
    context.globalAlpha = 0.8;
    context.beginPath();
    for (const piece of splitAtDateLine(line)) {
      piece.forEach(([lat, lon], i) => context[i ? "lineTo" : "moveTo"](view.x(lon), view.y(lat)));
    }
    context.stroke();
    context.globalAlpha = 1;
    context.lineCap = "butt";
    context.beginPath();
    context.arc(view.x(eased[1]), view.y(eased[0]), 3.2, 0, 2 * Math.PI);
    context.fillStyle = this.#failed ? colours.bad : colours.text;
    context.fill();
  }

  #drawRing(context, view, colours, share) {
    if (share > 1) return;
    const [lat, lon] = this.#points[0];
    context.beginPath();
    context.arc(view.x(lon), view.y(lat), 9 + 12 * share, 0, 2 * Math.PI);
    context.strokeStyle = this.#failed ? colours.bad : this.#colour;
    context.globalAlpha = 1 - share;
    context.lineWidth = 2;
    context.stroke();
    context.globalAlpha = 1;
  }

  /** The point `share` of the way along the whole path. */
  #at(share) {
    let rest = share * this.#total;
    for (let i = 0; i < this.#lengths.length; i++) {
      if (rest <= this.#lengths[i] || i === this.#lengths.length - 1) {
        const part = this.#lengths[i] > 0 ? Math.min(1, rest / this.#lengths[i]) : 0;
        return between(this.#points[i], this.#points[i + 1], part);
      }
      rest -= this.#lengths[i];
    }
    return this.#points[0];
  }
}
