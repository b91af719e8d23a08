// The dashboard: one store, the server's stream that fills it, and the views that follow it.

import { BackendsPanel } from "./modules/backends-panel.js";
import { clientKey } from "./modules/client-key.js";
import { setAttribute, setText } from "./modules/dom.js";
import { Explanation } from "./modules/explanation.js";
import * as format from "./modules/format.js";
import { Choices, Header } from "./modules/header.js";
import { LatencyStrip } from "./modules/latency-strip.js";
import { KeyForm } from "./modules/key-form.js";
import { LinksFeed } from "./modules/links-feed.js";
import { LinksPanel } from "./modules/links-panel.js";
import { Live } from "./modules/live.js";
import { reducedMotion } from "./modules/palette.js";
import { RequestsPanel } from "./modules/requests-panel.js";
import { fetchJson } from "./modules/server.js";
import { FRAME_MS, frameTime, Sky } from "./modules/sky.js";
import { ServerClock } from "./modules/slots.js";
import { Store } from "./modules/store.js";
import { UplinksPanel } from "./modules/uplinks-panel.js";
import { View } from "./modules/view.js";
import { WorldMap } from "./modules/world-map.js";

const TICK_MS = 250;

const at = (id) => document.getElementById(id);
const store = new Store();
const clock = new ServerClock();
const sky = new Sky();
const live = new Live(store, clock, () => startSky());
const map = new WorldMap(at("map"), store, sky, clock);
const strip = new LatencyStrip(at("strip"), store, clock);
const uplinks = new UplinksPanel(at("uplinks"), store);
const linksFeed = new LinksFeed(store);
const links = new LinksPanel(at("links"), store, clock);
new View(at("views"), (view) => linksFeed.want(view === "network"));
new BackendsPanel(at("backends"), store);
new RequestsPanel(at("requests"), store);
new Explanation(at("explanation"), store);
new Choices(at("choices"), store);
const header = new Header(at("header"), at("notice"), store, clock, () => live.connect());
// After the header, which brings the board back before the form hands it the focus.
new KeyForm(at("key"), at("forget-key"), store, () => live.connect());
clientKey.onRefused(() => live.lock());

let asking = false;

/** Asks about the instant `timeMs`; the first time also for the satellites' names. */
async function askSky(timeMs, names) {
  sky.add(timeMs, await fetchJson(`/api/sky?at=${new Date(timeMs).toISOString()}${names ? "&names=1" : ""}`));
}

async function guardedSky(work) {
  if (asking) return;
  asking = true;
  const note = document.querySelector(".map-note");
  try {
    await work();
    note.hidden = true;
  } catch (error) {
    note.textContent = `The satellites could not be loaded: ${error.message}`;
    note.hidden = false;
  } finally {
    asking = false;
  }
}

/** After each connection the sky is asked for anew: the fleet may have changed. */
function startSky() {
  guardedSky(async () => {
    const now = frameTime(clock.at(Date.now()));
    sky.clear();
    await askSky(now, true);
    await askSky(now + FRAME_MS, false);
    nameSky();
  });
}

function nameSky() {
  const { count, stride } = sky;
  const some = stride > 1 ? `, 1 in ${stride} shown` : "";
  setAttribute(at("map"), "aria-label",
    `World map with ${count} satellites${some}, the sites of the fleet and the current paths of its uplinks. Plus and minus zoom, arrow keys move, zero shows the world, Home the site.`);
  setText(at("satellite-count"), count === 0 ? "no satellites" : `${format.group(count)} satellites${some}`);
}

/** Keeps one instant ahead while somebody looks. */
function followSky() {
  if (store.connection.phase !== "live" || document.hidden) return;
  const next = frameTime(clock.at(Date.now())) + FRAME_MS;
  if (sky.has(next)) return;
  guardedSky(async () => {
    if (!sky.has(next - FRAME_MS)) await askSky(next - FRAME_MS, sky.count === 0);
    await askSky(next, false);
  });
}

function tick() {
  const now = clock.at(Date.now());
  header.tick(now);
  uplinks.tick(now);
  linksFeed.tick(Date.now());
  followSky();
  if (sky.count > 0) nameSky();
  if (document.hidden) return;
  strip.draw();
  links.draw();
}

function frame() {
  setTimeout(() => requestAnimationFrame(frame), map.frame(Date.now()) - 8);
}

setInterval(tick, reducedMotion() ? 1000 : TICK_MS);
requestAnimationFrame(frame);
live.connect();
