import Decisions
import Dialects
import Gateway
import Orbits
import Store

/// `/v1/batches`, as OpenAI's API reference has it.
extension NodeWork {
  func batches(_ request: WorkRequest, _ path: [String]) async throws -> ControlResponse {
    switch (request.method, path.count) {
    case ("POST", 0): return .json(try await createBatch(request))
    case ("GET", 0): return try await listBatches(request)
    case ("GET", 1): return .json(try await batch(path[0], request, .openAI).json)
    case ("POST", 2) where path[1] == "cancel":
      _ = try await batch(path[0], request, .openAI)
      try await cancelBatch(path[0])
      return .json(try await batch(path[0], request, .openAI).json)
    case (_, 0): throw WorkError.wrongMethod(request, "GET, POST")
    case (_, 1): throw WorkError.wrongMethod(request, "GET")
    default: throw WorkError.unknownPath(request)
    }
  }

  /// A batch as the API shows it.
  struct View {
    var batch: Batch
    var counts: Batch.Counts
  }

  func batch(
    _ id: String, _ request: WorkRequest, _ family: Batch.Family
  ) async throws -> View {
    guard let found = try await store.batch(id, owner: request.owner, family: family) else {
      throw WorkError.notFound("batch", id)
    }
    return View(batch: found.batch, counts: found.counts)
  }

  private func createBatch(_ request: WorkRequest) async throws -> JSONValue {
    let body = try await object(request)
    guard let input = body["input_file_id"]?.text else {
      throw WorkError.badField("input_file_id", "must name a file with the purpose 'batch'")
    }
    guard let file = try await store.file(input, owner: request.owner), file.purpose == "batch"
    else {
      throw WorkError.badField(
        "input_file_id", "names no file of yours with the purpose 'batch': \(input.prefix(100))")
    }
    guard let endpoint = body["endpoint"]?.text, InternalRequest.isInference(endpoint) else {
      throw WorkError.badField("endpoint", "must be a path such as /v1/chat/completions")
    }
    let window = body["completion_window"]?.text ?? "24h"
    guard let length = WaitText.duration(window), length <= limits.longestWait else {
      throw WorkError.badField("completion_window", "must be a time such as 24h, at most 30d")
    }
    let metadata = body["metadata"] ?? .null
    guard metadata.isNull || metadata.object != nil, metadata.bytes.count <= 16 << 10 else {
      throw WorkError.badField("metadata", "must be an object of at most 16 KiB")
    }
    try await checkRoom()
    let time = now()
    let batch = Batch(
      id: WorkID.make("batch_"), owner: request.owner, family: .openAI, endpoint: endpoint,
      input: input, window: window, metadata: metadata.serialized, created: time,
      expires: time + length)
    guard try await store.accept(batch, limit: limits.openBatches) else {
      throw WorkError.tooManyBatches(limits.openBatches)
    }
    board.batches.wake()
    return View(batch: batch, counts: Batch.Counts()).json
  }

  private func listBatches(_ request: WorkRequest) async throws -> ControlResponse {
    let limit = try request.limit(usual: 20, most: 100)
    let found = try await store.batches(
      owner: request.owner, family: .openAI, after: request.items["after"], limit: limit + 1)
    let views = found.prefix(limit).map { View(batch: $0.batch, counts: $0.counts) }
    return .json([
      "object": "list", "data": .array(views.map(\.json)),
      "first_id": .optional(views.first?.batch.id), "last_id": .optional(views.last?.batch.id),
      "has_more": .bool(found.count > limit),
    ])
  }

  /// Asks a batch to be cancelled; what of it is under way is ended at once.
  func cancelBatch(_ id: String) async throws {
    let time = now()
    guard try await store.change(id, { $0.cancel(at: time) }) != nil else {
      throw WorkError(
        409, .callerConflict, "The batch is over, or was cancelled already.", code: "conflict")
    }
    for item in try await store.cancelItems(of: id, at: time) { board.stop(item) }
    board.batches.wake()
  }
}

extension WorkError {
  /// For a caller with many batches that are not over.
  static func tooManyBatches(_ limit: Int) -> WorkError {
    WorkError(
      429, .ownOverloaded,
      "There are \(limit) batches that are not over, as many as a caller may "
        + "have. Wait for some, or cancel them.", retryAfter: 60)
  }
}

extension NodeWork.View {
  /// OpenAI's batch object.
  var json: JSONValue {
    func when(_ phase: Batch.Phase) -> JSONValue {
      batch.phase == phase ? .time(batch.ended) : .null
    }
    let flaws: JSONValue =
      batch.flaws.isEmpty
      ? .null : ["object": "list", "data": .array(batch.flaws.map(\.json))]
    return [
      "id": .string(batch.id), "object": "batch", "endpoint": .string(batch.endpoint),
      "errors": flaws, "input_file_id": .string(batch.input),
      "completion_window": .string(batch.window), "status": .string(batch.phase.rawValue),
      "output_file_id": .optional(batch.output), "error_file_id": .optional(batch.errorOutput),
      "created_at": .time(batch.created), "in_progress_at": .time(batch.begun),
      "expires_at": .time(batch.expires), "finalizing_at": .time(batch.finalizing),
      "completed_at": when(.completed), "failed_at": when(.failed),
      "expired_at": when(.expired), "cancelling_at": .time(batch.cancelling),
      "cancelled_at": when(.cancelled),
      "request_counts": [
        "total": .integer(counts.total), "completed": .integer(counts.succeeded),
        "failed": .integer(counts.failed),
      ],
      "metadata": (try? JSONValue.parse(batch.metadata)) ?? .null,
    ]
  }
}

extension Batch.Flaw {
  fileprivate var json: JSONValue {
    [
      "code": .string(code), "message": .string(message), "param": .optional(param),
      "line": line.map { .integer($0) } ?? .null,
    ]
  }
}

/// Times as people write them: `90`, `45s`, `30m`, `2h`, `7d`.
enum WaitText {
  /// Reads a time; `nil` for what is none, or not above zero.
  static func duration(_ text: String) -> Duration? {
    let digits = text.prefix { $0.isASCII && $0.isNumber }
    let units = ["": 1, "s": 1, "m": 60, "h": 3600, "d": 86_400]
    guard let count = Int(digits), count > 0, count <= 1_000_000_000,
      let unit = units[String(text.dropFirst(digits.count)).lowercased()]
    else { return nil }
    return .seconds(count * unit)
  }
}
