// The links: for each uplink and destination what is forecast, what measurement makes of it, and how
// earlier predictions fared.

import { el, KeyedList, setAttribute, setText } from "./dom.js";
import * as format from "./format.js";
import { LinkChart } from "./link-chart.js";
import { scoreOf } from "./link-series.js";
import { onThemeChange, SERIES } from "./palette.js";

const keyOf = (link) => `${link.uplink} ${link.destination}`;

function fact(label, title) {
  const value = el("dd");
  return { root: el("div", { title }, el("dt", {}, label), value), value };
}

const FACTS = [
  ["Forecast", "Round trip from geometry and the uplink's access model alone"],
  ["Estimate", "The forecast corrected by what was measured, for now"],
  ["80 % band", "Where this slot's median round trip lies with a probability of 80 %"],
  ["Observed", "The last measured round trip"],
  ["Stays", "The learned probability that a slot's level outlives its edge"],
  ["Estimate off by", "Mean error of the estimates made before each slot of the last twenty minutes"],
  ["Forecast off by", "The same of the forecast alone"],
  ["As before off by", "The same of saying: as the slot before"],
  ["In band", "The share of slots whose median fell into the 80 % band"],
];

class LinkCard {
  #store;
  #title = el("span");
  #status = el("span", { class: "status" });
  #facts = Object.fromEntries(FACTS.map(([label, title]) => [label, fact(label, title)]));
  #canvas = el("canvas", { role: "img" });
  #button;
  #chart;

  constructor(link, store, clock) {
    this.#store = store;
    this.#button = el("button", { class: "link", type: "button", onclick: () => store.toggle("uplink", link.uplink) }, el("span", { class: "swatch" }), this.#title);
    const readout = el("p", { class: "strip-readout", hidden: true });
    this.#chart = new LinkChart(this.#canvas, readout, clock);
    this.root = el("article", { class: "leg", "aria-label": `${link.uplink} to ${link.destination}` },
      el("header", {}, el("h3", {}, this.#button), this.#status),
      el("dl", { class: "facts leg-facts" }, ...Object.values(this.#facts).map(({ root }) => root)),
      el("div", { class: "leg-chart" }, this.#canvas, readout));
  }

  update(link) {
    const { state, selection } = this.#store;
    const series = this.#store.seriesOf(link.uplink);
    const score = scoreOf(link.slots, state.slotSeconds);
    setAttribute(this.root, "data-series", series % SERIES);
    setText(this.#title, `${link.uplink} → ${link.destination}`);
    setAttribute(this.#button, "aria-pressed", String(selection.uplink === link.uplink));
    setText(this.#status, link.forecast_ms === null ? "no path" : link.measured_slots || link.samples ? "measured" : "forecast alone");
    setAttribute(this.#status, "data-level", link.forecast_ms === null ? "bad" : link.measured_slots || link.samples ? "good" : "warn");
    const ms = (value) => (Number.isFinite(value) ? `${format.ms(value)} ms` : "–");
    const set = (label, text) => setText(this.#facts[label].value, text);
    const measured = link.measured_slots > 0 || link.samples > 0;
    set("Forecast", ms(link.forecast_ms));
    set("Estimate", measured ? ms(link.estimate_ms) : "–");
    set("80 % band", measured && link.low_ms !== null ? `${format.ms(link.low_ms)} to ${format.ms(link.high_ms)}` : "–");
    set("Observed", ms(link.observed_ms));
    set("Stays", measured ? `${Math.round(link.persistence * 100)} %` : "–");
    set("Estimate off by", ms(score?.estimate));
    set("Forecast off by", ms(score?.forecast));
    set("As before off by", ms(score?.asBefore));
    set("In band", score ? `${Math.round(score.inBand * 100)} % of ${score.slots}` : "–");
    setAttribute(this.#canvas, "aria-label", `Round trip over ${link.uplink} to ${link.destination}: forecast ${ms(link.forecast_ms)}, estimate ${ms(link.estimate_ms)}, the last ten minutes slot by slot and the next five.`);
    this.#chart.show(link, { seconds: state.slotSeconds, phase: state.slotPhaseSeconds }, series);
  }

  draw() {
    this.#chart.draw();
  }
}

/** The panel of links. */
export class LinksPanel {
  #root;
  #store;
  #cards;
  #empty;

  constructor(root, store, clock) {
    this.#root = root;
    this.#store = store;
    this.#empty = root.querySelector(".empty");
    this.#cards = new KeyedList(root.querySelector(".list"), (link) => new LinkCard(link, store, clock));
    for (const topic of ["links", "selection"]) store.on(topic, () => this.#update());
    onThemeChange(() => this.draw());
  }

  /** Draws the charts as of now. */
  draw() {
    for (const card of this.#cards.rows) card.draw();
  }

  #update() {
    const { links, linksTrouble, state, selection } = this.#store;
    if (!state) return;
    const backend = state.backends.find(({ name }) => name === selection.backend);
    const shown = (links ?? []).filter((link) =>
      (!selection.uplink || link.uplink === selection.uplink) && (!backend || link.backends.includes(backend.name)));
    this.#cards.update(shown, keyOf);
    this.#empty.hidden = shown.length > 0 && !linksTrouble;
    setText(this.#empty, linksTrouble ? `The links could not be loaded: ${linksTrouble}`
      : links === null ? "Waiting for the server…"
      : links.length === 0 ? `${state.site} has no link to cross: its backends are on site.`
      : "No link leads to this backend over this uplink.");
  }
}
