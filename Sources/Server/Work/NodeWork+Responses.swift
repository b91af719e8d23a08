import Decisions
import Dialects
import Fleet
import Foundation
import Gateway
import NIOCore
import Orbits
import Store

/// `/v1/responses`: answers that are kept under their id, made in the background if the client likes, and
/// whose streams can be taken up again after any event.
extension NodeWork {
  /// A new response, unless it is not to be kept.
  func newResponse(_ request: WorkRequest) async throws -> ControlResponse {
    var body = try await object(request)
    let model = try model(of: body, request)
    let isBackground = body["background"]?.bool == true
    if isBackground, body["store"]?.bool == false {
      throw WorkError.badField(
        "store",
        "must not be false where 'background' is true: a response made in the background "
          + "is fetched later")
    }
    if let previous = body["previous_response_id"]?.text {
      body["input"] = try await continued(body["input"], from: previous, request)
    }
    let bytes = JSONValue.object(body).bytes
    guard body["previous_response_id"] == nil || bytes.count <= limits.bodyBytes else {
      throw WorkError(
        413, .callerTooLarge,
        "The conversation that is continued has grown to \(bytes.count) bytes, more than the "
          + "\(limits.bodyBytes) that are taken here. Begin a new one.",
        code: "conversation_too_large", param: "previous_response_id")
    }
    try await checkRoom()
    let wishes = try Wishes(request, limits)
    if isBackground || wishes.wait != nil { try request.caller.require(.batch) }
    let item = newItem(
      request, wishes, "resp_", model: model, body: bytes, isBackground: isBackground)
    let isStream = body["stream"]?.bool == true
    let view = Watched(request: request, wishes: wishes, isStream: isStream)
    var scribe = ResponseScribe(item)
    let opening = isBackground && isStream ? scribe.opening() : []
    let (acceptance, run) = try await accept(item, events: opening.map { Data($0) })
    switch acceptance {
    case .accepted: break
    case .known(let known): return try await found(known, view)
    case .conflict: throw WorkError.keyReused
    case .full: throw WorkError.manySingles(limits.singles)
    }
    if isBackground {
      board.items.wake()
      return isStream ? follow(item, run, after: -1) : .json(scribe.object(status: "queued"))
    }
    let answer = try await watch(item, run, view)
    if Task.isCancelled, wishes.wait == nil, wishes.key == nil { try await cancel(item) }
    return answer
  }

  private func found(_ item: WorkItem, _ view: Watched) async throws -> ControlResponse {
    guard item.kind == .response else { return try await watch(known: item, view.replayed()) }
    guard view.isStream else { return .json(response(item)) }
    return follow(item, try await join(item).run, after: -1)
  }

  /// The conversation that a response continues: what it was asked, what it answered, and the new input.
  private func continued(
    _ input: JSONValue?, from id: String, _ request: WorkRequest
  ) async throws -> JSONValue {
    let kept = try await store.item(id, owner: request.owner)
    guard let known = kept, known.isResponse, let answer = known.answer, answer.isSuccess else {
      throw WorkError(
        400, .callerInvalidRequest,
        "The response '\(id.prefix(100))' is not kept here, or has no answer (yet).",
        code: "previous_response_not_found", param: "previous_response_id")
    }
    let output = answer.json["output"]?.array ?? []
    return .array(Self.inputItems(known.request["input"]) + output + Self.inputItems(input))
  }

  /// Input as a list of items; a text is one message.
  static func inputItems(_ input: JSONValue?) -> [JSONValue] {
    switch input {
    case .array(let items)?: items
    case .string(let text)?: [["role": "user", "content": .string(text)]]
    default: []
    }
  }

  /// `/v1/responses/{id}` and what is below it.
  func responses(_ request: WorkRequest, _ path: [String]) async throws -> ControlResponse {
    guard let id = path.first, let item = try await store.item(id, owner: request.owner),
      item.isResponse
    else { throw WorkError.notFound("response", path.first ?? "") }
    switch (request.method, path.count) {
    case ("GET", 1):
      guard request.items["stream"] == "true" else { return .json(response(item)) }
      guard item.kind == .response, item.isStream else {
        throw WorkError.badField(
          "stream", "can be true only for a response made with 'background' and 'stream' true")
      }
      let after = request.items["starting_after"]
      guard let number = after == nil ? -1 : Int(after ?? ""), number < Int(Int32.max) else {
        throw WorkError.badField("starting_after", "must be the number of an event")
      }
      return follow(item, try await join(item).run, after: number)
    case ("POST", 2) where path[1] == "cancel":
      guard item.kind == .response else {
        throw WorkError.badField("background", "is false: only background responses are cancelled")
      }
      try await cancel(item)
      return .json(response(try await store.item(id, owner: request.owner) ?? item))
    case ("GET", 2) where path[1] == "input_items": return .json(Self.inputList(item))
    case ("DELETE", 1):
      try await cancel(item)
      _ = try await store.deleteItem(id, owner: request.owner)
      return .json(["id": .string(id), "object": "response", "deleted": true])
    case (_, 1): throw WorkError.wrongMethod(request, "GET, DELETE")
    default: throw WorkError.unknownPath(request)
    }
  }

  private static func inputList(_ item: WorkItem) -> JSONValue {
    let items = inputItems(item.request["input"]).enumerated().map { index, value -> JSONValue in
      guard case .object(var object) = value else { return value }
      if object["id"] == nil { object["id"] = .string("msg_\(item.id.dropFirst(5))_\(index)") }
      if object["type"] == nil { object["type"] = "message" }
      return .object(object)
    }
    return [
      "object": "list", "data": .array(items), "has_more": false,
      "first_id": .optional(items.first?["id"]?.text),
      "last_id": .optional(items.last?["id"]?.text),
    ]
  }

  /// The response object as it stands.
  private func response(_ item: WorkItem) -> JSONValue {
    if let answer = item.answer { return answer.json }
    let scribe = ResponseScribe(item)
    switch item.progress.phase {
    case .held, .queued, .answered: return scribe.object(status: "queued")
    case .running: return scribe.object(status: "in_progress")
    case .cancelled: return scribe.object(status: "cancelled")
    case .expired:
      return scribe.object(
        status: "failed",
        error: ["code": "server_error", "message": .string(WorkError.expired.message)])
    }
  }
}
