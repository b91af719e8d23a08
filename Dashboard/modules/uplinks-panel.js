// The uplinks: what each offers towards each backend, and what it has carried.

import { el, KeyedList, setAttribute, setText } from "./dom.js";
import * as format from "./format.js";
import { distanceKm, LIGHT_KM_PER_MS } from "./geo.js";
import { SERIES } from "./palette.js";

/** The path a card speaks of: the chosen backend's, else the fastest that is reachable. */
export function leadingPath(paths, backend) {
  const chosen = paths.find((path) => path.backend === backend);
  if (chosen) return chosen;
  const reachable = paths.filter((path) => path.reachable);
  return reachable.sort((a, b) => a.one_way_ms - b.one_way_ms)[0] ?? paths[0] ?? null;
}

/** The great circle between a path's ends, kilometres, and the time light takes for it in vacuum. */
export function lightFloor(path) {
  const [first, last] = [path.points[0], path.points.at(-1)];
  if (!first || !last) return null;
  const km = distanceKm(first, last);
  return { km, ms: km / LIGHT_KM_PER_MS };
}

function fact(label) {
  const value = el("dd");
  return { root: el("div", {}, el("dt", {}, label), value), value };
}

class PathRow {
  #cells;
  #nextMs = NaN;

  constructor(path, store) {
    this.#cells = Array.from({ length: 7 }, () => el("td"));
    const choose = el("button", { class: "link", type: "button", onclick: () => store.toggle("backend", path.backend) }, path.backend);
    this.root = el("tr", {}, el("th", { scope: "row", title: path.backend }, choose), ...this.#cells);
    this.choose = choose;
  }

  update(path, chosen) {
    const floor = lightFloor(path);
    const values = path.reachable
      ? [path.hops.length - 1, floor && floor.ms >= 0.005 ? format.ms(floor.ms) : "–", format.ms(path.propagation_ms), format.ms(path.one_way_ms), format.ms(path.rtt_estimate_ms)]
      : ["–", "–", "–", "no path", "–"];
    values.forEach((value, i) => setText(this.#cells[i], String(value)));
    setText(this.#cells[5], format.ms(path.actual_ttft_ms));
    this.#nextMs = Date.parse(path.next_change);
    this.root.classList.toggle("is-down", !path.reachable);
    this.root.classList.toggle("is-chosen", chosen);
    setAttribute(this.choose, "aria-pressed", String(chosen));
    setAttribute(this.root, "title", floor
      ? `${path.hops.join(" › ")}\ngreat circle ${format.group(floor.km)} km; light in vacuum ${format.ms(floor.ms)} ms one way, ${format.ms(2 * floor.ms)} ms round trip` : null);
  }

  tick(now) {
    setText(this.#cells[6], format.span((this.#nextMs - now) / 1000));
  }
}

const HEADINGS = [
  ["Backend", "Where the path ends"],
  ["Hops", "Links on the path"],
  ["Floor", "Light in vacuum along the great circle, one way"],
  ["Light", "Propagation along the path, one way"],
  ["Total", "Propagation, access and processing, one way"],
  ["RTT", "Round trip: forecast, corrected by what was measured"],
  ["TTFT", "Actual time to first token of the last request, round trip and service"],
  ["Change", "Until the path next changes"],
];

class UplinkCard {
  #store;
  #name = el("span");
  #kind = el("span", { class: "tag" });
  #origin = el("span", { class: "tag" });
  #status = el("span", { class: "status" });
  #facts = Object.fromEntries(
    ["Serving", "Holds", "Loss", "Capacity", "Handoffs", "Outage", "Price", "Carried"].map((label) => [label, fact(label)]));
  #route = el("p", { class: "route" });
  #light = el("p", { class: "light" });
  #rows;
  #button;
  #slotEnd = NaN;

  constructor(uplink, store) {
    this.#store = store;
    this.#button = el("button", { class: "link", type: "button", onclick: () => store.toggle("uplink", uplink.name) }, el("span", { class: "swatch" }), this.#name);
    const body = el("tbody");
    this.#rows = new KeyedList(body, (path) => {
      const row = new PathRow(path, store);
      return { root: row.root, row, update: (item) => row.update(item, store.selection.backend === item.backend) };
    });
    this.root = el("article", { class: "uplink", "aria-label": `Uplink ${uplink.name}` },
      el("header", {}, el("h3", {}, this.#button), this.#kind, this.#origin, this.#status),
      el("dl", { class: "facts" }, ...Object.values(this.#facts).map(({ root }) => root)),
      el("table", { class: "paths" },
        el("thead", {},
          el("tr", { class: "groups" }, el("td"), el("td"), el("th", { colspan: "3", scope: "colgroup" }, "one way, ms"), el("th", { colspan: "2", scope: "colgroup" }, "round trip, ms"), el("td")),
          el("tr", {}, ...HEADINGS.map(([text, title]) => el("th", { scope: "col", title }, text)))),
        body),
      this.#route, this.#light);
  }

  update(uplink) {
    const lead = leadingPath(uplink.paths, this.#store.selection.backend);
    const up = uplink.paths.some((path) => path.reachable);
    setAttribute(this.root, "data-series", this.#store.seriesOf(uplink.name) % SERIES);
    setText(this.#name, uplink.name);
    setAttribute(this.#button, "aria-pressed", String(this.#store.selection.uplink === uplink.name));
    setText(this.#kind, uplink.kind.toUpperCase());
    setText(this.#origin, uplink.emulated ? "emulated" : "real link");
    setText(this.#status, up ? "up" : "no path");
    setAttribute(this.#status, "data-level", up ? "good" : "bad");
    this.#updateFacts(uplink, lead);
    this.#rows.update(uplink.paths, (path) => path.backend);
    setText(this.#route, lead?.reachable ? lead.hops.join(" › ") : "");
    setAttribute(this.#route, "title", lead?.reachable ? lead.hops.join(" › ") : null);
    this.#updateLight(lead);
  }

  #updateFacts(uplink, lead) {
    const set = (label, text) => setText(this.#facts[label].value, text);
    set("Serving", (lead?.reachable && lead.serving_satellite) || "–");
    set("Loss", lead?.reachable ? format.percent(lead.loss) : "–");
    set("Capacity", `↑ ${uplink.up_mbps} ↓ ${uplink.down_mbps} Mb/s`);
    set("Price", uplink.price_per_gb > 0 ? `$${uplink.price_per_gb.toFixed(2)}/GB` : "free");
    set("Carried", `↑ ${format.bytes(uplink.bytes_up)} ↓ ${format.bytes(uplink.bytes_down)}`);
    set("Handoffs", format.group(uplink.handoffs));
    set("Outage", format.span(uplink.outage_seconds));
    setText(this.#facts.Holds.root.firstChild, lead?.reachable === false ? "Back in" : "Holds");
    this.#slotEnd = Date.parse(lead?.next_change);
  }

  #updateLight(lead) {
    const floor = lead?.reachable ? lightFloor(lead) : null;
    this.#light.hidden = !floor;
    if (!floor) return;
    setText(this.#light, `${format.group(floor.km)} km to ${lead.backend}: light needs ${format.ms(floor.ms)} ms one way, ${format.ms(2 * floor.ms)} ms round trip`);
  }

  tick(now) {
    setText(this.#facts.Holds.value, format.span((this.#slotEnd - now) / 1000));
    for (const { row } of this.#rows.rows) row.tick(now);
  }
}

/** The panel of uplinks. */
export class UplinksPanel {
  #store;
  #cards;
  #empty;

  constructor(root, store) {
    this.#store = store;
    this.#empty = root.querySelector(".empty");
    this.#cards = new KeyedList(root.querySelector(".list"), (uplink) => new UplinkCard(uplink, store));
    for (const topic of ["state", "selection"]) store.on(topic, () => this.#update());
  }

  /** Moves the countdowns to `now`, Unix milliseconds. */
  tick(now) {
    for (const card of this.#cards.rows) card.tick(now);
  }

  #update() {
    const { state } = this.#store;
    if (!state) return;
    this.#cards.update(state.uplinks, (uplink) => uplink.name);
    this.#empty.hidden = state.uplinks.length > 0;
    setText(this.#empty, `${state.site} declares no uplinks: requests go to backends on site.`);
  }
}
