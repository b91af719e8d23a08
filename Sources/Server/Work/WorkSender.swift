import Decisions
import Dialects
import Fleet
import Foundation
import Gateway
import Logging
import NIOCore
import Orbits
import Store

/// Does what has been accepted, when there is a way to do it: those first that somebody waits for, items
/// of batches as far as that leaves room.
///
/// It asks the router before it begins anything. While no way is open nothing is begun, so that an outage
/// costs no attempts, and what waits begins within about a second of its end.
struct WorkSender: Sendable {
  let store: Store
  let board: WorkBoard
  let gateway: any InferenceAsking
  let limits: WorkLimits
  /// The caller with this id, for accounts; `nil` where its key is there no more.
  let caller: @Sendable (String) -> Caller?
  let now: @Sendable () -> UTC
  let logger: Logger

  /// Works until the task is cancelled. What is under way then is begun anew by the next process.
  func run() async {
    await board.items.ringing(each: limits.tick) {
      var shut: [String: UTC] = [:]
      for await _ in board.items.rings {
        do {
          try await giveUpLate()
          try await begin([.immediate, .waiting, .response], limits.singlesAtOnce, &shut)
          try await begin([.batch], limits.batchItemsAtOnce, &shut)
        } catch {
          logger.error("durable work cannot be read", metadata: ["error": "\(error)"])
        }
      }
    }
    await board.stopAll()
  }

  private func giveUpLate() async throws {
    for id in try await store.expireWork(at: now()) {
      board.stop(id)
      board.end(id, .expired)
    }
  }

  private func begin(
    _ kinds: [WorkItem.Kind], _ atOnce: Int, _ shut: inout [String: UTC]
  ) async throws {
    for kind in kinds {
      for due in try await store.dueModels(kind, at: now()) {
        let room = atOnce - board.underWay(Set(kinds))
        guard room > 0 else { return }
        if kind != .immediate, !isOpen(due.model, due.endpoint, &shut) { continue }
        for item in try await store.begin(kind, model: due.model, upTo: room, at: now()) {
          board.start(item) { await attempt(item) }
        }
      }
    }
  }

  /// Whether there is a way to a backend that serves `model`, as far as is known: not while all links
  /// to it are known to be down. A model that nobody serves counts as open: that is for the answer to say.
  private func isOpen(
    _ model: String, _ endpoint: String, _ shut: inout [String: UTC]
  ) -> Bool {
    let time = now()
    if let until = shut[model], time < until { return false }
    let outlook = gateway.outlook(model: model, endpoint: endpoint, bytes: 4096)
    let isShut =
      outlook.retryAt != nil || (outlook.ranked.isEmpty && !outlook.rejected.isEmpty)
    guard isShut else {
      shut[model] = nil
      return true
    }
    // Links come back unforeseen, and the forecast may be corrected: it is looked at each second.
    let nextLook = time + .seconds(1)
    shut[model] = min(outlook.retryAt ?? nextLook, nextLook)
    return false
  }
}

extension WorkSender {
  /// One attempt at an item that has been begun.
  private func attempt(_ item: WorkItem) async {
    if await endIfInterrupted(item) { return }
    let left = item.progress.expires - now()
    let answer = await gateway.ask(
      InternalRequest(
        endpoint: item.endpoint, headers: item.headers.map { (name: $0.name, value: $0.value) },
        body: ByteBuffer(bytes: item.askedBody),
        caller: caller(item.owner) ?? Self.gone(item.owner),
        priority: item.kind == .batch ? .flex : nil,
        isDeferred: item.kind == .batch || item.kind == .waiting,
        patience: max(.seconds(1), min(limits.patience, left))))
    let isStream = answer.isEventStream && answer.status == 200
    do {
      if isStream {
        let kept = try await receive(answer, of: item)
        guard !Task.isCancelled else { return }
        return await keep(kept, for: item, .streamed)
      }
      let body = try await answer.body.collect(upTo: limits.answerBytes)
      guard !Task.isCancelled else { return }
      await settle(item, answer, Data(body.readableBytesView))
    } catch {
      guard !Task.isCancelled else { return }
      await broke(item, answer, error)
    }
  }

  /// Passes a stream on to those who watch, and gives what is to be kept of it.
  private func receive(
    _ answer: InternalAnswer, of item: WorkItem
  ) async throws -> Kept {
    let run = board.run(of: item.id)
    let type = answer["content-type"] ?? "text/event-stream"
    run.hold(answer.memory)
    run.tell(.head(status: answer.status, type: type))
    if item.isResponse { return try await receiveResponse(answer, of: item, run) }
    var body = Data()
    for try await piece in answer.body {
      guard body.count + piece.readableBytes <= limits.answerBytes else {
        answer.body.abandon()
        throw ByteSequence.TooLong(limit: limits.answerBytes)
      }
      try answer.hold(piece)
      body.append(contentsOf: piece.readableBytesView)
      run.tell(.piece(piece, number: 0))
    }
    return Kept(
      answer: WorkItem.Answer(
        status: answer.status, type: type, request: answer.request, body: body))
  }

