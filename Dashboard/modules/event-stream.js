// Server-sent events, read from a stream of text (HTML Living Standard, section 9.2.6).

/** The longest event that is read, in UTF-16 units. */
export const LONGEST_EVENT = 8 * 1024 * 1024;

/** Takes the text of a stream in pieces of any size and gives its events. */
export class EventParser {
  #rest = "";
  #endedInReturn = false;
  #type = "";
  #data = [];
  #length = 0;

  /** The events, each `{ type, data }`, that `text` completes. */
  push(text) {
    if (text === "") return [];
    // A line may end in CR LF, and a piece between the two.
    if (this.#endedInReturn && text[0] === "\n") text = text.slice(1);
    this.#endedInReturn = text.endsWith("\r");
    const lines = text.split(/\r\n|\n|\r/);
    lines[0] = this.#rest + lines[0];
    this.#rest = lines.pop();
    const events = lines.map((line) => this.#take(line)).filter(Boolean);
    if (this.#length + this.#rest.length > LONGEST_EVENT) throw new Error("The server sent an event that is too long.");
    return events;
  }

  #take(line) {
    if (line === "") return this.#dispatch();
    const colon = line.indexOf(":");
    const name = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(line[colon + 1] === " " ? colon + 2 : colon + 1);
    if (name === "event") this.#type = value;
    if (name !== "data") return null;
    this.#data.push(value);
    this.#length += value.length + 1;
    return null;
  }

  #dispatch() {
    const event = this.#data.length > 0 ? { type: this.#type || "message", data: this.#data.join("\n") } : null;
    [this.#type, this.#data, this.#length] = ["", [], 0];
    return event;
  }
}
