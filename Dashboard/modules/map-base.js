// The ground: ocean, land, graticule, night. Drawn only when the view, the theme or the minute changes.

import { landRings } from "./coastline.js";
import { darkness } from "./sun.js";

const NIGHT_COLUMNS = 180;
const NIGHT_ROWS = 90;

function trace(context, view, line) {
  context.moveTo(view.x(line[0]), view.y(line[1]));
  for (let i = 2; i < line.length; i += 2) context.lineTo(view.x(line[i]), view.y(line[i + 1]));
}

/** The layer below everything. */
export class MapBase {
  #canvas;
  #lines = [];
  #rings = [];
  #night = Object.assign(document.createElement("canvas"), { width: NIGHT_COLUMNS, height: NIGHT_ROWS });

  constructor(canvas) {
    this.#canvas = canvas;
  }

  /** Takes decoded coastlines. */
  setCoastline(lines) {
    this.#lines = lines;
    this.#rings = landRings(lines);
  }

  /** Draws the ground as the Sun lights it at `timeMs`. */
  draw(view, colours, timeMs) {
    const context = this.#canvas.getContext("2d");
    const ratio = this.#canvas.width / view.width;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.fillStyle = colours.ocean;
    context.fillRect(0, 0, view.width, view.height);
    context.fillStyle = colours.land;
    context.beginPath();
    for (const ring of this.#rings) trace(context, view, ring);
    context.fill("evenodd");
    this.#drawGraticule(context, view, colours);
    context.strokeStyle = colours.coast;
    context.lineWidth = 0.75;
    context.lineJoin = "round";
    context.beginPath();
    for (const line of this.#lines) trace(context, view, line);
    context.stroke();
    this.#drawNight(context, view, colours, timeMs);
  }

  #drawGraticule(context, view, colours) {
    const step = view.zoom > 8 ? 5 : view.zoom > 3 ? 10 : 30;
    context.strokeStyle = colours.graticule;
    context.lineWidth = 1;
    context.beginPath();
    for (let lon = -180 + step; lon < 180; lon += step) {
      const x = Math.round(view.x(lon)) + 0.5;
      context.moveTo(x, 0);
      context.lineTo(x, view.height);
    }
    for (let lat = -90 + step; lat < 90; lat += step) {
      const y = Math.round(view.y(lat)) + 0.5;
      context.moveTo(0, y);
      context.lineTo(view.width, y);
    }
    context.stroke();
  }

  #drawNight(context, view, colours, timeMs) {
    const [red, green, blue, most] = colours.night.split(" ").map(Number);
    const small = this.#night.getContext("2d");
    const image = small.createImageData(NIGHT_COLUMNS, NIGHT_ROWS);
    const dark = darkness(timeMs, NIGHT_COLUMNS, NIGHT_ROWS);
    for (let i = 0; i < dark.length; i++) {
      image.data.set([red, green, blue, dark[i] * most * 255], i * 4);
    }
    small.putImageData(image, 0, 0);
    context.imageSmoothingEnabled = true;
    context.imageSmoothingQuality = "high";
    context.drawImage(this.#night, view.x(-180), view.y(90), 360 * view.scale, 180 * view.scale);
  }
}
