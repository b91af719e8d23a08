import Decisions
import Dialects
import Foundation
import Gateway
import NIOCore
import Store

/// What is written of an answer in one transaction.
struct Kept {
  var answer: WorkItem.Answer
  var events: [(number: Int, data: Data)] = []
}

/// Kept responses while they are made.
extension WorkSender {
  /// Events are written this many at a time, but for the first.
  private static let eventsAtOnce = 32

  /// Passes a response's events on under its own id, and gives the response as its last event has it.
  ///
  /// Of one that is made in the background the events are kept too: the first before anybody sees it, so
  /// that a later process knows that somebody may have seen some.
  func receiveResponse(
    _ answer: InternalAnswer, of item: WorkItem, _ run: WorkRun
  ) async throws -> Kept {
    let isKept = item.kind == .response
    var scribe = ResponseScribe(item, number: isKept ? try await store.eventCount(of: item.id) : 0)
    var pending: [(number: Int, data: Data)] = []
    var hasWritten = false
    var bytes = 0
    for try await piece in answer.body {
      bytes += piece.readableBytes
      guard bytes <= limits.answerBytes else {
        answer.body.abandon()
        throw ByteSequence.TooLong(limit: limits.answerBytes)
      }
      try answer.hold(piece)
      let first = scribe.number
      let events = scribe.take(piece.readableBytesView)
      if isKept {
        pending += events.enumerated().map { (first + $0.offset, Data($0.element)) }
        if !pending.isEmpty, !hasWritten || pending.count >= Self.eventsAtOnce {
          try await store.append(pending, to: item.id)
          (hasWritten, pending) = (true, [])
        }
      }
      for (index, event) in events.enumerated() {
        run.tell(.piece(ByteBuffer(bytes: event), number: first + index))
      }
    }
    guard let last = scribe.last else {
      throw WorkError(502, .providerTruncated, "the stream held no response")
    }
    return Kept(
      answer: WorkItem.Answer(
        status: 200, type: "application/json", request: answer.request, body: Data(last.bytes)),
      events: pending)
  }

  /// What is kept of an answer that is an error: of a background response it is a response too, and its
  /// stream ends with the event that says so.
  func failure(_ answer: WorkItem.Answer, of item: WorkItem) async throws -> Kept {
    guard item.kind == .response else { return Kept(answer: answer) }
    let message = answer.json["error"]?["message"]?.text ?? "the backend answered \(answer.status)"
    let number = try await store.eventCount(of: item.id)
    var scribe = ResponseScribe(item, number: number)
    let event = scribe.failure("server_error", message)
    var kept = answer
    (kept.status, kept.type) = (200, "application/json")
    kept.body = Data((scribe.last ?? .null).bytes)
    return Kept(answer: kept, events: item.isStream ? [(number, Data(event))] : [])
  }

  /// Ends a background response that an earlier process had begun to stream: what has been seen of it
  /// cannot be gone on with, and another answer would not be the same. True if it was one.
  func endIfInterrupted(_ item: WorkItem) async -> Bool {
    guard item.kind == .response, item.epoch > 1, item.isStream,
      let count = try? await store.eventCount(of: item.id), count > ResponseScribe.openingEvents
    else { return false }
    await fail(item, "the node was restarted while the response was being made")
    return true
  }
}
