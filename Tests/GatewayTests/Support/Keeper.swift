import Dialects
import Foundation
import NIOHTTP1
import Synchronization

@testable import Gateway

/// A backend that makes responses in the background and keeps them, and whose streams break off where a test
/// says. A request names its `case`.
final class Keeper: Sendable {
  typealias Step = MockBackend.Step

  /// Where a stream of a response breaks off.
  enum Cut: Sendable {
    /// The first one after as many bytes as the case's number says, those of the head counted.
    case firstAtCase
    /// Each after as many events.
    case eachAfter(events: Int)
    /// The first one falls silent after as many events.
    case silentAfter(events: Int)
    /// Each says nothing at first for so long, milliseconds.
    case late(milliseconds: Int64)
  }

  struct State {
    /// Events by the response's name.
    var kept: [String: [String]] = [:]
    var names: [String: String] = [:]
    /// What was asked, such as `POST /v1/responses`.
    var log: [String] = []
    var asked: [String] = []
    /// How often each response's stream was sent.
    var streams: [String: Int] = [:]
    /// Whether it has forgotten all.
    var isRestarted = false
    /// Whether it makes what is not numbered.
    var isUnnumbered = false
  }

  private let state = Mutex(State())
  private let cut: Cut
  private let steps: [AnswerEvent]

  init(_ cut: Cut, steps: [AnswerEvent] = Keeper.answer) {
    self.cut = cut
    self.steps = steps
  }

  /// Thoughts, text of all kinds, a tool call in pieces.
  static let answer: [AnswerEvent] = [
    .reasoning("Let me"), .reasoning(" see."), .text("On \u{e9}"), .text(" \u{1f680} \n"),
    .text("日"),
    .toolCall(index: 0, id: "call_1", name: "pass_of"),
    .toolArguments(index: 0, "{\"satellite\":"), .toolArguments(index: 0, "\"ISS 🛰️\"}"),
    .finish(.toolCalls), .usage(AnswerUsage(input: 7, output: 9)), .end,
  ]

  var seen: State { state.withLock { $0 } }

  func change(_ change: (inout State) -> Void) { state.withLock { change(&$0) } }

  /// The events of a response, in order.
  static func events(_ name: String, _ steps: [AnswerEvent]) -> [String] {
    var writer = ResponsesStreamWriter(
      AnswerFrame(id: name, model: "test-model", createdSeconds: 7))
    var out: [UInt8] = []
    for step in steps { writer.write(step, to: &out) }
    return String(decoding: out, as: UTF8.self).components(separatedBy: "\n\n").dropLast()
      .map { $0 + "\n\n" }
  }

  func respond(_ request: MockBackend.Request) -> [Step] {
    let (method, uri) = (request.head.method, request.head.uri)
    let path = String(uri.prefix { $0 != "?" })
    state.withLock { state in
      state.log.append("\(method.rawValue) \(path)")
      if method == .POST { state.asked.append(request.text) }
    }
    if method == .POST, path == "/v1/responses" { return make(request) }
    let name = path.split(separator: "/").dropFirst(2).first.map(String.init) ?? ""
    let kept = state.withLock { $0.isRestarted ? nil : $0.kept[name] }
    guard let kept else {
      return Script.response(#"{"error":{"message":"no such response"}}"#, status: "404 Not Found")
    }
    switch method {
    case .GET:
      guard uri.contains("stream=true") else { return Script.response("{}") }
      let after = uri.components(separatedBy: "starting_after=").last.flatMap { Int($0) }
      return stream(name, Array(kept.dropFirst((after ?? -1) + 1)), .max)
    case .DELETE:
      state.withLock { $0.kept[name] = nil }
      return Script.response(#"{"deleted":true}"#)
    default: return Script.response("{}")
    }
  }

  private func make(_ request: MockBackend.Request) -> [Step] {
    let json = (try? JSONSerialization.jsonObject(with: Data(request.body))) as? [String: Any]
    guard let json, ["background", "store", "stream"].allSatisfy({ json[$0] as? Bool == true }),
      let key = request.head.headers.first(name: "idempotency-key")
    else { return Script.response(#"{"error":{"message":"not so"}}"#, status: "400 Bad Request") }
    let number = json["case"] as? Int ?? .max
    let (name, events) = state.withLock { state in
      let name = state.names[key] ?? "resp_k\(state.names.count)x"
      state.names[key] = name
      let all = state.kept[name] ?? Self.events(String(name.dropFirst(5)), steps)
      let isBare = state.isUnnumbered
      let events = isBare ? all.map { $0.replacing(/"sequence_number":\d+,/, with: "") } : all
      state.kept[name] = events
      return (name, events)
    }
    return stream(name, events, number)
  }

  private func stream(_ name: String, _ events: [String], _ number: Int) -> [Step] {
    let count = state.withLock { state in
      state.streams[name, default: 0] += 1
      return state.streams[name] ?? 1
    }
    let whole = Self.bytes(events)
    switch cut {
    case .firstAtCase where count == 1 && number < whole.count:
      return [.writeBytes(Array(whole.prefix(number))), number % 2 == 0 ? .reset : .close]
    case .eachAfter(let some) where some < events.count:
      return [Script.streamHead] + events.prefix(some).map(Script.chunk)
        + [.wait(milliseconds: 2), .reset]
    case .silentAfter(let some) where count == 1:
      return [Script.streamHead] + events.prefix(some).map(Script.chunk) + Script.hang
    case .late(let milliseconds):
      return [Script.streamHead, .wait(milliseconds: milliseconds)]
        + events.map(Script.chunk) + [.wait(milliseconds: 60_000)]
    default: return [.writeBytes(whole)]
    }
  }

  /// The bytes of a response with these events, a chunk for each.
  static func bytes(_ events: [String]) -> [UInt8] {
    let head =
      "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\ntransfer-encoding: chunked\r\n\r\n"
    let chunks = events.map { String($0.utf8.count, radix: 16) + "\r\n" + $0 + "\r\n" }
    return Array((head + chunks.joined() + "0\r\n\r\n").utf8)
  }
}
