import assert from "node:assert/strict";
import { test } from "node:test";
import { EventParser, LONGEST_EVENT } from "../../Dashboard/modules/event-stream.js";

const STREAM = [
  ": a comment", "event: state", 'data: {"a": 1}', "",
  "data:no space", "data:  two spaces", "data", "id: 7", "retry: 10", "unknown: x", "",
  "event: request", "", "data: after an event without data", "", "data: never finished",
];
const EVENTS = [
  { type: "state", data: '{"a": 1}' },
  { type: "message", data: "no space\n two spaces\n" },
  { type: "message", data: "after an event without data" },
];

for (const [name, end] of [["LF", "\n"], ["CR LF", "\r\n"], ["CR", "\r"]]) {
  test(`events are the same however the stream is cut, lines ending in ${name}`, () => {
    const text = STREAM.join(end);
    for (let size = 1; size <= text.length; size++) {
      const parser = new EventParser();
      const events = [];
      for (let at = 0; at < text.length; at += size) {
        events.push(...parser.push(text.slice(at, at + size)), ...parser.push(""));
      }
      assert.deepEqual(events, EVENTS, `in pieces of ${size}`);
    }
  });
}

test("an event is no longer than the limit, in one line or in many", () => {
  const part = "x".repeat(1024 * 1024);
  for (const piece of [part, `data: ${part}\n`]) {
    const parser = new EventParser();
    assert.throws(() => {
      for (let length = 0; length <= LONGEST_EVENT; length += part.length) parser.push(piece);
    }, /too long/);
  }
  const patient = new EventParser();
  for (let i = 0; i < 20; i++) assert.equal(patient.push(`data: ${part}\n\n`).length, 1);
});
