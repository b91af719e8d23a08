import Decisions
import Dialects
import Foundation
import Gateway
import Orbits
import Store
import Synchronization

/// `/v1/messages/batches`, as Anthropic's API reference has it, over the same batches as OpenAI's.
extension NodeWork {
  func messageBatches(_ request: WorkRequest, _ path: [String]) async throws -> ControlResponse {
    switch (request.method, path.count) {
    case ("POST", 0): return .json(try await createMessageBatch(request))
    case ("GET", 0): return try await listMessageBatches(request)
    case ("GET", 1):
      return .json(try await batch(path[0], request, .anthropic).messageJSON(request))
    case ("DELETE", 1): return .json(try await deleteMessageBatch(path[0], request))
    case ("POST", 2) where path[1] == "cancel":
      let found = try await batch(path[0], request, .anthropic)
      if found.batch.phase == .inProgress { try await cancelBatch(path[0]) }
      return .json(try await batch(path[0], request, .anthropic).messageJSON(request))
    case ("GET", 2) where path[1] == "results": return try await results(path[0], request)
    case (_, 0): throw WorkError.wrongMethod(request, "GET, POST")
    case (_, 1): throw WorkError.wrongMethod(request, "GET, DELETE")
    default: throw WorkError.unknownPath(request)
    }
  }

  private static let fields: Set<String> = ["anthropic-version", "anthropic-beta"]

  private func createMessageBatch(_ request: WorkRequest) async throws -> JSONValue {
    guard let requests = try await object(request)["requests"]?.array, !requests.isEmpty else {
      throw WorkError.badField("requests", "must be an array with at least one request")
    }
    guard requests.count <= limits.items else {
      throw WorkError.badField("requests", "has more than \(limits.items) requests")
    }
    try await checkRoom()
    let time = now()
    var batch = Batch(
      id: WorkID.make("msgbatch_"), owner: request.owner, family: .anthropic,
      endpoint: "/v1/messages", phase: .inProgress, created: time,
      expires: time + limits.usualWait)
    batch.begun = time
    let headers = request.headers.filter { Self.fields.contains($0.name.lowercased()) }
      .map { WorkItem.Header($0.name.lowercased(), $0.value) }
    var names: Set<String> = []
    let items = try requests.enumerated().map { index, value in
      let item = try messageItem(value, index, of: batch, headers)
      try request.caller.require(model: item.model)
      guard names.insert(item.customID ?? "").inserted else {
        throw WorkError.badField("requests.\(index).custom_id", "is that of an earlier request")
      }
      return item
    }
    guard try await store.accept(batch, items: items, limit: limits.openBatches) else {
      throw WorkError.tooManyBatches(limits.openBatches)
    }
    board.items.wake()
    return try await self.batch(batch.id, request, .anthropic).messageJSON(request)
  }

  private func messageItem(
    _ value: JSONValue, _ index: Int, of batch: Batch, _ headers: [WorkItem.Header]
  ) throws -> WorkItem {
    let field = "requests.\(index)"
    guard let name = value["custom_id"]?.text, (1...64).contains(name.utf8.count) else {
      throw WorkError.badField("\(field).custom_id", "must be a text of 1 to 64 bytes")
    }
    guard let params = value["params"], let model = params["model"]?.text, !model.isEmpty else {
      throw WorkError.badField("\(field).params", "must be an object with a 'model'")
    }
    if params["stream"]?.bool == true {
      throw WorkError.badField(
        "\(field).params.stream", "must not be true: a batch answers with whole messages")
    }
    return WorkItem(
      id: WorkID.make("msgreq_"), owner: batch.owner, kind: .batch, batch: batch.id,
      line: index + 1, customID: name, model: model, endpoint: batch.endpoint,
      headers: headers + [WorkItem.Header("x-perigee-prefer", "cheap")], body: Data(params.bytes),
      progress: WorkProgress(notBefore: batch.created, expires: batch.expires),
      created: batch.created)
  }

  private func listMessageBatches(_ request: WorkRequest) async throws -> ControlResponse {
    let limit = try request.limit(usual: 20, most: 1000)
    let found = try await store.batches(
      owner: request.owner, family: .anthropic, after: request.items["after_id"],
      before: request.items["before_id"], limit: limit + 1)
    let views = found.prefix(limit).map { View(batch: $0.batch, counts: $0.counts) }
    return .json([
      "data": .array(views.map { $0.messageJSON(request) }),
      "has_more": .bool(found.count > limit), "first_id": .optional(views.first?.batch.id),
      "last_id": .optional(views.last?.batch.id),
    ])
  }

  private func deleteMessageBatch(
    _ id: String, _ request: WorkRequest
  ) async throws -> JSONValue {
    _ = try await batch(id, request, .anthropic)
    guard try await store.deleteBatch(id, owner: request.owner) else {
      throw WorkError(
        409, .callerConflict, "The batch is not over. Cancel it first.", code: "conflict")
    }
    return ["id": .string(id), "type": "message_batch_deleted"]
  }

  /// The results, line by line, read as they are sent.
  private func results(_ id: String, _ request: WorkRequest) async throws -> ControlResponse {
    guard try await batch(id, request, .anthropic).batch.phase.isOver else {
      throw WorkError(
        404, .callerNotFound, "The batch has no results yet: it is not over.", code: "not_found")
    }
    let line = Atomic<Int>(0)
    return .stream(
      status: 200, headers: [("content-type", "application/x-jsonl")],
      body: AsyncStream { [store, limits] in
        let next = try? await store.items(
          of: id, after: line.load(ordering: .relaxed), limit: limits.answersAtOnce)
        guard let items = next, let last = items.last?.line else { return nil }
        line.store(last, ordering: .relaxed)
        return items.flatMap(\.resultLine)
      })
  }
}

extension NodeWork.View {
  /// Anthropic's message batch object.
  func messageJSON(_ request: WorkRequest) -> JSONValue {
    let status =
      batch.phase.isOver ? "ended" : batch.phase == .cancelling ? "canceling" : "in_progress"
    let results =
      batch.phase.isOver
      ? "\(request.origin)/v1/messages/batches/\(batch.id)/results" : nil
    return [
      "id": .string(batch.id), "type": "message_batch", "processing_status": .string(status),
      "request_counts": [
        "processing": .integer(counts.open), "succeeded": .integer(counts.succeeded),
        "errored": .integer(counts.failed), "canceled": .integer(counts.cancelled),
        "expired": .integer(counts.expired),
      ],
      "created_at": .string(batch.created.description),
      "expires_at": .string(batch.expires.description),
      "ended_at": .optional(batch.ended?.description), "archived_at": .null,
      "cancel_initiated_at": .optional(batch.cancelling?.description),
      "results_url": .optional(results),
    ]
  }
}

extension WorkItem {
  /// The item's line in the results of a message batch, its end included.
  fileprivate var resultLine: [UInt8] {
    let line: JSONValue = ["custom_id": .optional(customID), "result": result]
    return line.bytes + [UInt8(ascii: "\n")]
  }

  private var result: JSONValue {
    guard let answer else {
      return ["type": progress.phase == .expired ? "expired" : "canceled"]
    }
    if answer.isSuccess { return ["type": "succeeded", "message": answer.json] }
    let json = answer.json
    if json["type"]?.text == "error" { return ["type": "errored", "error": json] }
    // An error of the gateway's own, or of a backend of another family.
    let message = json["error"]?["message"]?.text ?? "the backend answered \(answer.status)"
    return [
      "type": "errored",
      "error": [
        "type": "error", "error": ["type": "api_error", "message": .string(message)],
        "request_id": .string(answer.request),
      ],
    ]
  }
}
