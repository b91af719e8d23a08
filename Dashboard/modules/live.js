// The server's answers and its event stream.

const FIRST_RETRY_MS = 1000;
const LAST_RETRY_MS = 30_000;
/** The server sends its state each 2 s; this long without it means that it is gone. */
const SILENCE_MS = 8000;

/** Fetches JSON, with the server's own words in the error. */
export async function fetchJson(path) {
  const response = await fetch(path, {
    headers: { accept: "application/json" }, signal: AbortSignal.timeout(15_000),
  }).catch((error) => {
    throw new Error(error.name === "TimeoutError" ? "The server takes too long." : "The server does not answer.");
  });
  if (!response.ok) {
    const body = await response.json().catch(() => null);
    const reason = body?.error?.message ?? (typeof body?.error === "string" ? body.error : null);
    throw new Error(reason ?? `${path.split("?")[0]} answered with status ${response.status}`);
  }
  return response.json();
}

/** How long to wait before attempt number `attempt` (from 0). */
export function retryDelayMs(attempt) {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** attempt);
}

/** Keeps the store current: first state, history, then events; reconnects with back-off. */
export class Live {
  #store;
  #clock;
  #source = null;
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
    this.#close();
    this.#store.setConnection({ phase: this.#attempt === 0 && !this.#store.state ? "connecting" : "lost", retryAtMs: null });
    const turn = (this.#turn += 1);
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

  #listen() {
    const source = new EventSource("/events");
    this.#source = source;
    source.addEventListener("open", () => {
      this.#store.setConnection({ phase: "live", message: null, retryAtMs: null });
      this.#loadHistory(source);
    });
    source.addEventListener("state", (event) => this.#receive(event, (state) => this.#take(state)));
    source.addEventListener("request", (event) => this.#receive(event, (request) => this.#store.addRequest(request)));
    source.addEventListener("error", () => this.#lose("The event stream broke off."));
    this.#watch();
  }

  /** Asked for only once events flow, so that none falls between the two. */
  async #loadHistory(source) {
    const arrived = [];
    const collect = (event) => arrived.unshift(JSON.parse(event.data));
    source.addEventListener("request", collect);
    try {
      const { requests } = await fetchJson("/api/requests?limit=100");
      const later = arrived.filter(({ id }) => !requests.some((known) => known.id === id));
      if (source === this.#source) this.#store.setRequests([...later, ...requests]);
    } catch (error) {
      if (source === this.#source) this.#lose(error.message);
    } finally {
      source.removeEventListener("request", collect);
    }
  }

  #receive(event, use) {
    let data;
    try {
      data = JSON.parse(event.data);
    } catch {
      return this.#lose("The server sent an event that is not JSON.");
    }
    use(data);
  }

  #take(state) {
    this.#clock.learn(Date.parse(state.now), Date.now());
    this.#store.setState(state);
    this.#store.setConnection({ lastMs: Date.now() });
    if (!this.#source) return;
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

  #close() {
    this.#source?.close();
    this.#source = null;
    clearTimeout(this.#timer);
    clearTimeout(this.#watchdog);
  }
}
