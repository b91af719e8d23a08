import Decisions
import Dialects
import Fleet
import Foundation
import Gateway
import NIOCore
import Orbits
import Store

/// Single requests for inference that outlive their connection: `x-perigee-wait`, `Prefer: respond-async`
/// and `Idempotency-Key`; and `/v1/work`, where they are found again.
extension NodeWork {
  /// The fields of a client that its request is asked with, when it is.
  private static let forwarded: Set<String> = [
    "traceparent", "tracestate", "idempotency-key", "openai-beta", "anthropic-version",
    "anthropic-beta", "x-perigee-prefer", "x-perigee-unsafe",
  ]
  private static let longestKey = 255

  func single(_ request: WorkRequest) async throws -> ControlResponse {
    guard request.method == "POST", InternalRequest.isInference(request.path) else {
      throw WorkError.unknownPath(request)
    }
    if request.path == "/v1/responses" { return try await newResponse(request) }
    let wishes = try Wishes(request, limits)
    let body = try await object(request)
    let model = try model(of: body, request)
    if wishes.wait != nil { try request.caller.require(.batch) }
    try await checkRoom()
    let item = newItem(request, wishes, "work_", model: model, body: JSONValue.object(body).bytes)
    let isStream = body["stream"]?.bool == true
    let view = Watched(request: request, wishes: wishes, isStream: isStream)
    let (acceptance, run) = try await accept(item)
    switch acceptance {
    case .accepted: return try await watch(item, run, view)
    case .known(let known): return try await watch(known: known, view.replayed())
    case .conflict: throw WorkError.keyReused
    case .full: throw WorkError.manySingles(limits.singles)
    }
  }

  /// The model that a body names, if the caller may use it.
  func model(of body: JSONObject, _ request: WorkRequest) throws -> String {
    guard let model = body["model"]?.text, !model.isEmpty else {
      throw WorkError.badField("model", "is missing: name one that GET /v1/models lists")
    }
    try request.caller.require(model: model)
    return model
  }

  /// A request as an item, whose id begins with `prefix`.
  func newItem(
    _ request: WorkRequest, _ wishes: Wishes, _ prefix: String, model: String, body: [UInt8],
    isBackground: Bool = false
  ) -> WorkItem {
    let time = now()
    let wait = wishes.wait ?? (isBackground ? limits.usualWait : request.patience)
    return WorkItem(
      id: WorkID.make(prefix), owner: request.owner,
      kind: isBackground ? .response : wishes.wait == nil ? .immediate : .waiting,
      model: model, endpoint: request.path,
      headers: Self.headers(of: request), body: Data(body), key: wishes.key,
      progress: WorkProgress(notBefore: time, expires: time + wait), created: time)
  }

  /// The fields of a client that its request is asked with.
  private static func headers(of request: WorkRequest) -> [WorkItem.Header] {
    request.headers.filter { forwarded.contains($0.name.lowercased()) }
      .map { WorkItem.Header($0.name.lowercased(), $0.value) }
  }

  /// What a client's header fields ask for.
  struct Wishes {
    var key: String?
    /// How long the work may wait for a way; `nil`: not at all.
    var wait: Duration?
    /// How long the client wants to stay for the answer; `nil`: as long as it takes.
    var stay: Duration?

    init(_ request: WorkRequest, _ limits: WorkLimits) throws {
      if let text = request["x-perigee-wait"] {
        guard let wait = WaitText.duration(text), wait <= limits.longestWait else {
          throw WorkError(
            400, .callerInvalidRequest,
            "x-perigee-wait: \(text.prefix(50)) is no time. Write one such as 30m, 2h or 1d, at "
              + "most 30d.", code: "invalid_value", param: "x-perigee-wait")
        }
        self.wait = wait
      }
      key = request["idempotency-key"]
      if let key, key.isEmpty || key.utf8.count > NodeWork.longestKey {
        throw WorkError(
          400, .callerInvalidRequest,
          "The idempotency key must have 1 to \(NodeWork.longestKey) bytes.",
          code: "invalid_value", param: "Idempotency-Key")
      }
      guard let prefer = Prefer(request["prefer"]) else { return }
      stay = prefer.wait ?? .zero
      wait = wait ?? limits.usualWait
    }
  }
}

/// The preference to be answered before the work is done (RFC 7240).
struct Prefer {
  /// How long the client wants to wait nevertheless.
  var wait: Duration?

