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
  /// Keeps an item. Its run is there before it is, so that its end cannot be missed.
  func accept(
    _ item: WorkItem, events: [Data] = []
  ) async throws -> (acceptance: Store.Acceptance, run: WorkRun) {
    let run = board.run(of: item.id)
    do {
      let acceptance = try await store.accept(item, events: events, limit: limits.singles)
      if acceptance != .accepted { board.drop(item.id, .broken) }
      return (acceptance, run)
    } catch {
      board.drop(item.id, .broken)
      throw error
    }
  }

  /// The run of an item that was there before, and how the item ended if it is over by now.
  ///
  /// Whoever makes a run looks whether it came too late, and then ends it: nobody else would.
  func join(_ item: WorkItem) async throws -> (run: WorkRun, ending: WorkRun.Ending?) {
    let (run, isNew) = board.join(item.id)
    guard let known = try await store.item(item.id, owner: item.owner) else {
      // It was not to be kept. Those who did it tell so, unless they have done that already.
      if isNew { board.drop(item.id, .broken) }
      return (run, isNew ? .broken : nil)
    }
    if isNew, let ending = known.ending { board.drop(item.id, ending) }
    return (run, known.ending)
  }

  /// Watches an item that was there before.
  func watch(known item: WorkItem, _ view: Watched) async throws -> ControlResponse {
    if let ending = item.ending { return try whole(ending, view) }
    let (run, ending) = try await join(item)
    if let ending { return try whole(ending, view) }
    return try await watch(item, run, view)
  }

  func watch(
    _ item: WorkItem, _ run: WorkRun, _ view: Watched
  ) async throws -> ControlResponse {
    let steps = run.watch(heartbeat: limits.heartbeat, patience: view.patience)
    board.items.wake()
    if view.wishes.stay == .zero { return accepted(item) }
    for await step in steps {
      switch step {
      case .head(let status, let type):
        return .stream(
          status: status,
          headers: [("content-type", type), ("cache-control", "no-cache")]
            + view.headers, body: events(item, run, steps))
      case .piece: break
      case .heartbeat where view.isStream && view.wishes.wait != nil:
        return .stream(
          status: 200,
          headers: [
            ("content-type", "text/event-stream; charset=utf-8"),
            ("cache-control", "no-cache"), ("x-perigee-work", item.id),
          ] + view.headers,
          body: events(item, run, steps))
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
  private func events(
    _ item: WorkItem, _ run: WorkRun, _ steps: AsyncStream<WorkRun.Step>
  ) -> AsyncStream<[UInt8]> {
    let reader = StepReader(steps, of: run)
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
      Self.event(answer.json)
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
    return event(body)
  }

  private static func event(_ data: JSONValue) -> [UInt8] {
    var event: [UInt8] = []
    ServerSentEvent.write(data, to: &event)
    return event
  }
}

extension WorkItem {
  /// How it ended, as is kept; `nil` while it is not over.
  fileprivate var ending: WorkRun.Ending? {
    if let answer { return .answered(answer) }
    return switch progress.phase {
    case .expired: .expired
    case .cancelled: .cancelled
    default: nil
    }
  }
}
