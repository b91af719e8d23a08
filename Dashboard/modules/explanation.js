// Why a request went where it went.

import { el } from "./dom.js";
import * as format from "./format.js";
import { fetchJson } from "./server.js";
import { SERIES } from "./palette.js";
import { LOCAL } from "./store.js";

/** Milliseconds from one ISO time to another, as text. */
function after(from, to) {
  const span = Date.parse(to) - Date.parse(from);
  return Number.isFinite(span) ? `${format.ms(span)} ms` : "–";
}

/** The pane beside the requests. */
export class Explanation {
  #root;
  #store;
  #shown = null;

  constructor(root, store) {
    this.#root = root;
    this.#store = store;
    store.on("selection", () => this.#follow());
    root.addEventListener("keydown", (event) => {
      if (event.key === "Escape") this.#dismiss();
    });
  }

  async #follow() {
    const id = this.#store.selection.request;
    if (id === this.#shown) return;
    this.#shown = id;
    this.#root.hidden = id === null;
    this.#root.parentElement.classList.toggle("has-explanation", id !== null);
    if (id === null) return;
    this.#show(el("p", { class: "quiet" }, "Loading the explanation…"));
    let content;
    try {
      content = this.#describe(await fetchJson(`/api/requests/${encodeURIComponent(id)}`));
    } catch (error) {
      content = [el("p", { class: "trouble" }, `The explanation could not be loaded: ${error.message}`)];
    }
    if (this.#shown === id) this.#show(...content);
  }

  #dismiss() {
    const opener = document.querySelector('#requests button[aria-expanded="true"]');
    this.#store.select({ request: null });
    opener?.focus();
  }

  #show(...content) {
    const close = el("button", { class: "plain", type: "button", onclick: () => this.#dismiss() }, "Close");
    this.#root.replaceChildren(el("header", {}, el("h3", {}, "Why this way"), close), ...content);
  }

  #describe(request) {
    const verdict = request.error
      ? el("p", { class: "trouble" }, `Status ${request.status}: ${request.error}`)
      : el("p", {}, `${request.backend ?? "Nobody"} answered ${request.uplink === LOCAL ? "on site" : `over ${request.uplink}`}: first token predicted after ${format.ms(request.predicted_ms)} ms, came after ${format.ms(request.actual_ms)} ms.`);
    return [
      el("p", { class: "id" }, request.id),
      verdict,
      request.hops?.length > 1 ? el("p", { class: "route whole" }, request.hops.join(" › ")) : null,
      el("h4", {}, "Considered"),
      request.considered.length ? this.#considered(request) : el("p", { class: "quiet" }, "No candidate served the model."),
      el("h4", {}, "Attempts"),
      request.attempt_log.length ? el("ol", { class: "attempts" }, ...request.attempt_log.map((attempt) => this.#attempt(attempt)))
        : el("p", { class: "quiet" }, "None was made."),
    ].filter(Boolean);
  }

  #via(uplink) {
    const series = this.#store.seriesOf(uplink);
    return el("span", { class: "via", "data-series": series < 0 ? "local" : series % SERIES }, uplink === LOCAL ? "on site" : uplink);
  }

  #considered(request) {
    const headings = ["", "Candidate", "Path", "Service", "TTFT", "Reason"];
    return el("div", { class: "scroll", tabindex: "0", role: "group", "aria-label": "Candidates considered" },
      el("table", { class: "considered" },
        el("thead", {}, el("tr", {}, ...headings.map((text) => el("th", { scope: "col" }, text)))),
        el("tbody", {}, ...request.considered.map((candidate) => el("tr",
          { class: candidate.backend === request.backend && candidate.uplink === request.uplink ? "is-chosen" : null, title: candidate.hops.join(" › ") },
          el("td", {}, candidate.rank === null ? "–" : String(candidate.rank)),
          el("th", { scope: "row" }, candidate.backend, " ", this.#via(candidate.uplink)),
          el("td", { class: "number" }, format.ms(candidate.path_ms)),
          el("td", { class: "number" }, format.ms(candidate.service_ms)),
          el("td", { class: "number" }, format.ms(candidate.predicted_ms)),
          el("td", { class: "reason" }, candidate.reason))))));
  }

  #attempt(attempt) {
    const times = attempt.first_byte
      ? `first byte after ${after(attempt.started, attempt.first_byte)}, ended after ${after(attempt.started, attempt.ended)}`
      : `no first byte, ended after ${after(attempt.started, attempt.ended)}`;
    return el("li", {},
      el("strong", {}, attempt.backend), " ", this.#via(attempt.uplink), ` ${attempt.outcome}`,
      el("p", { class: "quiet" }, `${format.timeOfDay(Date.parse(attempt.started))} UTC, ${times}, ↑ ${format.bytes(attempt.bytes_up)} ↓ ${format.bytes(attempt.bytes_down)}`),
      attempt.error ? el("p", { class: "trouble" }, attempt.error) : null);
  }
}