  /// Reads a `Prefer` field; `nil` where it does not say `respond-async`.
  init?(_ field: String?) {
    guard let field else { return nil }
    var isAsync = false
    for part in field.split(separator: ",") {
      guard let preference = part.split(separator: ";", maxSplits: 1).first else { continue }
      let words = preference.split(separator: "=", maxSplits: 1)
      guard let word = words.first else { continue }
      let name = word.trimmingCharacters(in: .whitespaces).lowercased()
      if name == "respond-async" { isAsync = true }
      guard name == "wait", words.count == 2 else { continue }
      let digits = words[1].trimmingCharacters(in: CharacterSet(charactersIn: " \""))
      wait = Int(digits).flatMap { (0...86_400).contains($0) ? .seconds($0) : nil }
    }
    if !isAsync { return nil }
  }
}

/// `/v1/work`.
extension NodeWork {
  func work(_ request: WorkRequest, _ path: [String]) async throws -> ControlResponse {
    guard let id = path.first, let item = try await store.item(id, owner: request.owner),
      item.kind != .batch
    else { throw WorkError.notFound("work", path.first ?? "") }
    switch (request.method, path.count) {
    case ("GET", 1): return try result(of: item)
    case ("POST", 2) where path[1] == "cancel":
      guard try await cancel(item) else {
        throw WorkError(409, .callerConflict, "The work is over already.", code: "conflict")
      }
      return .json(try await store.item(id, owner: request.owner)?.statusJSON ?? .null)
    case ("DELETE", 1):
      guard try await store.deleteItem(id, owner: request.owner) else {
        throw WorkError(
          409, .callerConflict, "The work is not over. Cancel it first.", code: "conflict")
      }
      return .json(["id": .string(id), "object": "work", "deleted": true])
    case (_, 1): throw WorkError.wrongMethod(request, "GET, DELETE")
    default: throw WorkError.unknownPath(request)
    }
  }

  /// Cancels an item and ends its run. False if it is over.
  @discardableResult
  func cancel(_ item: WorkItem) async throws -> Bool {
    guard try await store.cancel(item.id, owner: item.owner, at: now()) else { return false }
    board.stop(item.id)
    board.end(item.id, .cancelled)
    return true
  }

  /// The answer of work that is over, or how it stands.
  private func result(of item: WorkItem) throws -> ControlResponse {
    if let answer = item.answer { return answer.response() }
    switch item.progress.phase {
    case .expired: throw WorkError.expired
    case .cancelled: throw WorkError.cancelled
    default:
      return .json(item.statusJSON, status: 202, headers: [(name: "retry-after", value: "5")])
    }
  }
}

extension WorkError {
  static let keyReused = WorkError(
    422, .callerConflict,
    "The idempotency key was sent before with another request. Use a new key for each request.",
    code: "idempotency_key_reused", param: "Idempotency-Key")

  static func manySingles(_ limit: Int) -> WorkError {
    WorkError(
      429, .ownOverloaded,
      "\(limit) requests are kept, as many as a caller may have. Delete some, "
        + "or send this one without asking for it to be kept.", retryAfter: 60)
  }

  static let expired = WorkError(
    504, .linkNoPath,
    "The work could not be done within its time. Send it again, with a longer "
      + "'x-perigee-wait'.", code: "work_expired")
  static let cancelled = WorkError(
    410, .callerCancelled, "The work was cancelled.", code: "work_cancelled")
}

extension WorkItem.Answer {
  /// The answer as it was, to be sent again.
  func response(_ headers: [(name: String, value: String)] = []) -> ControlResponse {
    .full(
      status: status,
      headers: [("content-type", type), ("x-perigee-request", request)] + headers,
      body: Array(body))
  }
}

extension WorkItem {
  /// How work stands, for its owner.
  var statusJSON: JSONValue {
    let status =
      switch progress.phase {
      case .held, .queued: "queued"
      case .running: "in_progress"
      case .answered: answer?.isSuccess == true ? "completed" : "failed"
      case .cancelled: "cancelled"
      case .expired: "expired"
      }
    return [
      "id": .string(id), "object": "work", "status": .string(status), "model": .string(model),
      "endpoint": .string(endpoint), "created_at": .time(created),
      "expires_at": .time(progress.expires), "ended_at": .time(ended),
      "attempts": .integer(progress.epoch),
    ]
  }
}
