import Decisions
import Foundation
import Gateway
import Logging
import Orbits
import Store

/// Takes batches from one phase to the next: reads the lines of new ones, writes the files of those whose
/// items are over.
///
/// Each step can be cut off at any instant and is then done again from its beginning; only its last
/// transaction makes it count.
struct BatchKeeper: Sendable {
  let store: Store
  let board: WorkBoard
  let limits: WorkLimits
  /// The caller with this id; `nil` where its key is there no more.
  let caller: @Sendable (String) -> Caller?
  let now: @Sendable () -> UTC
  let logger: Logger

  /// Works until the task is cancelled.
  func run() async {
    await board.batches.ringing(each: .seconds(1)) {
      var tidied: UTC?
      for await _ in board.batches.rings {
        do {
          for (batch, hasOpenItems) in try await store.openBatches() {
            guard !Task.isCancelled else { return }
            // One that cannot go on does not keep the others.
            do {
              try await advance(batch, hasOpenItems)
            } catch {
              logger.error(
                "a batch cannot go on", metadata: ["batch": "\(batch.id)", "error": "\(error)"])
            }
          }
          if tidied.map({ now().seconds(since: $0) > 60 }) ?? true {
            try await store.forgetWork(
              at: now(), retention: limits.retention, keysFor: limits.keysFor)
            tidied = now()
          }
        } catch {
          logger.error("batches cannot be read", metadata: ["error": "\(error)"])
        }
      }
    }
  }

  private func advance(_ batch: Batch, _ hasOpenItems: Bool) async throws {
    switch batch.phase {
    case .validating: try await read(batch)
    case .inProgress where !hasOpenItems, .cancelling where !hasOpenItems:
      let time = now()
      if let changed = try await store.change(batch.id, { $0.beginFinalizing(at: time) }) {
        try await finish(changed)
      }
    case .cancelling:
      for item in try await store.cancelItems(of: batch.id, at: now()) { board.stop(item) }
      board.batches.wake()
    case .finalizing: try await finish(batch)
    default: break
    }
  }

  /// Reads the lines and keeps them as items, or what is wrong with them.
  private func read(_ batch: Batch) async throws {
    try await store.dropItems(of: batch.id)
    var reading = BatchReading(
      batch: batch, caller: caller(batch.owner), limits: limits, time: now())
    var cutter = LineCutter(limit: limits.lineBytes)
    var number = 0
    while let chunk = try await store.chunk(number, of: batch.input) {
      number += 1
      for line in cutter.cut(chunk) { try await take(line, &reading) }
    }
    if let last = cutter.finish() { try await take(last, &reading) }
    try await store.add(reading.takeItems())
    let flaws = reading.finish(isFileThere: number > 0)
    let time = now()
    _ = try await store.change(batch.id) { $0.validated(flaws: flaws, at: time) }
    board.items.wake()
  }

  private func take(_ line: [UInt8], _ reading: inout BatchReading) async throws {
    reading.take(line)
    if reading.isFull { try await store.add(reading.takeItems()) }
  }

  private func finish(_ batch: Batch) async throws {
    let counts = try await store.counts(of: batch.id)
    guard batch.family == .openAI else {
      _ = try await store.finish(batch.id, counts: counts, output: nil, errors: nil, at: now())
      return
    }
    var output = try await file(batch, "output")
    var errors = try await file(batch, "error")
    var line = 0
    while true {
      let items = try await store.items(of: batch.id, after: line, limit: limits.answersAtOnce)
      guard let last = items.last?.line else { break }
      line = last
      for item in items {
        let text = item.outputLine
        if item.answer?.isSuccess == true {
          try await output.write(text)
        } else {
          try await errors.write(text)
        }
      }
    }
    try await output.flush()
    try await errors.flush()
    _ = try await store.finish(
      batch.id, counts: counts, output: output.file.bytes > 0 ? output.file : nil,
      errors: errors.file.bytes > 0 ? errors.file : nil, at: now())
    for file in [output, errors] { try await store.abandonFile(file.file.id) }
  }

  /// A file of the batch's own, begun anew. Its id follows from the batch's: it is never there twice.
  private func file(_ batch: Batch, _ what: String) async throws -> FileWriter {
    let time = now()
    let file = StoredFile(
      id: "file-\(what)-\(batch.id.dropFirst("batch_".count))", owner: batch.owner,
      name: "\(batch.id)_\(what).jsonl", purpose: "batch_output", created: time,
      expires: time + limits.retention)
    try await store.beginFile(file)
    return FileWriter(store: store, file: file)
  }
}

/// The lines of a batch while they are read.
struct BatchReading {
  private static let itemsAtOnce = 200
  private static let bytesAtOnce = 4 << 20
  private static let maximumFlaws = 100

  private let batch: Batch
  private let caller: Caller?
  private let limits: WorkLimits
  private let time: UTC
  private var line = 0
  private var count = 0
  private var names: Set<String> = []
  private var flaws: [Batch.Flaw] = []
  private var items: [WorkItem] = []
  private var bytes = 0

  init(batch: Batch, caller: Caller?, limits: WorkLimits, time: UTC) {
    self.batch = batch
    self.caller = caller
    self.limits = limits
    self.time = time
  }

  /// Whether what has been read is enough to be kept.
  var isFull: Bool { items.count >= Self.itemsAtOnce || bytes >= Self.bytesAtOnce }

  mutating func take(_ text: [UInt8]) {
    line += 1
    guard flaws.count < Self.maximumFlaws, count <= limits.items,
      text.contains(where: { $0 != 0x20 && $0 != 0x09 && $0 != 0x0d })
    else { return }
    count += 1
    if count > limits.items {
      flaws.append(
        Batch.Flaw(
          code: "too_many_requests",
          message: "There are more than \(limits.items) lines, the most that a batch may have.",
          line: line))
      return
    }
    do throws(BatchLine.Refused) {
      let read = try BatchLine(text, endpoint: batch.endpoint)
      guard names.insert(read.customID).inserted else {
        throw BatchLine.Refused(
          "duplicate_custom_id", "has the 'custom_id' of an earlier one", "custom_id")
      }
      guard caller?.mayUse(model: read.model) ?? true else {
        throw BatchLine.Refused(
          "model_not_found", "asks for a model that does not exist or that you have no access to",
          "body.model")
      }
      keep(read)
    } catch {
      flaws.append(error.flaw(line: line))
      items.removeAll()
    }
  }

  private mutating func keep(_ read: BatchLine) {
    guard flaws.isEmpty else { return }
    bytes += read.body.count
    items.append(
      WorkItem(
        id: WorkID.make("batch_req_"), owner: batch.owner, kind: .batch, batch: batch.id,
        line: line, customID: read.customID, model: read.model, endpoint: batch.endpoint,
        headers: [WorkItem.Header("x-perigee-prefer", "cheap")], body: Data(read.body),
        progress: WorkProgress(phase: .held, notBefore: time, expires: batch.expires),
        created: time))
  }

  /// The items that have been read since the last time.
  mutating func takeItems() -> [WorkItem] {
    defer { (items, bytes) = ([], 0) }
    return items
  }

  /// What is wrong, now that all has been read.
  func finish(isFileThere: Bool) -> [Batch.Flaw] {
    if !isFileThere {
      return [
        Batch.Flaw(code: "empty_file", message: "The input file is empty or is there no more.")
      ]
    }
    if count == 0 { return [Batch.Flaw(code: "empty_file", message: "The file has no lines.")] }
    return flaws
  }
}
