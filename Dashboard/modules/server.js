// Asking the node: JSON and event streams, with the key where it wants one.

import { clientKey } from "./client-key.js";
import { EventParser } from "./event-stream.js";

const PATIENCE_MS = 15_000;

/** An answer of success; otherwise an error in the server's own words. */
async function ask(path, accept, signal) {
  const shown = clientKey.value;
  const response = await fetch(path, { headers: { accept, ...clientKey.headers }, signal }).catch((error) => {
    throw new Error(error.name === "TimeoutError" ? "The server takes too long." : "The server does not answer.");
  });
  if (response.status === 401) clientKey.refuse(shown);
  if (response.ok) return response;
  const body = await response.json().catch(() => null);
  const reason = body?.error?.message ?? (typeof body?.error === "string" ? body.error : null);
  throw new Error(reason ?? `${path.split("?")[0]} answered with status ${response.status}`);
}

/** Fetches JSON. */
export async function fetchJson(path) {
  const response = await ask(path, "application/json", AbortSignal.timeout(PATIENCE_MS));
  return response.json();
}

/**
 * Opens an event stream; what it gives is iterated once and ends in an error, or when `signal` says so.
 * The browser's own EventSource sends no headers and so cannot show a key.
 */
export async function openEvents(path, signal) {
  const response = await ask(path, "text/event-stream", signal);
  return eventsOf(response.body.pipeThrough(new TextDecoderStream()).getReader());
}

async function* eventsOf(reader) {
  const parser = new EventParser();
  try {
    for (;;) {
      const { value, done } = await reader.read().catch(() => ({ done: true }));
      if (done) throw new Error("The event stream broke off.");
      yield* parser.push(value);
    }
  } finally {
    reader.cancel().catch(() => {});
  }
}
