// The bar on top, the connection's notice, and the choice of uplink and backend.

import { el, KeyedList, setAttribute, setText } from "./dom.js";
import * as format from "./format.js";
import { SERIES } from "./palette.js";
import { slotStart } from "./slots.js";

/** Fleet, site, time, slot clock and the state of the connection. */
export class Header {
  #root;
  #notice;
  #store;
  #clock;
  #onRetry;

  constructor(root, notice, store, clock, onRetry) {
    this.#root = root;
    this.#notice = notice;
    this.#store = store;
    this.#clock = clock;
    this.#onRetry = onRetry;
    store.on("state", () => this.#update());
    store.on("connection", () => this.#connection());
  }

  /** Moves the clocks to `now`, the server's Unix milliseconds. */
  tick(now) {
    const { state } = this.#store;
    if (state) {
      const start = slotStart(now, state.slotSeconds, state.slotPhaseSeconds);
      const share = (now - start) / (state.slotSeconds * 1000);
      setText(this.#at(".utc"), format.timeOfDay(now));
      setText(this.#at(".slot-left"), `${((1 - share) * state.slotSeconds).toFixed(0)} s`);
      this.#at(".slot-bar span").style.transform = `scaleX(${share.toFixed(3)})`;
    }
    this.#countdown();
  }

  #at(selector) {
    return this.#root.querySelector(selector);
  }

  #update() {
    const { state } = this.#store;
    setText(this.#at(".fleet"), state.fleet);
    setText(this.#at(".site"), state.site);
    setText(this.#at(".version"), state.version);
    document.title = `${state.fleet} · Perigee`;
  }

  #connection() {
    const { phase, message } = this.#store.connection;
    const words = { connecting: "connecting", live: "live", lost: "disconnected", locked: "key needed" };
    setText(this.#at(".connection"), words[phase]);
    setAttribute(this.#at(".connection"), "data-level", { connecting: "warn", live: "good", lost: "bad", locked: "warn" }[phase]);
    document.body.dataset.phase = phase;
    const lost = phase === "lost" && message;
    this.#notice.hidden = !lost;
    if (!lost) return;
    this.#notice.replaceChildren(
      el("p", { role: "alert" }, `${message} ${this.#store.state ? "What you see is the last that was known." : ""}`),
      el("p", { class: "countdown" }),
      el("button", { class: "plain", type: "button", onclick: () => this.#onRetry() }, "Try now"));
    this.#countdown();
  }

  #countdown() {
    const { retryAtMs, lastMs } = this.#store.connection;
    const line = this.#notice.querySelector(".countdown");
    if (this.#notice.hidden || !line) return;
    const last = lastMs ? `Last heard ${format.span((Date.now() - lastMs) / 1000)} ago. ` : "";
    const wait = retryAtMs ? `Trying again in ${Math.max(0, Math.ceil((retryAtMs - Date.now()) / 1000))} s.` : "Trying now…";
    setText(line, last + wait);
  }
}

class Choice {
  constructor(kind, name, store) {
    this.kind = kind;
    this.name = name;
    this.store = store;
    this.root = el("button", { class: "choice", type: "button", onclick: () => store.select({ [kind]: name }) },
      kind === "uplink" && name ? el("span", { class: "swatch" }) : null, name ?? "all");
  }

  update() {
    setAttribute(this.root, "aria-pressed", String(this.store.selection[this.kind] === this.name));
    if (this.kind === "uplink" && this.name) {
      setAttribute(this.root, "data-series", this.store.seriesOf(this.name) % SERIES);
    }
  }
}

/** The buttons that choose one uplink or backend, or all; also the map's legend of uplinks. */
export class Choices {
  #lists;
  #store;

  constructor(root, store) {
    this.#store = store;
    this.#lists = ["uplink", "backend"].map((kind) => ({
      kind,
      list: new KeyedList(root.querySelector(`[data-choice="${kind}"]`), (name) => new Choice(kind, name, store)),
    }));
    for (const topic of ["state", "selection"]) store.on(topic, () => this.#update());
  }

  #update() {
    const { state } = this.#store;
    if (!state) return;
    const names = { uplink: state.uplinks.map((u) => u.name), backend: state.backends.map((b) => b.name) };
    for (const { kind, list } of this.#lists) list.update([null, ...names[kind]], (name) => String(name));
  }
}
