import Decisions
import Fleet
import Foundation
import Gateway
import Store

/// The control API's part about keys, `/api/keys` and `/api/audit`. All of it needs the scope `admin`.
struct KeysControl: Sendable {
  let store: Store
  let accounts: AccountBook

  /// Notes in the audit log who had the manifest read anew.
  func noteReload(by caller: Caller) {
    accounts.note(
      .reloaded, by: caller.id ?? caller.name, subject: "manifest", detail: "asked for a reload")
  }

  /// Whether `path` is one of its own.
  static func owns(_ path: String) -> Bool {
    path == "/api/keys" || path.hasPrefix("/api/keys/") || path == "/api/audit"
  }

  /// Answers a request for one of its paths.
  func respond(to request: ControlRequest) -> ControlResponse {
    let desk = KeyDesk(store: store, actor: request.caller.id ?? request.caller.name)
    let parts = request.path.split(separator: "/").dropFirst(2).map {
      String($0).removingPercentEncoding ?? String($0)
    }
    do {
      switch (request.method, parts.count) {
      case ("GET", 0) where request.path == "/api/audit":
        let limit = QueryItems(request.query)["limit"].flatMap { Int($0) } ?? 100
        return try Self.json(["entries": desk.audit(newest: min(limit, 10_000))])
      case ("GET", 0): return try Self.json(["keys": desk.list()])
      case ("POST", 0) where request.path == "/api/keys":
        defer { accounts.keepStep() }
        return try Self.json(desk.create(try Self.decode(KeyOrder.self, request)), status: 201)
      case ("GET", 1): return try Self.json(desk.show(parts[0]))
      case ("POST", 2) where parts[1] == "revoke":
        defer { accounts.keepStep() }
        return try Self.json(desk.revoke(parts[0]))
      case ("POST", 2) where parts[1] == "rotate":
        let overlap = try Self.decode(Rotation.self, request).overlapSeconds ?? 86_400
        guard (0...31_536_000).contains(overlap) else {
          throw KeyOrder.Mistake(description: "overlapSeconds must be 0 to 31536000")
        }
        defer { accounts.keepStep() }
        return try Self.json(desk.rotate(parts[0], overlap: .seconds(overlap)))
      default:
        return NodeControl.problem(
          404, "there is no \(request.method) \(request.path.prefix(200))")
      }
    } catch let error as KeyOrder.Mistake {
      return NodeControl.problem(400, error.description)
    } catch let error as KeyError {
      if case .unknown = error { return NodeControl.problem(404, error.description) }
      return NodeControl.problem(409, error.description)
    } catch {
      return NodeControl.problem(500, "the node's database can't be used now")
    }
  }

  private struct Rotation: Decodable {
    var overlapSeconds: Double?
  }

  private static func decode<Value: Decodable>(
    _ type: Value.Type, _ request: ControlRequest
  ) throws(KeyOrder.Mistake) -> Value {
    do {
      let body = request.body.isEmpty ? Array("{}".utf8) : request.body
      return try JSONDecoder().decode(type, from: Data(body))
    } catch {
      throw KeyOrder.Mistake(
        description: "the body is not the JSON object that this takes: Documentation/Keys.md has it"
      )
    }
  }

  private static func json(_ value: some Encodable, status: Int = 200) throws -> ControlResponse {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    let text = String(decoding: try encoder.encode(value), as: UTF8.self)
    return NodeControl.json(text: text, status: status)
  }
}
