// One link over time: forecast, estimate with its band, and the dots of what came, slot by slot.

import * as format from "./format.js";
import { linearAxis, spanAt, spansOf, valuesOf } from "./link-series.js";
import { palette, SERIES } from "./palette.js";
import { slotEdges } from "./slots.js";

const PAST_MS = 600_000;
const FUTURE_MS = 300_000;
const MARGIN = { left: 46, right: 12, top: 8, bottom: 20 };

/** A chart on a canvas, with a line of text for the slot under the pointer. */
export class LinkChart {
  #canvas;
  #readout;
  #clock;
  #link = null;
  #slots = null;
  #series = 0;
  #pointerX = null;

  constructor(canvas, readout, clock) {
    this.#canvas = canvas;
    this.#readout = readout;
    this.#clock = clock;
    new ResizeObserver(() => this.draw()).observe(canvas);
    canvas.addEventListener("pointermove", (event) => this.#point(event.offsetX));
    canvas.addEventListener("pointerleave", () => this.#point(null));
  }

  /** Shows a link; `slots` is the state's slot clock, `series` the colour. */
  show(link, slots, series) {
    [this.#link, this.#slots, this.#series] = [link, slots, series];
    this.draw();
  }

  /** Draws the chart as of now. */
  draw() {
    const { clientWidth: width, clientHeight: height } = this.#canvas;
    if (!this.#link || width < 80) return;
    const context = this.#fit(width, height);
    const now = this.#clock.at(Date.now());
    const spans = spansOf(this.#link, this.#slots.seconds, now - PAST_MS, now + FUTURE_MS);
    const axis = linearAxis(valuesOf(spans));
    const box = { left: MARGIN.left, right: width - MARGIN.right, top: MARGIN.top, bottom: height - MARGIN.bottom };
    const plot = {
      ...box, now, axis,
      x: (timeMs) => box.left + ((timeMs - now + PAST_MS) / (PAST_MS + FUTURE_MS)) * (box.right - box.left),
      y: (value) => box.bottom - ((value - axis.low) / (axis.high - axis.low)) * (box.bottom - box.top),
    };
    const colours = palette();
    this.#drawFrame(context, plot, colours);
    context.save();
    context.beginPath();
    context.rect(plot.left, plot.top - 4, plot.right - plot.left, plot.bottom - plot.top + 8);
    context.clip();
    this.#drawBands(context, plot, colours, spans);
    this.#drawSteps(context, plot, spans, "forecast", { stroke: colours.muted, dash: [3, 3], width: 1.2 });
    this.#drawSteps(context, plot, spans, "estimate", { stroke: this.#colour(colours), dash: [], width: 2 });
    this.#drawObserved(context, plot, colours, spans);
    context.restore();
    this.#drawNow(context, plot, colours);
    this.#drawPointer(context, plot, colours, spans);
  }

  #colour(colours) {
    return colours.series[this.#series % SERIES];
  }

  #fit(width, height) {
    const ratio = Math.min(3, devicePixelRatio || 1);
    const [w, h] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.#canvas.width !== w) this.#canvas.width = w;
    if (this.#canvas.height !== h) this.#canvas.height = h;
    const context = this.#canvas.getContext("2d");
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, width, height);
    context.font = `10.5px ${getComputedStyle(document.body).fontFamily}`;
    return context;
  }

  #drawFrame(context, plot, colours) {
    context.fillStyle = colours.graticule;
    context.globalAlpha = 0.45;
    context.fillRect(plot.x(plot.now), plot.top, plot.right - plot.x(plot.now), plot.bottom - plot.top);
    context.globalAlpha = 1;
    context.lineWidth = 1;
    context.strokeStyle = colours.rule;
    context.globalAlpha = 0.6;
    context.beginPath();
    for (const edge of slotEdges(plot.now - PAST_MS, plot.now + FUTURE_MS, this.#slots.seconds, this.#slots.phase)) {
      const x = Math.round(plot.x(edge)) + 0.5;
      context.moveTo(x, plot.top);
      context.lineTo(x, plot.bottom);
    }
    context.stroke();
    context.globalAlpha = 1;
    context.fillStyle = colours.muted;
    context.textAlign = "right";
    context.textBaseline = "middle";
    for (const mark of plot.axis.marks) {
      const y = Math.round(plot.y(mark)) + 0.5;
      context.beginPath();
      context.moveTo(plot.left, y);
      context.lineTo(plot.right, y);
      context.stroke();
      context.fillText(`${mark} ms`, plot.left - 6, y);
    }
    this.#drawTimes(context, plot);
  }

  #drawTimes(context, plot) {
    const step = plot.right - plot.left < 420 ? 5 : plot.right - plot.left < 800 ? 2.5 : 1;
    context.textBaseline = "alphabetic";
    for (let minutes = -10; minutes <= 5; minutes += step) {
      const text = minutes === 0 ? "now" : `${minutes > 0 ? "+" : "−"}${Math.abs(minutes)}${minutes === 5 ? " min" : ""}`;
      context.textAlign = minutes === -10 ? "left" : minutes === 5 ? "right" : "center";
      context.fillText(text, plot.x(plot.now + minutes * 60_000), plot.bottom + 14);
    }
  }

  /** The band of each slot: where its median was, or is, expected with 80 %. */
  #drawBands(context, plot, colours, spans) {
    context.fillStyle = this.#colour(colours);
    for (const span of spans) {
      if (span.low.includes(null)) continue;
      context.globalAlpha = span.isOver ? 0.2 : 0.28;
      const [x0, x1] = [plot.x(span.startMs), plot.x(span.endMs) - 1];
      context.beginPath();
      context.moveTo(x0, plot.y(span.low[0]));
      context.lineTo(x1, plot.y(span.low[1]));
      context.lineTo(x1, plot.y(span.high[1]) - 1);
      context.lineTo(x0, plot.y(span.high[0]) - 1);
      context.fill();
    }
    context.globalAlpha = 1;
    context.fillStyle = colours.bad;
    for (const span of spans) {
      if (!span.forecast.includes(null)) continue;
      context.fillRect(plot.x(span.startMs), plot.bottom - 4, plot.x(span.endMs) - plot.x(span.startMs), 4);
    }
  }

  #drawSteps(context, plot, spans, part, { stroke, dash, width }) {
    context.strokeStyle = stroke;
    context.lineWidth = width;
    context.setLineDash(dash);
    context.beginPath();
    for (const span of spans) {
      if (span[part].includes(null)) continue;
      context.moveTo(plot.x(span.startMs), plot.y(span[part][0]));
      context.lineTo(plot.x(span.endMs) - 1, plot.y(span[part][1]));
    }
    context.stroke();
    context.setLineDash([]);
  }

  /** What came: a dot, filled where it fell into the band and open where it did not. */
  #drawObserved(context, plot, colours, spans) {
    const radius = Math.min(3.2, Math.max(2, (plot.x(15_000) - plot.x(0)) / 4));
    context.lineWidth = 1.5;
    for (const span of spans) {
      if (span.observed === null) continue;
      const [x, y] = [plot.x((span.startMs + span.endMs) / 2), plot.y(span.observed)];
      const held = span.observed >= span.low[0] && span.observed <= span.high[0];
      context.beginPath();
      context.arc(x, y, radius, 0, 2 * Math.PI);
      context.fillStyle = held ? colours.text : colours.panel;
      context.strokeStyle = held ? colours.panel : colours.text;
      context.stroke();
      context.fill();
    }
  }

