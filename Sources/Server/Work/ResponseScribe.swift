import Dialects
import Foundation
import Orbits
import Store

/// Writes what becomes of a kept response in this node's own words: under the id that the client was told,
/// its events numbered without gaps from 0, whoever made them.
///
/// A response that is made in the background begins with two events of the node's own, so that the client
/// has its id before there is a way to any backend.
struct ResponseScribe {
  /// What a request says and a response repeats.
  private static let repeated = [
    "background", "instructions", "metadata", "parallel_tool_calls", "previous_response_id",
    "store", "temperature", "tool_choice", "tools", "top_p", "truncation",
  ]

  private let item: WorkItem
  private let request: JSONValue
  private var held: [UInt8] = []
  /// The number of the next event.
  private(set) var number: Int
  /// The response as its last event had it.
  private(set) var last: JSONValue?

  /// Goes on with a response of which `number` events have been written.
  init(_ item: WorkItem, number: Int = 0) {
    self.item = item
    self.number = number
    request = item.request
  }

  /// Takes bytes of a stream; gives the events that are complete with them.
  mutating func take(_ bytes: some Sequence<UInt8>) -> [[UInt8]] {
    held.append(contentsOf: bytes.lazy.filter { $0 != UInt8(ascii: "\r") })
    var events: [[UInt8]] = []
    var start = 0
    for index in held.indices.dropFirst()
    where held[index] == UInt8(ascii: "\n") && held[index - 1] == UInt8(ascii: "\n")
      && index - 1 >= start
    {
      if let event = rewrite(held[start...index]) { events.append(event) }
      start = index + 1
    }
    held.removeFirst(start)
    return events
  }

  /// An event under this response's id and number; `nil` for comments, and for what has been said already.
  private mutating func rewrite(_ event: ArraySlice<UInt8>) -> [UInt8]? {
    let prefix = Array("data:".utf8)
    guard
      let line = event.split(separator: UInt8(ascii: "\n")).first(where: { $0.starts(with: prefix) }
      ),
      case .object(var object)? = try? JSONValue.parse(Array(line.dropFirst(prefix.count))),
      let type = object["type"]?.text
    else { return nil }
    if type == "response.created", number > 0 { return nil }
    if let response = object["response"] {
      object["response"] = own(response)
      last = object["response"]
    }
    return write(type, object)
  }

  private mutating func write(_ type: String, _ object: JSONObject) -> [UInt8] {
    var object = object
    object["sequence_number"] = .integer(number)
    number += 1
    var event: [UInt8] = []
    ServerSentEvent.write(type, .object(object), to: &event)
    return event
  }

  /// How many events a response begins with before it is made.
  static let openingEvents = 2

  /// The events that a response begins with before it is made.
  mutating func opening() -> [[UInt8]] {
    ["response.created", "response.queued"].map { type in
      write(type, ["type": .string(type), "response": object(status: "queued")])
    }
  }

  /// The last event of a response that could not be made.
  mutating func failure(_ code: String, _ message: String) -> [UInt8] {
    let response = object(
      status: "failed", error: ["code": .string(code), "message": .string(message)])
    last = response
    return write("response.failed", ["type": "response.failed", "response": response])
  }

  /// A response as a backend wrote it, under the id that the client knows.
  func own(_ response: JSONValue) -> JSONValue {
    guard case .object(var object) = response else { return response }
    object["id"] = .string(item.id)
    for key in ["background", "previous_response_id", "store"] {
      if let value = request[key] { object[key] = value }
    }
    return .object(object)
  }

  /// The response object while nothing has come, or in the end.
  func object(status: String, error: JSONValue = .null) -> JSONValue {
    var object: JSONObject = [
      "id": .string(item.id), "object": "response",
      "created_at": .integer(item.created.unixSeconds), "status": .string(status),
      "background": false, "error": error, "incomplete_details": .null, "instructions": .null,
      "metadata": [:], "model": .string(item.model), "output": [], "parallel_tool_calls": true,
      "previous_response_id": .null, "store": true, "temperature": .null, "tool_choice": "auto",
      "tools": [], "top_p": .null, "truncation": "disabled", "usage": .null,
    ]
    for key in Self.repeated {
      if let value = request[key] { object[key] = value }
    }
    return .object(object)
  }
}

extension WorkItem {
  /// The request's body.
  var request: JSONValue { body.withUnsafeBytes { try? JSONValue.parse($0) } ?? .null }

  /// Whether it asks for a stream.
  var isStream: Bool { request["stream"]?.bool == true }

  /// Whether it is a response that is kept under its id.
  var isResponse: Bool { id.hasPrefix("resp_") }

  /// The body to ask a backend with: what this node does itself is not asked of it.
  var askedBody: Data {
    guard isResponse, case .object(var object) = request else { return body }
    object["background"] = nil
    object["previous_response_id"] = nil
    object["store"] = false
    return Data(JSONValue.object(object).bytes)
  }
}