  /// Writes what is kept of an answer, and tells whoever waits for it.
  private func keep(_ kept: Kept, for item: WorkItem, _ ending: WorkRun.Ending? = nil) async {
    let isWritten = await persist {
      try await store.answer(
        item.id, epoch: item.epoch, kept.answer, events: kept.events, at: now())
    }
    if isWritten { board.end(item.id, ending ?? .answered(kept.answer)) }
  }

  private func settle(_ item: WorkItem, _ answer: InternalAnswer, _ body: Data) async {
    var plain = WorkItem.Answer(
      status: answer.status, type: answer["content-type"] ?? "application/json",
      request: answer.request, body: body)
    let verdict = WorkVerdict.judge(
      status: answer.status, fault: answer.fault, retryAfter: answer.retryAfter,
      progress: item.progress, tries: limits.tries)
    if item.isResponse, plain.isSuccess {
      plain.body = Data(ResponseScribe(item).own(plain.json).bytes)
    }
    let kept = plain
    switch verdict {
    case .keep where kept.isSuccess: await keep(Kept(answer: kept), for: item)
    case .keep: await fail(item, kept)
    case .retry where item.kind == .immediate:
      if await persist({ try await store.forget(item.id, epoch: item.epoch) }) {
        board.end(item.id, .passed(kept))
      }
    case .retry(let wait, let isFailure):
      await putBack(item, after: wait, isFailure: isFailure)
    }
  }

  /// An answer broke off. Whoever watched it has seen so; what waits is tried again.
  private func broke(_ item: WorkItem, _ answer: InternalAnswer, _ error: any Error) async {
    logger.debug(
      "an answer to durable work broke off", metadata: ["item": "\(item.id)", "error": "\(error)"])
    if item.kind != .response, board.run(of: item.id).hasBegun { board.end(item.id, .broken) }
    if item.kind == .immediate {
      _ = await persist { try await store.forget(item.id, epoch: item.epoch) }
      return board.end(item.id, .broken)
    }
    if item.kind == .response, item.isStream {
      return await fail(item, error is MemoryFull ? "\(error)" : "the answer broke off")
    }
    // That there was no room says nothing about the work, which waits; longer each time, since what was made
    // until then has to be paid for.
    if error is MemoryFull {
      return await putBack(
        item, after: WorkVerdict.backOff(item.epoch, longest: .seconds(30)),
        isFailure: false)
    }
    guard item.progress.failures + 1 < limits.tries else {
      return await fail(item, "the answer broke off each time")
    }
    await putBack(item, after: .seconds(1), isFailure: true)
  }

  /// Answers an item with an error.
  private func fail(_ item: WorkItem, _ answer: WorkItem.Answer) async {
    var kept = Kept(answer: answer)
    while !Task.isCancelled {
      do {
        kept = try await failure(answer, of: item)
        break
      } catch {
        logger.error("durable work cannot be read", metadata: ["error": "\(error)"])
        try? await Task.sleep(for: .seconds(1))
      }
    }
    await keep(kept, for: item)
  }

  /// Answers an item with an error of the node's own.
  func fail(_ item: WorkItem, _ message: String) async {
    let error: JSONValue = [
      "error": [
        "message": .string(message), "type": "upstream_error", "param": .null,
        "code": "provider_truncated",
      ]
    ]
    await fail(
      item,
      WorkItem.Answer(
        status: 502, type: "application/json", request: item.id, body: Data(error.bytes)))
  }

  private func putBack(_ item: WorkItem, after wait: Duration, isFailure: Bool) async {
    let until = now() + wait
    _ = await persist {
      try await store.putBack(item.id, epoch: item.epoch, until: until, isFailure: isFailure)
    }
  }

  /// Writes until it is written: what is not may be done twice. False too when there is no time left.
  private func persist(_ write: @Sendable () async throws -> Bool) async -> Bool {
    while !Task.isCancelled {
      do {
        return try await write()
      } catch {
        if Task.isCancelled { return false }
        logger.error("durable work cannot be written", metadata: ["error": "\(error)"])
        try? await Task.sleep(for: .seconds(1))
      }
    }
    return false
  }

  /// A key that has been deleted since: what it handed in is no longer done for it.
  private static func gone(_ owner: String) -> Caller {
    owner.isEmpty ? .local : Caller(id: owner, name: owner, grant: KeyGrant(scopes: []))
  }
}

extension WorkItem {
  /// The number of the attempt under way.
  var epoch: Int { progress.epoch }
}

extension InternalAnswer {
  /// Counts a piece of a stream, which is held twice: for those who watch, and in what is kept.
  ///
  /// - Throws: ``MemoryFull``; the rest is not wanted then.
  func hold(_ piece: ByteBuffer) throws(MemoryFull) {
    do {
      try memory.grow(by: 2 * piece.readableBytes)
    } catch {
      body.abandon()
      throw error
    }
  }

  /// Whether the body is server-sent events.
  var isEventStream: Bool { self["content-type"]?.hasPrefix("text/event-stream") == true }
}
