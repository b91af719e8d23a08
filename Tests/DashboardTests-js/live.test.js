import assert from "node:assert/strict";
import { afterEach, beforeEach, mock, test } from "node:test";
import { ClientKey, clientKey } from "../../Dashboard/modules/client-key.js";
import { Live } from "../../Dashboard/modules/live.js";
import { ServerClock } from "../../Dashboard/modules/slots.js";
import { Store } from "../../Dashboard/modules/store.js";

const STATE = { now: "2026-11-25T18:00:00Z", uplinks: [], backends: [] };
const event = (type, value) => `event: ${type}\ndata: ${JSON.stringify(value)}\n\n`;
const json = (value, status = 200) => new Response(JSON.stringify(value), { status });
/** Lets everything that waits for promises alone come to rest. */
const settle = async () => { for (let i = 0; i < 20; i++) await new Promise(setImmediate); };

/** A node that wants `key`, where there is one. */
class FakeNode {
  key = null;
  asked = [];
  streams = [];

  answer(path, { headers, signal }) {
    this.asked.push([path, headers.authorization]);
    if (this.key && headers.authorization !== `Bearer ${this.key}`) return json({ error: { message: "No key." } }, 401);
    if (path === "/api/state") return json(STATE);
    if (path.startsWith("/api/requests")) return json({ requests: [{ id: "old" }] });
    const body = new ReadableStream({
      start: (controller) => {
        this.streams.push(controller);
        signal.addEventListener("abort", () => { try { controller.error(signal.reason); } catch { /* closed already */ } });
      },
    });
    return new Response(body);
  }

  send(text) {
    this.streams.at(-1).enqueue(new TextEncoder().encode(text));
  }
}

let node, store, live;
const realFetch = globalThis.fetch;

beforeEach(() => {
  mock.timers.enable({ apis: ["setTimeout", "Date"] });
  node = new FakeNode();
  globalThis.fetch = async (path, options) => node.answer(path, options);
  clientKey.forget();
  store = new Store();
  live = new Live(store, new ServerClock(), () => {});
});

afterEach(() => {
  live.lock();
  mock.timers.reset();
  globalThis.fetch = realFetch;
});

test("state, history and events arrive; what completes meanwhile is not lost", async () => {
  live.connect();
  while (node.streams.length === 0) await new Promise(setImmediate);
  node.send(event("request", { id: "new" }) + event("state", { ...STATE, fleet: "island" }).slice(0, 30));
  await settle();
  assert.equal(store.connection.phase, "live");
  assert.deepEqual(store.requests.map(({ id }) => id), ["new", "old"]);
  node.send(event("state", { ...STATE, fleet: "island" }).slice(30));
  await settle();
  assert.equal(store.state.fleet, "island");
});

test("a stream that ends is lost and comes back after the first wait", async () => {
  live.connect();
  await settle();
  node.streams.at(-1).close();
  await settle();
  assert.deepEqual([store.connection.phase, store.connection.message], ["lost", "The event stream broke off."]);
  mock.timers.tick(999);
  await settle();
  assert.equal(node.streams.length, 1);
  mock.timers.tick(1);
  await settle();
  assert.equal(node.streams.length, 2);
  assert.equal(store.connection.phase, "live");
});

test("eight seconds without a state are silence, with one they are not", async () => {
  live.connect();
  await settle();
  mock.timers.tick(7000);
  node.send(event("state", STATE));
  await settle();
  mock.timers.tick(7999);
  assert.equal(store.connection.phase, "live");
  mock.timers.tick(1);
  assert.deepEqual([store.connection.phase, store.connection.message], ["lost", "The server fell silent."]);
});

test("an event that is not JSON loses the connection", async () => {
  live.connect();
  await settle();
  node.send("event: state\ndata: {\n\n");
  await settle();
  assert.equal(store.connection.message, "The server sent an event that is not JSON.");
});

test("a refusal locks without trying again; a key opens, in a header and in no address", async () => {
  const refusals = [];
  clientKey.onRefused((shown) => { refusals.push(shown); live.lock(); });
  node.key = "s3cret";
  live.connect();
  await settle();
  mock.timers.tick(120_000);
  await settle();
  assert.equal(store.connection.phase, "locked");
  assert.equal(node.asked.length, 1);
  clientKey.remember("wrong");
  live.connect();
  await settle();
  assert.deepEqual(refusals, [false, true]);
  assert.equal(clientKey.value, null);
  clientKey.remember("s3cret");
  live.connect();
  await settle();
  assert.equal(store.connection.phase, "live");
  assert.ok(node.asked.slice(2).every(([path, shown]) => shown === "Bearer s3cret" && !path.includes("s3cret")));
});

test("a key is kept in the storage it is given, and late refusals of an older one leave it", () => {
  const kept = new Map();
  const storage = { getItem: (k) => kept.get(k) ?? null, setItem: (k, v) => kept.set(k, v), removeItem: (k) => kept.delete(k) };
  const key = new ClientKey(storage);
  assert.deepEqual(key.headers, {});
  key.remember("Schlüssel");
  assert.equal(new ClientKey(storage).value, "Schlüssel");
  assert.deepEqual([...Buffer.from(key.headers.authorization, "latin1")], [...Buffer.from("Bearer Schlüssel", "utf8")]);
  key.refuse("older");
  assert.equal(key.value, "Schlüssel");
  key.refuse("Schlüssel");
  assert.deepEqual([key.value, kept.size], [null, 0]);
});
