// The key that a node may ask its clients for. It lives as long as the tab does, goes out in a
// header and is in no URL, no message and no log.

const PLACE = "perigee.client-key";

/** A key, remembered in `storage` alone; a browser that denies storage keeps it until the page is left. */
export class ClientKey {
  #storage;
  #value;
  #listeners = [];

  constructor(storage) {
    this.#storage = storage;
    this.#value = storage?.getItem(PLACE) ?? null;
  }

  /** The key, or `null`. */
  get value() {
    return this.#value;
  }

  /** What a request carries to show the key: its UTF-8 bytes, as a header's text stands for bytes. */
  get headers() {
    if (this.#value === null) return {};
    return { authorization: `Bearer ${String.fromCharCode(...new TextEncoder().encode(this.#value))}` };
  }

  /** Uses `value` from now on. */
  remember(value) {
    this.#value = value;
    this.#storage?.setItem(PLACE, value);
  }

  /** Uses no key from now on. */
  forget() {
    this.#value = null;
    this.#storage?.removeItem(PLACE);
  }

  /** Calls `listener` whenever the node refuses, with whether it was shown a key. */
  onRefused(listener) {
    this.#listeners.push(listener);
  }

  /** The node refused a request that showed `shown`. An answer that a newer key has overtaken says nothing. */
  refuse(shown) {
    if (shown !== this.#value) return;
    this.forget();
    for (const listener of this.#listeners) listener(shown !== null);
  }
}

function tabStorage() {
  try {
    return globalThis.sessionStorage ?? null;
  } catch {
    return null;
  }
}

/** The page's key. */
export const clientKey = new ClientKey(tabStorage());
