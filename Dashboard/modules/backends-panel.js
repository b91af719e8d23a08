// The backends: who can answer, how they are, how long they take.

import { el, KeyedList, setAttribute, setText } from "./dom.js";
import * as format from "./format.js";

class HealthMark {
  constructor() {
    this.root = el("li", { class: "health" });
  }

  update([from, health]) {
    setText(this.root, from);
    setAttribute(this.root, "data-level", health.healthy ? "good" : "bad");
    const words = health.healthy ? "healthy" : "unhealthy";
    const since = Number.isFinite(Date.parse(health.since)) ? ` since ${format.timeOfDay(Date.parse(health.since))} UTC` : "";
    const text = `seen over ${from}: ${words}${since}${!health.healthy && health.last_error ? `: ${health.last_error}` : ""}`;
    setAttribute(this.root, "title", text);
    setAttribute(this.root, "aria-label", text);
  }
}

class BackendRow {
  #store;
  #choose;
  #models = el("p", { class: "models" });
  #place = el("span", { class: "place" });
  #state = el("span", { class: "tag" });
  #service = el("td", { class: "number" });
  #flight = el("td", { class: "number" });
  #error = el("p", { class: "trouble" });
  #marks;

  constructor(backend, store) {
    this.#store = store;
    this.#choose = el("button", { class: "link", type: "button", onclick: () => store.toggle("backend", backend.name) }, backend.name);
    const marks = el("ul", { class: "healths", "aria-label": "Health" });
    this.#marks = new KeyedList(marks, () => new HealthMark());
    this.root = el("tr", {},
      el("th", { scope: "row" }, this.#choose, " ", this.#place, " ", this.#state, this.#models, this.#error),
      el("td", {}, marks), this.#service, this.#flight);
  }

  update(backend) {
    const chosen = this.#store.selection.backend === backend.name;
    const health = Object.entries(backend.health);
    setAttribute(this.#choose, "aria-pressed", String(chosen));
    this.root.classList.toggle("is-chosen", chosen);
    setText(this.#place, `at ${backend.location}`);
    this.#state.hidden = backend.kind !== "managed";
    setText(this.#state, `managed, ${backend.model_state ?? "state unknown"}`);
    setAttribute(this.#state, "data-level", backend.model_state === "ready" ? "good" : "warn");
    setText(this.#models, backend.models.join(", ") || "no models");
    this.#marks.update(health, ([from]) => from);
    setText(this.#service, format.ms(backend.service_ms));
    setText(this.#flight, format.group(backend.in_flight));
    const failing = health.find(([, seen]) => !seen.healthy && seen.last_error);
    this.#error.hidden = !failing;
    if (failing) setText(this.#error, `over ${failing[0]}: ${failing[1].last_error}`);
  }
}

/** The panel of backends. */
export class BackendsPanel {
  #store;
  #rows;
  #empty;
  #table;

  constructor(root, store) {
    this.#store = store;
    this.#empty = root.querySelector(".empty");
    this.#table = root.querySelector("table");
    this.#rows = new KeyedList(root.querySelector("tbody"), (backend) => new BackendRow(backend, store));
    for (const topic of ["state", "selection"]) store.on(topic, () => this.#update());
  }

  #update() {
    const { state } = this.#store;
    if (!state) return;
    this.#rows.update(state.backends, (backend) => backend.name);
    this.#table.hidden = state.backends.length === 0;
    this.#empty.hidden = state.backends.length > 0;
    setText(this.#empty, "The fleet declares no backends: nothing can answer a request yet.");
  }
}
