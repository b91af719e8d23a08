// Requests as they complete, the newest on top.

import { clientKey } from "./client-key.js";
import { el, KeyedList, setAttribute, setText } from "./dom.js";
import * as format from "./format.js";
import { SERIES } from "./palette.js";
import { LOCAL } from "./store.js";

const SHOWN = 100;

class RequestRow {
  #store;
  #open;
  #cells;
  #uplink = el("span", { class: "via" });

  constructor(request, store) {
    this.#store = store;
    const open = () => store.toggle("request", request.id);
    this.#open = el("button", { class: "link", type: "button", "aria-controls": "explanation", "aria-label": `Explain the request of ${format.timeOfDay(Date.parse(request.time))}`, onclick: (event) => { event.stopPropagation(); open(); } });
    this.#cells = Object.fromEntries(
      ["model", "mode", "backend", "predicted", "actual", "off", "total", "status", "bytes", "tokens"].map((name) => [name, el("td", { class: `c-${name}` })]));
    const { model, mode, backend, ...rest } = this.#cells;
    this.root = el("tr", { onclick: open }, el("th", { scope: "row" }, this.#open), model, mode, backend, el("td", { class: "c-uplink" }, this.#uplink), ...Object.values(rest));
  }

  update(request) {
    const set = (name, text) => setText(this.#cells[name], text);
    const series = this.#store.seriesOf(request.uplink);
    const failed = Boolean(request.error) || request.status >= 400;
    const off = request.actual_ms - request.predicted_ms;
    const known = request.actual_ms !== null && request.predicted_ms !== null;
    setText(this.#open, format.timeOfDay(Date.parse(request.time)));
    set("model", request.model);
    setAttribute(this.#cells.model, "title", request.endpoint);
    set("mode", request.stream ? "stream" : "whole");
    set("backend", request.backend ?? "–");
    setText(this.#uplink, request.uplink === LOCAL ? "on site" : (request.uplink ?? "–"));
    setAttribute(this.#uplink, "data-series", series < 0 ? "local" : series % SERIES);
    set("predicted", format.ms(request.predicted_ms));
    set("actual", format.ms(request.actual_ms));
    set("off", known ? `${off < 0 ? "−" : "+"}${format.group(Math.abs(off))}` : "");
    set("total", format.ms(request.total_ms));
    set("status", request.attempts > 1 ? `${request.status} ×${request.attempts}` : String(request.status));
    setAttribute(this.#cells.status, "data-level", failed ? "bad" : "good");
    setAttribute(this.#cells.status, "title", [request.attempts > 1 ? `${request.attempts} attempts` : null, request.error].filter(Boolean).join(": ") || null);
    set("bytes", `↑ ${format.bytes(request.bytes_up)} ↓ ${format.bytes(request.bytes_down)}`);
    set("tokens", `${format.group(request.tokens_in)} / ${format.group(request.tokens_out)}`);
    const chosen = this.#store.selection.request === request.id;
    this.root.classList.toggle("is-chosen", chosen);
    setAttribute(this.#open, "aria-expanded", String(chosen));
  }
}

/** The panel of requests. */
export class RequestsPanel {
  #store;
  #rows;
  #root;

  constructor(root, store) {
    this.#root = root;
    this.#store = store;
    this.#rows = new KeyedList(root.querySelector("tbody"), (request) => new RequestRow(request, store));
    for (const topic of ["requests", "selection"]) store.on(topic, () => this.#update());
    store.on("state", () => this.#suggest());
  }

  #update() {
    const { uplink, backend } = this.#store.selection;
    const shown = this.#store.requests
      .filter((request) => (!uplink || request.uplink === uplink) && (!backend || request.backend === backend))
      .slice(0, SHOWN);
    this.#rows.update(shown, (request) => request.id);
    const none = this.#store.requests.length === 0;
    this.#root.querySelector(".empty.none").hidden = !none;
    this.#root.querySelector(".empty.filtered").hidden = none || shown.length > 0;
    this.#root.querySelector("table").hidden = shown.length === 0;
    setText(this.#root.querySelector(".count"), none ? "" : `${shown.length} most recent`);
  }

  #suggest() {
    const model = this.#store.state.backends.flatMap((backend) => backend.models)[0] ?? "MODEL";
    const key = clientKey.value === null ? "" : ` \\\n  -H "authorization: Bearer $PERIGEE_API_KEY"`;
    setText(this.#root.querySelector("code.origin"),
      `curl ${location.origin}/v1/chat/completions${key} \\\n  -H 'content-type: application/json' \\\n  -d '{"model": ${JSON.stringify(model)}, "messages": [{"role": "user", "content": "Where are you?"}]}'`);
  }
}
