// What the page knows and what the person chose. Views subscribe; nothing else holds state.

const REQUESTS_KEPT = 200;

/** A hop that has no place is `null`, however the server writes it. */
const placed = (point) => (Number.isFinite(point?.[0]) && Number.isFinite(point[1]) ? point : null);

/** What requests to backends on site have for an uplink. */
export const LOCAL = "local";

/** The page's one store. Topics: `state`, `links`, `requests`, `arrival`, `selection`, `connection`. */
export class Store {
  state = null;
  /** Forecast and measurement of each link; `null` until somebody looked. */
  links = null;
  /** Why the links could not be loaded, or `null`. */
  linksTrouble = null;
  /** Newest first. */
  requests = [];
  /** Chosen names; `null` means all, or none for the request. */
  selection = { uplink: null, backend: null, request: null };
  /** `phase` is `connecting`, `live`, `lost` or, where the node wants a key, `locked`. */
  connection = { phase: "connecting", message: null, retryAtMs: null, lastMs: null };
  #listeners = new Map();

  /** Calls `listener` whenever the topic changes. */
  on(topic, listener) {
    this.#listeners.set(topic, [...(this.#listeners.get(topic) ?? []), listener]);
  }

  /** Takes a new state from the server. Choices that no longer exist are dropped. */
  setState(state) {
    for (const path of state.uplinks.flatMap((uplink) => uplink.paths)) path.points = path.points.map(placed);
    this.state = state;
    const { uplink, backend } = this.selection;
    if (uplink && !state.uplinks.some((u) => u.name === uplink)) this.select({ uplink: null });
    if (backend && !state.backends.some((b) => b.name === backend)) this.select({ backend: null });
    this.#tell("state");
  }

  /** Takes the links anew, or says why not. */
  setLinks(links, trouble) {
    [this.links, this.linksTrouble] = [links, trouble];
    this.#tell("links");
  }

  /** Replaces the list of requests. */
  setRequests(requests) {
    this.requests = requests.slice(0, REQUESTS_KEPT);
    this.#tell("requests");
  }

  /** Adds a request that just completed; one that is known already is replaced. */
  addRequest(request) {
    const others = this.requests.filter((known) => known.id !== request.id);
    this.requests = [request, ...others].slice(0, REQUESTS_KEPT);
    this.#tell("requests");
    this.#tell("arrival", request);
  }

  /** Changes what is chosen. */
  select(change) {
    this.selection = { ...this.selection, ...change };
    this.#tell("selection");
  }

  /** Chooses a value, or lets go of it where it was chosen already. */
  toggle(kind, name) {
    this.select({ [kind]: this.selection[kind] === name ? null : name });
  }

  /** Changes what is known of the connection. */
  setConnection(change) {
    this.connection = { ...this.connection, ...change };
    this.#tell("connection");
  }

  /** The place of an uplink in the manifest's order, which gives it its colour; -1 for none. */
  seriesOf(uplink) {
    return this.state?.uplinks.findIndex((u) => u.name === uplink) ?? -1;
  }

  /** The paths that are chosen, each with its uplink. */
  chosenPaths() {
    const { uplink, backend } = this.selection;
    return (this.state?.uplinks ?? [])
      .filter((u) => !uplink || u.name === uplink)
      .flatMap((u) => u.paths.map((path) => ({ uplink: u, path })))
      .filter(({ path }) => !backend || path.backend === backend);
  }

  #tell(topic, detail) {
    for (const listener of this.#listeners.get(topic) ?? []) {
      try {
        listener(detail);
      } catch (error) {
        // A view that fails takes neither the others nor the connection with it.
        reportError(error);
      }
    }
  }
}
