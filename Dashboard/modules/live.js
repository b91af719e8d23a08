// The server's state and events, for as long as the page is open.

import { fetchJson, openEvents } from "./server.js";

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30_000;
/** The server sends its state each 2 s; this long without it means that it is gone. */
const SILENCE_MS = 8000;

/** How long to wait before attempt number `attempt` (from 0). */
export function retryDelayMs(attempt) {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
}

/** Keeps the store current: first state, history, then events; reconnects with back-off. */
export class Live {
  #store;
  #clock;
  /** What aborts the stream that is read; `null` while there is none. */
  #stream = null;
  /** Requests that completed while the history was on its way, newest first; `null` at other times. */
  #arrived = null;
  #attempt = 0;
  #turn = 0;
  #timer = null;
  #watchdog = null;
  #onFresh;

  /** `onFresh` is called after each connection, before the first event. */
  constructor(store, clock, onFresh) {
    this.#store = store;
    this.#clock = clock;
    this.#onFresh = onFresh;
  }

  /** Connects now, dropping what there was. */
  async connect() {
    const turn = this.#close();
    this.#store.setConnection({ retryAtMs: null });
    try {
      const state = await fetchJson("/api/state");
      if (turn !== this.#turn) return;
      this.#take(state);
      this.#onFresh();
      this.#listen();
    } catch (error) {
      if (turn === this.#turn) this.#lose(error.message);
    }
  }

  /** Lets go of the server until `connect`: it wants a key. */
  lock() {
    this.#close();
    this.#attempt = 0;
    this.#store.setConnection({ phase: "locked", message: null, retryAtMs: null });
  }

  async #listen() {
    const stream = (this.#stream = new AbortController());
    this.#watch();
    try {
      const events = await openEvents("/events", stream.signal);
      if (stream !== this.#stream) return;
      this.#store.setConnection({ phase: "live", message: null, retryAtMs: null });
      this.#loadHistory(stream);
      for await (const event of events) {
        if (stream !== this.#stream) return;
        this.#receive(event);
      }
    } catch (error) {
      if (stream === this.#stream) this.#lose(error.message);
    }
  }

  /** Asked for only once events flow, so that none falls between the two. */
  async #loadHistory(stream) {
    const arrived = (this.#arrived = []);
    try {
      const { requests } = await fetchJson("/api/requests?limit=100");
      const later = arrived.filter(({ id }) => !requests.some((known) => known.id === id));
      if (stream === this.#stream) this.#store.setRequests([...later, ...requests]);
    } catch (error) {
      if (stream === this.#stream) this.#lose(error.message);
    } finally {
      if (arrived === this.#arrived) this.#arrived = null;
    }
  }

  #receive({ type, data }) {
    let value;
    try {
      value = JSON.parse(data);
    } catch {
      throw new Error("The server sent an event that is not JSON.");
    }
    if (type === "state") this.#take(value);
    if (type !== "request") return;
    this.#arrived?.unshift(value);
    this.#store.addRequest(value);
  }

  #take(state) {
    this.#clock.learn(Date.parse(state.now), Date.now());
    this.#store.setState(state);
    this.#store.setConnection({ lastMs: Date.now() });
    if (!this.#stream) return;
    this.#attempt = 0;
    this.#watch();
  }

  #watch() {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#lose("The server fell silent."), SILENCE_MS);
  }

  #lose(message) {
    this.#close();
    const delay = retryDelayMs(this.#attempt);
    this.#attempt += 1;
    this.#store.setConnection({ phase: "lost", message, retryAtMs: Date.now() + delay });
    this.#timer = setTimeout(() => this.connect(), delay);
  }

  /** Ends the stream and what waits for it; answers that are still on their way belong to an earlier turn. */
  #close() {
    this.#stream?.abort();
    this.#stream = null;
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
    return (this.#turn += 1);
  }
}
