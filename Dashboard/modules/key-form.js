// The form that asks for the node's key, and the button that forgets it.

import { clientKey } from "./client-key.js";
import { setText } from "./dom.js";

/** Shown while the node refuses to answer without a key. */
export class KeyForm {
  #root;
  #forget;
  #store;
  #onKey;

  /** `onKey` is called when a key has been given. */
  constructor(root, forget, store, onKey) {
    this.#root = root;
    this.#forget = forget;
    this.#store = store;
    this.#onKey = onKey;
    clientKey.onRefused((shown) => this.#ask(shown));
    store.on("connection", () => this.#follow());
    root.addEventListener("submit", (event) => this.#submit(event));
    // A fresh page holds nothing that the key had opened.
    forget.addEventListener("click", () => {
      clientKey.forget();
      location.reload();
    });
  }

  get #input() {
    return this.#root.querySelector("input");
  }

  #ask(shown) {
    this.#say(shown ? "The node does not know this key. Check it and try again." : "");
    this.#root.hidden = false;
    this.#input.value = "";
    this.#input.focus();
  }

  #submit(event) {
    event.preventDefault();
    const key = this.#input.value.trim();
    if (key === "") return this.#say("Enter a key.");
    this.#say("Asking the node…");
    clientKey.remember(key);
    this.#onKey();
  }

  #follow() {
    const isLocked = this.#store.connection.phase === "locked";
    this.#forget.hidden = isLocked || clientKey.value === null;
    if (isLocked || this.#root.hidden) return;
    const hadFocus = this.#root.contains(document.activeElement);
    this.#input.value = "";
    this.#root.hidden = true;
    if (hadFocus) document.querySelector("main").focus({ preventScroll: true });
  }

  #say(text) {
    setText(this.#root.querySelector("[role=status]"), text);
  }
}
