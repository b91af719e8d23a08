import Decisions
import Dialects
import Foundation
import Gateway
import NIOCore
import Store

/// How one client looks at an item of work.
struct Watched {
  var request: WorkRequest
  var wishes: NodeWork.Wishes
  var isStream: Bool
  /// Whether the item was there before.
  var isReplay = false

  func replayed() -> Watched {
    var copy = self
    copy.isReplay = true
    return copy
  }

  /// The fields that say what an answer is.
  var headers: [(name: String, value: String)] {
    isReplay ? [("x-perigee-replayed", "true")] : []
  }

  /// How long the client stays.
  var patience: Duration { min(wishes.stay ?? request.patience, request.patience) }
}

/// Answering a client from what becomes of its work, for as long as it stays.
extension NodeWork {
  func watch(_ item: WorkItem, _ view: Watched) async throws -> ControlResponse {
    if let answer = item.answer { return answer.response(view.headers) }
    let run = board.run(of: item.id)
    let steps = run.watch(heartbeat: limits.heartbeat, patience: view.patience)
    board.items.wake()
    // It may have been over before the watch began.
    if view.isReplay, let known = try await store.item(item.id, owner: item.owner) {
      if let answer = known.answer { return answer.response(view.headers) }
      if known.progress.phase == .expired { throw WorkError.expired }
      if known.progress.phase == .cancelled { throw WorkError.cancelled }
    }
    if view.wishes.stay == .zero { return accepted(item) }
    for await step in steps {
      switch step {
      case .head(let status, let type):
        return .stream(
          status: status,
          headers: [("content-type", type), ("cache-control", "no-cache")]
            + view.headers, body: events(item, steps))
      case .piece: break
      case .heartbeat where view.isStream && view.wishes.wait != nil:
        return .stream(
          status: 200,
          headers: [
            ("content-type", "text/event-stream; charset=utf-8"),
            ("cache-control", "no-cache"), ("x-perigee-work", item.id),
          ] + view.headers,
          body: events(item, steps))
      case .heartbeat: break
      case .deadline: return accepted(item)
      case .over(let ending): return try whole(ending, view)
      }
    }
    // The client has left, or the gateway is shutting down.
    return accepted(item)
  }

  private func accepted(_ item: WorkItem) -> ControlResponse {
    .json(
      item.statusJSON, status: 202,
      headers: [
        (name: "location", value: "/v1/work/\(item.id)"),
        (name: "preference-applied", value: "respond-async"),
        (name: "retry-after", value: "5"),
      ])
  }

  private func whole(_ ending: WorkRun.Ending, _ view: Watched) throws -> ControlResponse {
    switch ending {
    case .answered(let answer), .passed(let answer): return answer.response(view.headers)
    case .expired: throw WorkError.expired
    case .cancelled: throw WorkError.cancelled
    case .streamed, .broken:
      throw WorkError(
        502, .providerTruncated, "The answer broke off. Send the request again.",
        code: "stream_interrupted", retryAfter: 1)
    }
  }

  /// The rest of a stream, each step as bytes. The head has gone.
  private func events(_ item: WorkItem, _ steps: AsyncStream<WorkRun.Step>) -> AsyncStream<[UInt8]>
  {
    let reader = StepReader(steps)
    return AsyncStream {
      while let step = await reader.next() {
        if let bytes = Self.bytes(of: step, item) { return bytes.isEmpty ? nil : bytes }
      }
      return nil
    }
  }

  /// What a step is in a stream that has begun: `nil` for nothing, empty for its end.
  private static func bytes(of step: WorkRun.Step, _ item: WorkItem) -> [UInt8]? {
    switch step {
    case .head: nil
    case .piece(let bytes, _): Array(bytes.readableBytesView)
    case .heartbeat: Array(": perigee: waiting for \(item.id)\n\n".utf8)
    case .deadline: Array(": perigee: goes on as /v1/work/\(item.id)\n\n".utf8)
    case .over(.streamed): []
    case .over(.answered(let answer)), .over(.passed(let answer)):
      Array("data: ".utf8) + answer.json.bytes + Array("\n\n".utf8)
    case .over(.expired): errorEvent(.expired)
    case .over(.cancelled): errorEvent(.cancelled)
    case .over(.broken): []
    }
  }

  private static func errorEvent(_ error: WorkError) -> [UInt8] {
    let body: JSONValue = [
      "error": [
        "message": .string(error.message), "type": "link_error", "param": .null,
        "code": .optional(error.code),
      ]
    ]
    return Array("data: ".utf8) + body.bytes + Array("\n\n".utf8)
  }
}

/// Reads steps one at a time, for a stream that is pulled.
private actor StepReader {
  private var iterator: AsyncStream<WorkRun.Step>.AsyncIterator

  init(_ steps: AsyncStream<WorkRun.Step>) { iterator = steps.makeAsyncIterator() }

  func next() async -> WorkRun.Step? {
    var copy = iterator
    let step = await copy.next(isolation: self)
    iterator = copy
    return step
  }
}
