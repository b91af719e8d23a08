import Decisions
import Dialects
import Fleet
import Foundation
import Gateway
import Logging
import NIOCore
import Orbits
import Store

/// The node's durable work: what of `/v1` is kept on disk, and so outlives connections and processes.
///
/// Here requests become rows and rows answers; ``WorkSender`` and ``BatchKeeper`` do what the rows ask
/// for. A caller sees only what is its own.
struct NodeWork: WorkPlane {
  let store: Store
  let board: WorkBoard
  var limits = WorkLimits()
  let now: @Sendable () -> UTC

  func respond(to request: WorkRequest) async throws -> ControlResponse {
    let path = request.path.split(separator: "/").dropFirst().map {
      String($0).removingPercentEncoding ?? String($0)
    }
    let rest = Array(path.dropFirst())
    try request.caller.require(Self.scope(path))
    switch path.first {
    case "files": return try await files(request, rest)
    case "batches": return try await batches(request, rest)
    case "messages" where path.dropFirst().first == "batches":
      return try await messageBatches(request, Array(rest.dropFirst()))
    case "work": return try await work(request, rest)
    case "responses" where !rest.isEmpty: return try await responses(request, rest)
    default: return try await single(request)
    }
  }

  private static func scope(_ path: [String]) -> KeyScope {
    let isBatch = path.first == "messages" && path.dropFirst().first == "batches"
    return isBatch || path.first == "files" || path.first == "batches" ? .batch : .inference
  }

  /// Refuses to keep more when the disk holds as much as it may.
  func checkRoom() async throws {
    let used = try await store.bytesOnDisk()
    guard used < limits.bytesOnDisk else {
      throw WorkError(
        507, .ownStorageFull,
        "What this gateway keeps takes \(used >> 20) MiB on disk, as much as it may. Delete files "
          + "and batches that are no longer needed.")
    }
  }

  /// The body as a JSON object.
  func object(_ request: WorkRequest) async throws -> JSONObject {
    let bytes: ByteBuffer
    do {
      bytes = try await request.body.collect(upTo: limits.bodyBytes)
    } catch is ByteSequence.TooLong {
      throw WorkError(
        413, .callerTooLarge,
        "The body is larger than \(limits.bodyBytes) bytes, the most that is taken here.")
    }
    do {
      if case .object(let object) = try JSONValue.parse(Array(bytes.readableBytesView)) {
        return object
      }
    } catch {
      throw WorkError(
        400, .callerInvalidRequest, "The body is not JSON: \(error). Send one JSON object.",
        code: "invalid_json")
    }
    throw WorkError(
      400, .callerInvalidRequest, "The body must be a JSON object.", code: "invalid_json")
  }
}

extension WorkRequest {
  /// Whose things it is about.
  var owner: String { caller.id ?? "" }

  /// The items of the query.
  var items: QueryItems { QueryItems(query) }

  /// How many things a list is to have: the query's `limit`, at most `most`.
  func limit(usual: Int, most: Int) throws -> Int {
    guard let text = items["limit"] else { return usual }
    guard let limit = Int(text), (1...most).contains(limit) else {
      throw WorkError(
        400, .callerInvalidRequest, "limit=\(text.prefix(50)) must be a number from 1 to \(most).",
        param: "limit")
    }
    return limit
  }
}

extension WorkError {
  /// For something that is not there, or not the caller's.
  static func notFound(_ what: String, _ id: String) -> WorkError {
    WorkError(
      404, .callerNotFound, "There is no \(what) '\(id.prefix(100))', or it is not yours.",
      code: "not_found", param: "id")
  }

  /// For a method that a path does not have.
  static func wrongMethod(_ request: WorkRequest, _ allowed: String) -> WorkError {
    WorkError(
      405, .callerNotFound,
      "\(request.method) is not allowed on \(request.path.prefix(200)): use \(allowed).",
      code: "method_not_allowed")
  }

  /// For a path that is not there.
  static func unknownPath(_ request: WorkRequest) -> WorkError {
    WorkError(
      404, .callerNotFound, "There is no \(request.path.prefix(200)) here.", code: "unknown_url")
  }

  /// For a field that is not as it must be.
  static func badField(_ field: String, _ must: String) -> WorkError {
    WorkError(
      400, .callerInvalidRequest, "The field '\(field)' \(must).", code: "invalid_value",
      param: field)
  }
}

extension ControlResponse {
  /// A JSON answer.
  static func json(
    _ value: JSONValue, status: Int = 200, headers: [(name: String, value: String)] = []
  ) -> ControlResponse {
    .full(
      status: status, headers: [("content-type", "application/json")] + headers, body: value.bytes)
  }
}

extension UTC {
  /// Whole seconds since 1970, as OpenAI's objects say times.
  var unixSeconds: Int { Int((Double(nanosecondsSince1970) / 1e9).rounded(.down)) }
}

extension JSONValue {
  /// A time in seconds since 1970, or null.
  static func time(_ time: UTC?) -> JSONValue { time.map { .integer($0.unixSeconds) } ?? .null }
}
