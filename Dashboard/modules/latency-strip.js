// The latency strip: what was predicted, what requests met, what is to come.

import * as format from "./format.js";
import { commonOutages, logAxis, outages, runs, sampleAt } from "./latency-series.js";
import { onThemeChange, palette, SERIES } from "./palette.js";
import { slotEdges } from "./slots.js";

const PAST_MS = 180_000;
const FUTURE_MS = 120_000;
const MARGIN = { left: 46, right: 12, top: 10, bottom: 20 };
const LANE_PX = 5;

/** The strip's canvas and read-out. */
export class LatencyStrip {
  #canvas;
  #readout;
  #store;
  #clock;
  #pointerX = null;

  constructor(root, store, clock) {
    this.#canvas = root.querySelector("canvas");
    this.#readout = root.querySelector(".strip-readout");
    this.#store = store;
    this.#clock = clock;
    new ResizeObserver(() => this.draw()).observe(this.#canvas);
    onThemeChange(() => this.draw());
    this.#canvas.addEventListener("pointermove", (event) => this.#point(event.offsetX));
    this.#canvas.addEventListener("pointerleave", () => this.#point(null));
    for (const topic of ["state", "requests", "selection"]) store.on(topic, () => this.draw());
  }

  /** Draws the strip as of now. */
  draw() {
    const { state } = this.#store;
    const box = this.#fit();
    if (!state || box.right <= box.left) return;
    const context = this.#canvas.getContext("2d");
    const now = this.#clock.at(Date.now());
    const series = this.#chosenSeries();
    const dots = this.#chosenRequests(now);
    const axis = logAxis([
      ...series.flatMap(({ samples }) => samples.map((sample) => sample[1])),
      ...dots.map(({ request }) => request.actual_ms),
    ].filter((value) => value !== null));
    const logSpan = Math.log(axis.high / axis.low);
    const lanes = state.uplinks.length * (LANE_PX + 2);
    const plot = {
      ...box, now, bottom: box.bottom - lanes - 4, lanesTop: box.bottom - lanes,
      x: (timeMs) => box.left + ((timeMs - now + PAST_MS) / (PAST_MS + FUTURE_MS)) * (box.right - box.left),
      y: (value) => plot.bottom - (Math.log(value / axis.low) / logSpan) * (plot.bottom - box.top),
    };
    const colours = palette();
    this.#drawFrame(context, plot, colours, axis);
    this.#drawOutages(context, plot, colours, series);
    for (const line of series) this.#drawLine(context, plot, colours, line);
    for (const dot of dots) this.#drawDot(context, plot, colours, dot);
    this.#drawNow(context, plot, colours);
    this.#drawPointer(context, plot, colours, series);
  }

  #chosenSeries() {
    const { uplink, backend } = this.#store.selection;
    return this.#store.state.latency
      .filter((line) => (!uplink || line.uplink === uplink) && (!backend || line.backend === backend))
      .map((line) => ({ ...line, series: this.#store.seriesOf(line.uplink) }));
  }

  #chosenRequests(now) {
    const { uplink, backend } = this.#store.selection;
    return this.#store.requests
      .map((request) => ({ request, timeMs: Date.parse(request.time), series: this.#store.seriesOf(request.uplink) }))
      .filter(({ request, timeMs }) =>
        request.actual_ms > 0 && timeMs > now - PAST_MS && timeMs <= now
        && (!uplink || request.uplink === uplink) && (!backend || request.backend === backend));
  }

  #fit() {
    const ratio = Math.min(3, devicePixelRatio || 1);
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== w) this.#canvas.width = w;
    if (this.#canvas.height !== h) this.#canvas.height = h;
    const context = this.#canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = `10.5px ${getComputedStyle(document.body).fontFamily}`;
    return { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
  }

  #drawFrame(context, plot, colours, axis) {
    const { slotSeconds, slotPhaseSeconds } = this.#store.state;
    context.fillStyle = colours.graticule;
    context.globalAlpha = 0.45;
    context.fillRect(plot.x(plot.now), plot.top, plot.right - plot.x(plot.now), plot.bottom - plot.top);
    context.globalAlpha = 1;
    context.lineWidth = 1;
    context.strokeStyle = colours.rule;
    context.beginPath();
    for (const edge of slotEdges(plot.now - PAST_MS, plot.now + FUTURE_MS, slotSeconds, slotPhaseSeconds)) {
      const x = Math.round(plot.x(edge)) + 0.5;
      context.moveTo(x, plot.top);
      context.lineTo(x, plot.bottom);
    }
    context.stroke();
    context.fillStyle = colours.muted;
    context.textAlign = "right";
    context.textBaseline = "middle";
    let lastY = Infinity;
    for (const mark of axis.marks) {
      const y = Math.round(plot.y(mark)) + 0.5;
      if (lastY - y < 17) continue;
      lastY = y;
      context.strokeStyle = colours.graticule;
      context.beginPath();
      context.moveTo(plot.left, y);
      context.lineTo(plot.right, y);
      context.stroke();
      context.fillText(mark >= 1000 ? `${mark / 1000} s` : `${mark} ms`, plot.left - 6, y);
    }
    this.#drawTimes(context, plot);
  }

  #drawTimes(context, plot) {
    context.textBaseline = "alphabetic";
    for (let minutes = -3; minutes <= 2; minutes++) {
      const x = plot.x(plot.now + minutes * 60_000);
      context.textAlign = minutes === -3 ? "left" : minutes === 2 ? "right" : "center";
      context.fillText(minutes === 0 ? "now" : `${minutes > 0 ? "+" : "−"}${Math.abs(minutes)} min`, x, plot.bottom + (plot.lanesTop - plot.bottom) + this.#lanesHeight() + 12);
    }
  }

  #lanesHeight() {
    return this.#store.state.uplinks.length * (LANE_PX + 2);
  }

  /** A lane for each uplink at the foot, broken where no backend has a path, and the breaks shaded above. */
  #drawOutages(context, plot, colours, series) {
    const { uplinks, slotSeconds, slotPhaseSeconds } = this.#store.state;
    const clip = (timeMs) => Math.min(plot.right, Math.max(plot.left, plot.x(timeMs)));
    uplinks.forEach((uplink, i) => {
      const lines = series.filter((line) => line.uplink === uplink.name);
      if (lines.length === 0) return;
      const y = plot.lanesTop + i * (LANE_PX + 2);
      context.fillStyle = colours.series[i % SERIES];
      context.globalAlpha = 0.55;
      context.fillRect(plot.left, y, plot.right - plot.left, LANE_PX);
      context.globalAlpha = 1;
      const gaps = commonOutages(lines.map(({ samples }) => outages(samples, slotSeconds, slotPhaseSeconds)));
      for (const [from, to] of gaps) {
        const [x0, x1] = [clip(from), clip(to)];
        if (x1 <= x0) continue;
        context.fillStyle = colours.panel;
        context.fillRect(x0, y, x1 - x0, LANE_PX);
        context.fillStyle = colours.bad;
        context.fillRect(x0, y + 1, x1 - x0, LANE_PX - 2);
        context.globalAlpha = 0.1;
        context.fillRect(x0, plot.top, x1 - x0, plot.bottom - plot.top);
        context.globalAlpha = 1;
      }
    });
  }

  #drawLine(context, plot, colours, { samples, series }) {
    const { slotSeconds, slotPhaseSeconds } = this.#store.state;
    const chosen = this.#store.selection.backend !== null;
    context.strokeStyle = colours.series[series % SERIES];
    context.lineJoin = "round";
    const halves = [
      { from: plot.left, to: plot.x(plot.now), alpha: chosen ? 1 : 0.85, width: chosen ? 2 : 1.4 },
      { from: plot.x(plot.now), to: plot.right, alpha: 0.5, width: chosen ? 1.75 : 1.25 },
    ];
    for (const half of halves) {
      context.save();
      context.beginPath();
      context.rect(half.from, plot.top, half.to - half.from, plot.bottom - plot.top);
      context.clip();
      context.globalAlpha = half.alpha;
      context.lineWidth = half.width;
      context.beginPath();
      for (const run of runs(samples, slotSeconds, slotPhaseSeconds)) {
        run.forEach(([timeMs, value], i) => context[i ? "lineTo" : "moveTo"](plot.x(timeMs), plot.y(value)));
      }
      context.stroke();
      context.restore();
    }
  }

  /** A request: a dot at its actual time to first token, joined to a tick where it was predicted. */
  #drawDot(context, plot, colours, { request, timeMs, series }) {
    const colour = series < 0 ? colours.local : colours.series[series % SERIES];
    const [x, y] = [plot.x(timeMs), plot.y(request.actual_ms)];
    if (x < plot.left) return;
    context.strokeStyle = colour;
    context.fillStyle = colour;
    if (request.predicted_ms > 0) {
      const predicted = plot.y(request.predicted_ms);
      context.globalAlpha = 0.6;
      context.lineWidth = 1;
      context.beginPath();
      context.moveTo(x, y);
      context.lineTo(x, predicted);
      context.moveTo(x - 3, predicted);
      context.lineTo(x + 3, predicted);
      context.stroke();
      context.globalAlpha = 1;
    }
    context.beginPath();
    context.arc(x, y, request.id === this.#store.selection.request ? 4.5 : 2.6, 0, 2 * Math.PI);
    context.fill();
  }

  #drawNow(context, plot, colours) {
    const x = Math.round(plot.x(plot.now)) + 0.5;
    context.strokeStyle = colours.text;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, plot.top - 4);
    context.lineTo(x, plot.lanesTop + this.#lanesHeight());
    context.stroke();
  }

  #point(x) {
    this.#pointerX = x;
    this.draw();
  }

  #drawPointer(context, plot, colours, series) {
    const x = this.#pointerX;
    const inside = x !== null && x >= plot.left && x <= plot.right;
    this.#readout.hidden = !inside;
    if (!inside) return;
    context.strokeStyle = colours.muted;
    context.setLineDash([2, 2]);
    context.beginPath();
    context.moveTo(x, plot.top);
    context.lineTo(x, plot.bottom);
    context.stroke();
    context.setLineDash([]);
    const timeMs = plot.now - PAST_MS + ((x - plot.left) / (plot.right - plot.left)) * (PAST_MS + FUTURE_MS);
    const values = series.map((line) => {
      const value = sampleAt(line.samples, timeMs);
      return `${line.uplink} → ${line.backend} ${value === null ? "no path" : `${format.ms(value)} ms`}`;
    });
    this.#readout.textContent = [format.timeOfDay(timeMs), ...values].join("   ");
  }
}
