// Asks for the links' forecasts and outcomes, for as long as somebody looks at them.

import { fetchJson } from "./server.js";

const PERIOD_MS = 3000;

/** Keeps `store.links` current while it is wanted. */
export class LinksFeed {
  #store;
  #wanted = false;
  #asking = false;
  #askedMs = -Infinity;

  constructor(store) {
    this.#store = store;
  }

  /** Says whether the links are looked at. */
  want(wanted) {
    this.#wanted = wanted;
    this.#askedMs = -Infinity;
  }

  /** Asks where it is time to. */
  async tick(localMs) {
    if (!this.#wanted || this.#asking || document.hidden) return;
    if (this.#store.connection.phase !== "live" || localMs - this.#askedMs < PERIOD_MS) return;
    this.#asking = true;
    this.#askedMs = localMs;
    try {
      this.#store.setLinks((await fetchJson("/api/links")).links, null);
    } catch (error) {
      this.#store.setLinks(this.#store.links, error.message);
    } finally {
      this.#asking = false;
    }
  }
}
