// The scheduler's slots: globally synchronous intervals, 15 seconds from seconds 12, 27, 42 and 57.

/** The start of the slot that contains `timeMs`, Unix milliseconds. */
export function slotStart(timeMs, slotSeconds, phaseSeconds) {
  const length = slotSeconds * 1000;
  return Math.floor((timeMs - phaseSeconds * 1000) / length) * length + phaseSeconds * 1000;
}

/** Every slot edge in [fromMs, toMs], Unix milliseconds. */
export function slotEdges(fromMs, toMs, slotSeconds, phaseSeconds) {
  const edges = [];
  const length = slotSeconds * 1000;
  let edge = slotStart(fromMs, slotSeconds, phaseSeconds);
  if (edge < fromMs) edge += length;
  for (; edge <= toMs; edge += length) edges.push(edge);
  return edges;
}

/** The server's clock as the page knows it: the local clock plus the offset the server told. */
export class ServerClock {
  #offset = null;

  /** Learns from a server's time stamp just received. A message is late, never early, so the largest offset is the truest. */
  learn(serverMs, localMs) {
    const offset = serverMs - localMs;
    const stepped = this.#offset === null || Math.abs(offset - this.#offset) > 5000;
    this.#offset = stepped ? offset : Math.max(offset, this.#offset);
  }

  /** The server's time at a local time, Unix milliseconds. */
  at(localMs) {
    return localMs + (this.#offset ?? 0);
  }
}
