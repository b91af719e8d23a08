// What moves above the ground: paths hop by hop, the serving satellites' horizons, sites, pulses.

import { circleAround, greatCircle, horizonRadiusDeg, splitAtDateLine } from "./geo.js";
import { SERIES } from "./palette.js";
import { Labels, traceSymbol } from "./map-symbols.js";

/** Line patterns beside colours, so that uplinks can be told apart without them. */
const DASHES = [[], [7, 4], [2, 3], [9, 3, 2, 3], [4, 4], [12, 4]];

function stroke(context, view, points) {
  context.beginPath();
  for (const piece of splitAtDateLine(points)) {
    piece.forEach(([lat, lon], i) => context[i ? "lineTo" : "moveTo"](view.x(lon), view.y(lat)));
  }
  context.stroke();
}

/** The layer of paths and sites. */
export class MapOverlay {
  #canvas;
  #world;

  /** `world` is the map's knowledge of where things are: `{ store, pointOf, altitudeOf }`. */
  constructor(canvas, world) {
    this.#canvas = canvas;
    this.#world = world;
  }

  /** Draws everything; `pulses` are requests on their way at `nowMs`. */
  draw(view, colours, pulses, nowMs) {
    const context = this.#canvas.getContext("2d");
    const ratio = this.#canvas.width / view.width;
    context.setTransform(ratio, 0, 0, ratio, 0, 0);
    context.clearRect(0, 0, view.width, view.height);
    const { store } = this.#world;
    if (!store.state) return;
    const chosen = new Set(store.chosenPaths().map(({ path }) => path));
    const paths = store.state.uplinks.flatMap((uplink, series) =>
      uplink.paths.filter((path) => path.reachable).map((path) => ({ uplink, series, path })));
    for (const entry of paths) {
      if (!chosen.has(entry.path)) this.#drawPath(context, view, colours, entry, 0.16);
    }
    this.#drawHorizons(context, view, colours, paths, chosen);
    this.#drawShared(context, view, colours, paths.filter(({ path }) => chosen.has(path)));
    this.#drawRequest(context, view, colours);
    this.#drawSites(context, view, colours, paths, chosen);
    for (const pulse of pulses) pulse.draw(context, view, colours, nowMs);
  }

  #drawPath(context, view, colours, { series, path }, alpha) {
    context.globalAlpha = alpha;
    context.strokeStyle = colours.series[series % SERIES];
    context.lineWidth = 1.25;
    for (const [a, b] of this.#segments(path)) stroke(context, view, greatCircle(a.at, b.at));
    context.globalAlpha = 1;
  }

  /** Chosen paths, each segment once even where several backends share it. */
  #drawShared(context, view, colours, entries) {
    const drawn = new Set();
    for (const { series, path } of entries) {
      const colour = colours.series[series % SERIES];
      for (const [a, b] of this.#segments(path)) {
        const key = `${series} ${a.name} ${b.name}`;
        if (drawn.has(key)) continue;
        drawn.add(key);
        const line = greatCircle(a.at, b.at);
        context.setLineDash([]);
        context.strokeStyle = colours.ocean;
        context.globalAlpha = 0.55;
        context.lineWidth = 4.5;
        stroke(context, view, line);
        context.globalAlpha = 1;
        context.strokeStyle = colour;
        context.setLineDash(DASHES[series % SERIES]);
        context.lineWidth = 1.9;
        stroke(context, view, line);
        context.setLineDash([]);
      }
      for (const node of this.#nodes(path)) this.#drawHop(context, view, colours, colour, node);
    }
  }

  #drawHop(context, view, colours, colour, { name, at }) {
    if (this.#world.siteNamed(name)) return;
    context.beginPath();
    context.arc(view.x(at[1]), view.y(at[0]), 3, 0, 2 * Math.PI);
    context.fillStyle = colours.ocean;
    context.strokeStyle = colour;
    context.lineWidth = 1.6;
    context.fill();
    context.stroke();
  }

