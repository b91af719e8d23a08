import Dialects
import Foundation
import Gateway
import NIOCore
import Store

extension NodeWork {
  /// The events of a background response after the one with the number `after`, as far as there are any
  /// and then as they come.
  func follow(_ item: WorkItem, _ run: WorkRun, after number: Int) -> ControlResponse {
    let follower = ResponseFollower(
      store: store, item: item, next: max(0, number + 1),
      steps: StepReader(run.watch(heartbeat: limits.heartbeat, patience: nil), of: run))
    return .stream(
      status: 200,
      headers: [
        ("content-type", "text/event-stream; charset=utf-8"), ("cache-control", "no-cache"),
      ], body: AsyncStream { await follower.read() })
  }
}

/// Reads a background response's events: those that are kept, then those that come.
private actor ResponseFollower {
  private static let eventsAtOnce = 100

  private let store: Store
  private let item: WorkItem
  /// The number of the event to send next.
  private var next: Int
  private let steps: StepReader
  /// Whether there may be more on disk than has been sent.
  private var looks = true
  private var isOver = false

  init(store: Store, item: WorkItem, next: Int, steps: StepReader) {
    self.store = store
    self.item = item
    self.next = next
    self.steps = steps
  }

  /// The next bytes to send; `nil` at the end.
  func read() async -> [UInt8]? {
    while !isOver {
      if looks {
        if let kept = await kept() { return kept }
        // Looked at after the watch has begun: what ends later is seen there.
        let known = try? await store.item(item.id, owner: item.owner)
        guard let now = known else { return nil }
        if !now.progress.phase.isOver {
          looks = false
          continue
        }
        if let kept = await kept() { return kept }
        isOver = true
        return await ending(now)
      }
      guard let step = await steps.next() else { return nil }
      switch step {
      case .piece(let bytes, let number) where number == next:
        next += 1
        return Array(bytes.readableBytesView)
      case .piece(_, let number): looks = number > next
      case .heartbeat: return Array(": perigee: waiting for \(item.id)\n\n".utf8)
      case .over: looks = true
      default: break
      }
    }
    return nil
  }

  private func kept() async -> [UInt8]? {
    guard
      let events = try? await store.events(of: item.id, from: next, limit: Self.eventsAtOnce),
      !events.isEmpty
    else { return nil }
    next += events.count
    return events.flatMap { Array($0) }
  }

  /// What ends a stream whose last event is not among those that are kept: that of a client which has seen
  /// more than an earlier process had written, or of a response that never came to its end.
  private func ending(_ item: WorkItem) async -> [UInt8]? {
    var scribe = ResponseScribe(item, number: next)
    switch item.progress.phase {
    case .expired: return scribe.failure("server_error", WorkError.expired.message)
    case .cancelled: return scribe.failure("server_error", WorkError.cancelled.message)
    default: break
    }
    guard let answer = item.answer?.json, answer["status"]?.text == "failed",
      let count = try? await store.eventCount(of: item.id), next > count
    else { return nil }
    return scribe.failure(
      "server_error", answer["error"]?["message"]?.text ?? "the response failed")
  }
}
