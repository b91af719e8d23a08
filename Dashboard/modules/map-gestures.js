// Hover, drag, zoom and keys on the map.

import { el } from "./dom.js";
import * as format from "./format.js";

const REACH_PX = 11;
const ZOOM_STEP = 2;
const SITE_ZOOM = 5;
const PAN_PX = 60;

/** Turns what the person does on the map into views and names. */
export class MapGestures {
  #root;
  #map;
  #tip;
  #drag = null;

  constructor(root, map) {
    this.#root = root;
    this.#map = map;
    this.#tip = root.querySelector(".map-tip");
    root.addEventListener("pointerdown", (event) => this.#press(event));
    root.addEventListener("pointermove", (event) => this.#move(event));
    for (const name of ["pointerup", "pointercancel"]) root.addEventListener(name, () => (this.#drag = null));
    root.addEventListener("pointerleave", () => (this.#tip.hidden = true));
    root.addEventListener("keydown", (event) => this.#key(event));
    root.addEventListener("dblclick", (event) => this.#zoomAt(event));
    for (const button of document.querySelectorAll("[data-map]")) {
      button.addEventListener("click", () => this.#command(button.dataset.map));
    }
  }

  #command(name) {
    const { view, home } = this.#map;
    const commands = {
      in: () => view.lookAt(view.zoom === 1 ? home : view.center, view.zoom * ZOOM_STEP),
      out: () => view.lookAt(view.center, view.zoom / ZOOM_STEP),
      world: () => view.lookAt([0, 0], 1),
      site: () => view.lookAt(home, SITE_ZOOM),
    };
    commands[name]();
    this.#changed();
  }

  #changed() {
    this.#root.classList.toggle("is-zoomed", this.#map.view.zoom > 1);
    this.#map.redraw();
  }

  #press(event) {
    if (event.target.closest("button") || this.#map.view.zoom === 1) return;
    this.#drag = [event.clientX, event.clientY];
    this.#root.setPointerCapture(event.pointerId);
  }

  #move(event) {
    if (this.#drag) {
      this.#map.view.panBy(event.clientX - this.#drag[0], event.clientY - this.#drag[1]);
      this.#drag = [event.clientX, event.clientY];
      this.#tip.hidden = true;
      return this.#changed();
    }
    const box = this.#root.getBoundingClientRect();
    this.#hover(event.clientX - box.left, event.clientY - box.top);
  }

  #zoomAt(event) {
    if (event.target.closest("button")) return;
    const box = this.#root.getBoundingClientRect();
    const { view } = this.#map;
    const lon = view.center[1] + (event.clientX - box.left - view.width / 2) / view.scale;
    const lat = view.center[0] - (event.clientY - box.top - view.height / 2) / view.scale;
    view.lookAt([lat, lon], view.zoom * ZOOM_STEP);
    this.#changed();
  }

  #key(event) {
    if (event.target !== this.#root || event.ctrlKey || event.metaKey || event.altKey) return;
    const pans = { ArrowLeft: [PAN_PX, 0], ArrowRight: [-PAN_PX, 0], ArrowUp: [0, PAN_PX], ArrowDown: [0, -PAN_PX] };
    const commands = { "+": "in", "=": "in", "-": "out", 0: "world", Home: "site" };
    if (pans[event.key] && this.#map.view.zoom > 1) {
      this.#map.view.panBy(...pans[event.key]);
      this.#changed();
    } else if (commands[event.key]) this.#command(commands[event.key]);
    else return;
    event.preventDefault();
  }

  /** Names what is nearest to the pointer: a site first, then a hop, then any satellite. */
  #hover(x, y) {
    const found = this.#nearestSite(x, y) ?? this.#nearestHop(x, y) ?? this.#nearestSatellite(x, y);
    this.#tip.hidden = !found;
    if (!found) return;
    this.#tip.replaceChildren(el("strong", {}, found.name), " ", el("span", {}, found.what));
    const { view } = this.#map;
    const [left, top] = [view.x(found.at[1]), view.y(found.at[0])];
    const { offsetWidth: width, offsetHeight: height } = this.#tip;
    const tipX = Math.min(view.width - width - 4, Math.max(4, left + 12));
    const tipY = top + 12 + height > view.height ? top - 12 - height : top + 12;
    this.#tip.style.transform = `translate(${Math.round(tipX)}px, ${Math.round(tipY)}px)`;
  }

  #nearestSite(x, y) {
    const sites = this.#map.store.state?.sites ?? [];
    const site = this.#nearest(x, y, sites, ({ lat, lon }) => [lat, lon]);
    if (!site) return null;
    const at = [site.lat, site.lon];
    return { name: site.name, at, what: `${format.kindName(site.kind)}, ${format.place(at)}` };
  }

  #nearestHop(x, y) {
    const hop = this.#nearest(x, y, this.#map.hopPoints, ([, at]) => at);
    return hop && { name: hop[0], at: hop[1], what: this.#satelliteText(this.#map.sky.indexOf(hop[0]), "on a path") };
  }

  #nearestSatellite(x, y) {
    const { view, sky } = this.#map;
    let [best, bestSquare] = [-1, REACH_PX ** 2];
    for (const i of sky.shown) {
      const square = (view.x(sky.lon[i]) - x) ** 2 + (view.y(sky.lat[i]) - y) ** 2;
      if (square < bestSquare) [best, bestSquare] = [i, square];
    }
    if (best < 0) return null;
    const at = [sky.lat[best], sky.lon[best]];
    const hosts = sky.zone.includes(best) ? "hosts an orbital zone" : "satellite";
    return { name: sky.nameOf(best), at, what: this.#satelliteText(best, hosts) };
  }

  #satelliteText(index, what) {
    const altitude = index === undefined ? null : this.#map.sky.altitudeOf(index);
    return altitude === null ? what : `${what}, ${format.group(altitude)} km up`;
  }

  #nearest(x, y, items, pointOf) {
    const { view } = this.#map;
    let [best, bestSquare] = [null, REACH_PX ** 2];
    for (const item of items) {
      const at = pointOf(item);
      if (!at) continue;
      const square = (view.x(at[1]) - x) ** 2 + (view.y(at[0]) - y) ** 2;
      if (square < bestSquare) [best, bestSquare] = [item, square];
    }
    return best;
  }
}
