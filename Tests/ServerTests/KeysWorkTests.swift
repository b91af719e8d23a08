import Fleet
import Foundation
import Testing

@testable import Server

/// What a key allows holds for its work that is done later, too.
@Suite(.serialized, .timeLimit(.minutes(2))) struct KeysWorkTests {
  /// A node with these keys, made on its state directory, in front of a backend that takes US$ 0.25 for
  /// each request.
  private func serve(
    _ orders: KeyOrder..., body: @Sendable (RunningNode, [[String: String]]) async throws -> Void
  ) async throws {
    let mock = try await MockBackend(name: "here")
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    let desk = try KeyDesk(stateDirectory: folder.path)
    let keys = try orders.map { ["authorization": "Bearer \(try desk.create($0).key ?? "")"] }
    var backend = TestFleet.backend("here", port: mock.port, at: .site("island"))
    backend.prices = TokenPrices(input: 0, output: 0, perRequest: 0.25)
    let fleet = TestFleet.make(uplinks: [], backends: [backend])
    try await RunningNode.serve(fleet, stateDirectory: folder.path) { try await body($0, keys) }
    await mock.stop()
  }

  /// Asks until the answer is there, for up to ten seconds.
  private func get(
    _ path: String, _ node: RunningNode, _ key: [String: String],
    while isOpen: (RunningNode.Answer) throws -> Bool
  ) async throws -> RunningNode.Answer {
    var answer = try await node.get(path, headers: key)
    for _ in 0..<200 where try isOpen(answer) {
      try await Task.sleep(for: .milliseconds(50))
      answer = try await node.get(path, headers: key)
    }
    return answer
  }

  private func askLater(
    _ node: RunningNode, _ key: [String: String]
  ) async throws -> RunningNode.Answer {
    let later = key.merging(["prefer": "respond-async"]) { $1 }
    let accepted = try await node.ask(headers: later)
    #expect(accepted.status == 202, "\(accepted.text)")
    let path = try #require(accepted.headers["location"])
    return try await get(path, node, key) { $0.status == 202 }
  }

  @Test func budgetsHoldForWorkThatIsDoneLater() async throws {
    let order = KeyOrder(name: "app", scopes: ["inference", "batch"], budgets: ["0.4/total"])
    try await serve(order) { node, keys in
      #expect(try await askLater(node, keys[0]).status == 200)
      let refused = try await askLater(node, keys[0])
      #expect(refused.status == 402 && refused.text.contains("insufficient_quota"))
      #expect(try await node.ask(headers: keys[0]).status == 402, "one account for both")
    }
  }

  @Test func whatAKeyMayNotIsRefusedWhenItIsHandedIn() async throws {
    try await serve(
      KeyOrder(name: "now"), KeyOrder(name: "other", scopes: ["inference", "batch"], models: ["x"])
    ) { node, keys in
      let (now, other) = (keys[0], keys[1])
      #expect(try await node.ask(headers: now).status == 200)
      let later = try await node.ask(headers: now.merging(["prefer": "respond-async"]) { $1 })
      #expect(later.status == 403 && later.text.contains("'batch'"), "\(later.text)")
      for path in ["/v1/files", "/v1/batches", "/v1/messages/batches"] {
        #expect(try await node.get(path, headers: now).status == 403, "\(path)")
        #expect(try await node.get(path, headers: other).status == 200, "\(path)")
      }
      let background = #"{"model":"m","input":"hi","background":true}"#
      #expect(
        try await node.post("/v1/responses", Data(background.utf8), headers: now).status == 403)
      for body in [background, #"{"model":"m","input":"hi"}"#] {
        let refused = try await node.post("/v1/responses", Data(body.utf8), headers: other)
        #expect(refused.status == 404 && refused.text.contains("model_not_found"))
      }
      let kept = try await node.ask(headers: other.merging(["idempotency-key": "k"]) { $1 })
      #expect(kept.status == 404 && kept.text.contains("model_not_found"))
      let messages = try await node.post(
        "/v1/messages/batches",
        Data(#"{"requests":[{"custom_id":"a","params":{"model":"m","max_tokens":5}}]}"#.utf8),
        headers: other)
      #expect(messages.status == 404 && messages.text.contains("does not exist"))
    }
  }

  @Test func aBatchThatNamesAnotherModelFails() async throws {
    let order = KeyOrder(name: "other", scopes: ["batch"], models: ["x"])
    try await serve(order) { node, keys in
      let line =
        #"{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"m"}}"#
      let form =
        "--b\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n"
        + "--b\r\ncontent-disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"
        + line + "\r\n--b--\r\n"
      let type = ["content-type": "multipart/form-data; boundary=b"]
      let file = try await node.post(
        "/v1/files", Data(form.utf8), headers: keys[0].merging(type) { $1 })
      let id = try #require(try file.json()["id"] as? String, "\(file.text)")
      let made = try await node.post(
        "/v1/batches",
        Data(#"{"input_file_id":"\#(id)","endpoint":"/v1/chat/completions"}"#.utf8),
        headers: keys[0])
      let batch = try #require(try made.json()["id"] as? String, "\(made.text)")
      let over = try await get("/v1/batches/\(batch)", node, keys[0]) {
        !["failed", "completed"].contains(try $0.json()["status"] as? String)
      }
      #expect(over.text.contains(#""status":"failed""#), "\(over.text)")
      #expect(over.text.contains("model_not_found") && over.text.contains("Line 1"))
    }
  }
}
