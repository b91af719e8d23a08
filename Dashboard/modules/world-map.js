// The world map: three canvases of different pace, and the hand that moves them.

import { fetchJson } from "./server.js";
import { decodeCoastline } from "./coastline.js";
import { MapBase } from "./map-base.js";
import { MapGestures } from "./map-gestures.js";
import { MapOverlay } from "./map-overlay.js";
import { MapSky } from "./map-sky.js";
import { Pulse } from "./map-pulse.js";
import { palette, onThemeChange, reducedMotion, SERIES } from "./palette.js";
import { Viewport } from "./viewport.js";

/** Satellites need seconds to cross a pixel of the whole world, so few pictures look smooth; more when zoomed in. */
const STEP_MS = 250;
const CALM_STEP_MS = 1000;
const PULSE_STEP_MS = 33;
const NIGHT_MS = 60_000;
const PULSES_AT_ONCE = 24;
/** On a map this narrow, more dots than so many run into one another. */
const NARROW_PX = 600;
const NARROW_DOTS = 1500;

/** The map panel. */
export class WorldMap {
  view = new Viewport();
  #root;
  #store;
  #sky;
  #clock;
  #layers;
  #base;
  #dots;
  #overlay;
  #pulses = [];
  #drawnMs = 0;
  #overlaidMs = 0;
  #awaited = false;
  #groundMs = -Infinity;
  #nodes = new Map();
  #sites = new Map();

  constructor(root, store, sky, clock) {
    this.#root = root;
    this.#store = store;
    this.#sky = sky;
    this.#clock = clock;
    this.#layers = [...root.querySelectorAll("canvas")];
    [this.#base, this.#dots, this.#overlay] = [
      new MapBase(this.#layers[0]), new MapSky(this.#layers[1]), new MapOverlay(this.#layers[2], this)];
    new ResizeObserver(() => this.#fit()).observe(root);
    new MapGestures(root, this);
    onThemeChange(() => this.redraw());
    store.on("state", () => this.#learnNodes());
    store.on("selection", () => this.#hasten());
    store.on("arrival", (request) => this.#launch(request));
    this.#loadCoastline();
  }

  get store() {
    return this.#store;
  }

  get sky() {
    return this.#sky;
  }

  /** A site by name, or `undefined`. */
  siteNamed(name) {
    return this.#sites.get(name);
  }

  /** The ground point of a node, or `null`: a site, a satellite of the sky, or a hop of a path. */
  pointOf(name) {
    const site = this.#sites.get(name);
    if (site) return [site.lat, site.lon];
    return this.#sky.pointOf(name) ?? this.#nodes.get(name) ?? null;
  }

  /** Names and points of everything that paths pass through. */
  get hopPoints() {
    return [...this.#nodes.keys()].map((name) => [name, this.pointOf(name)]);
  }

  /** A satellite's altitude, kilometres, or `null`. */
  altitudeOf(name) {
    const index = this.#sky.indexOf(name);
    return index === undefined ? null : this.#sky.altitudeOf(index);
  }

  /** The hops of the request whose explanation is open. */
  selectedHops() {
    const id = this.#store.selection.request;
    return this.#store.requests.find((request) => request.id === id)?.hops ?? [];
  }

  /** The gateway's own site's point. */
  get home() {
    return this.pointOf(this.#store.state?.site) ?? [0, 0];
  }

  /** Draws everything anew with the next frame. */
  redraw() {
    this.#groundMs = -Infinity;
    this.#hasten();
  }

  /** Draws what is due at `localMs` and tells in how many milliseconds to come again. While the server is gone nothing moves. */
  frame(localMs) {
    this.#awaited = false;
    if (this.#store.connection.phase === "lost" && this.#drawnMs > 0) return STEP_MS;
    this.#pulses = this.#pulses.filter((pulse) => !pulse.isOver(localMs));
    const step = reducedMotion() ? CALM_STEP_MS : STEP_MS / Math.sqrt(this.view.zoom);
    const due = localMs - this.#drawnMs >= step;
    const flying = this.#pulses.length > 0 && localMs - this.#overlaidMs >= PULSE_STEP_MS;
    const wait = this.#pulses.length > 0 ? PULSE_STEP_MS : step;
    if (!due && !flying) return wait;
    const now = this.#clock.at(localMs);
    const colours = palette();
    if (localMs - this.#groundMs > NIGHT_MS) {
      this.#groundMs = localMs;
      this.#base.draw(this.view, colours, now);
    }
    if (due) {
      this.#drawnMs = localMs;
      this.#sky.moveTo(now);
      this.#dots.draw(this.view, this.#sky, colours);
    }
    this.#overlaidMs = localMs;
    this.#overlay.draw(this.view, colours, this.#pulses, localMs);
    return wait;
  }

  async #loadCoastline() {
    const note = this.#root.querySelector(".map-note");
    try {
      this.#base.setCoastline(decodeCoastline(await fetchJson("/map/coastline-110m.json")));
      this.redraw();
    } catch (error) {
      note.textContent = `The coastline could not be loaded: ${error.message}`;
      note.hidden = false;
    }
  }

  #fit() {
    const width = this.#root.clientWidth;
    const ratio = Math.min(3, devicePixelRatio || 1);
    this.view.resize(width);
    this.#sky.thin(width < NARROW_PX ? NARROW_DOTS : Infinity);
    for (const canvas of this.#layers) {
      canvas.width = Math.round(this.view.width * ratio);
      canvas.height = Math.round(this.view.height * ratio);
    }
    this.redraw();
    this.frame(Date.now());
  }

  /** Draws with the next animation frame instead of when it is due. */
  #hasten() {
    this.#drawnMs = 0;
    if (this.#awaited) return;
    this.#awaited = true;
    requestAnimationFrame(() => this.frame(Date.now()));
  }

  #learnNodes() {
    const { sites, uplinks } = this.#store.state;
    this.#sites = new Map(sites.map((site) => [site.name, site]));
    this.#sky.keep(uplinks.flatMap((uplink) => uplink.paths.map((path) => path.serving_satellite)));
    this.#nodes = new Map(uplinks.flatMap((uplink) => uplink.paths)
      .flatMap((path) => path.hops.map((name, i) => [name, path.points[i]]))
      .filter(([, point]) => point));
    this.#hasten();
  }

  #launch(request) {
    if (reducedMotion() || document.hidden || this.#pulses.length >= PULSES_AT_ONCE) return;
    const hops = request.hops?.length ? request.hops : [this.#store.state?.site];
    const points = hops.map((name) => this.pointOf(name)).filter(Boolean);
    if (points.length === 0) return;
    const series = this.#store.seriesOf(request.uplink);
    const colour = series < 0 ? palette().local : palette().series[series % SERIES];
    this.#pulses.push(new Pulse(points, colour, Boolean(request.error) || request.status >= 400, Date.now()));
    this.#hasten();
  }
}