  #drawNow(context, plot, colours) {
    const x = Math.round(plot.x(plot.now)) + 0.5;
    context.strokeStyle = colours.text;
    context.lineWidth = 1;
    context.beginPath();
    context.moveTo(x, plot.top - 4);
    context.lineTo(x, plot.bottom + 3);
    context.stroke();
  }

  #point(x) {
    this.#pointerX = x;
    this.draw();
  }

  #drawPointer(context, plot, colours, spans) {
    const x = this.#pointerX;
    const inside = x !== null && x >= plot.left && x <= plot.right;
    const timeMs = inside ? plot.now - PAST_MS + ((x - plot.left) / (plot.right - plot.left)) * (PAST_MS + FUTURE_MS) : 0;
    const span = inside ? spanAt(spans, timeMs) : null;
    this.#readout.hidden = !span;
    if (!span) return;
    context.strokeStyle = colours.muted;
    context.lineWidth = 1;
    context.strokeRect(plot.x(span.startMs) + 0.5, plot.top - 2.5, plot.x(span.endMs) - plot.x(span.startMs) - 1, plot.bottom - plot.top + 5);
    this.#readout.textContent = describe(span);
  }
}

/** A slot in words: when, what was expected, what came. */
export function describe(span) {
  const time = `${format.timeOfDay(span.startMs)} to ${format.timeOfDay(span.endMs)}`;
  if (span.forecast.includes(null)) return `${time}   no path`;
  const parts = [
    time, `forecast ${format.ms(span.forecast[0])} ms`,
    `${span.isOver ? "predicted" : "estimate"} ${format.ms(span.estimate[0])} ms (${format.ms(span.low[0])} to ${format.ms(span.high[0])})`,
  ];
  if (span.observed !== null) parts.push(`came ${format.ms(span.observed)} ms, median of ${span.samples}`);
  if (span.satellite) parts.push(`over ${span.satellite}`);
  return parts.join("   ");
}