  #drawHorizons(context, view, colours, paths, chosen) {
    const done = new Set();
    for (const { uplink, series, path } of paths) {
      const name = path.serving_satellite;
      const altitude = this.#world.altitudeOf(name);
      if (uplink.kind !== "leo" || !chosen.has(path) || altitude === null || done.has(name)) continue;
      done.add(name);
      context.strokeStyle = colours.series[series % SERIES];
      context.globalAlpha = 0.75;
      context.lineWidth = 1;
      context.setLineDash([1.5, 3.5]);
      stroke(context, view, circleAround(this.#world.pointOf(name), horizonRadiusDeg(altitude)));
      context.setLineDash([]);
      context.globalAlpha = 1;
    }
  }

  /** The route of the request whose explanation is open. */
  #drawRequest(context, view, colours) {
    const hops = this.#world.selectedHops();
    const points = hops.map((name) => this.#world.pointOf(name)).filter(Boolean);
    context.strokeStyle = colours.text;
    context.lineWidth = 1.25;
    context.setLineDash([3, 3]);
    for (let i = 1; i < points.length; i++) stroke(context, view, greatCircle(points[i - 1], points[i]));
    context.setLineDash([]);
  }

  #drawSites(context, view, colours, paths, chosen) {
    const { store } = this.#world;
    const labels = new Labels(context, view);
    const onPath = new Set(paths.filter(({ path }) => chosen.has(path)).flatMap(({ path }) => path.hops));
    const rank = (site) => (site.name === store.state.site ? 0 : onPath.has(site.name) ? 1 : 2);
    const sites = [...store.state.sites].sort((a, b) => rank(a) - rank(b));
    for (const site of [...sites].reverse()) this.#drawSite(context, view, colours, site, rank(site));
    for (const site of sites) labels.reserve(view.x(site.lon), view.y(site.lat), rank(site) === 0 ? 8 : 4);
    const crowded = view.scale < 1.6;
    for (const site of sites) {
      if (crowded && rank(site) === 2) continue;
      labels.place(site.name, view.x(site.lon), view.y(site.lat), {
        colour: rank(site) === 2 ? colours.muted : colours.text,
        halo: colours.ocean,
        font: `${rank(site) === 0 ? "600 12px" : "11px"} ${getComputedStyle(document.body).fontFamily}`,
        must: rank(site) === 0,
      });
    }
    this.#labelServing(labels, view, colours, paths, chosen);
  }

  #drawSite(context, view, colours, site, rank) {
    const [x, y] = [view.x(site.lon), view.y(site.lat)];
    if (rank === 0) {
      context.beginPath();
      context.arc(x, y, 9, 0, 2 * Math.PI);
      context.strokeStyle = colours.home;
      context.globalAlpha = 0.7;
      context.lineWidth = 1.25;
      context.stroke();
      context.globalAlpha = 1;
    }
    traceSymbol(context, site.kind, x, y, rank === 0 ? 4.5 : 3.6);
    context.fillStyle = rank === 0 ? colours.home : rank === 1 ? colours.text : colours.muted;
    context.strokeStyle = colours.ocean;
    context.lineWidth = 2;
    context.stroke();
    context.fill();
  }

  #labelServing(labels, view, colours, paths, chosen) {
    const done = new Set();
    for (const { series, path } of paths) {
      const name = path.serving_satellite;
      const at = name && this.#world.pointOf(name);
      if (!at || !chosen.has(path) || done.has(name)) continue;
      done.add(name);
      labels.place(name, view.x(at[1]), view.y(at[0]), {
        colour: colours.series[series % SERIES], halo: colours.ocean,
        font: `10.5px ${getComputedStyle(document.body).fontFamily}`,
      });
    }
  }

  #nodes(path) {
    return path.hops
      .map((name, i) => ({ name, at: this.#world.pointOf(name) ?? path.points[i] }))
      .filter(({ at }) => at);
  }

  #segments(path) {
    const nodes = this.#nodes(path);
    return nodes.slice(1).map((node, i) => [nodes[i], node]);
  }
}
