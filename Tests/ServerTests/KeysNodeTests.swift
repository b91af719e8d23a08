import Decisions
import Fleet
import Foundation
import Store
import Testing

@testable import Server

/// Keys of a running node, made on its state directory and over its control API.
@Suite(.serialized, .timeLimit(.minutes(2))) struct KeysNodeTests {
  private func bearer(_ key: String?) -> [String: String] {
    ["authorization": "Bearer \(key ?? "")"]
  }

  @Test func keysWorkFromTheirMakingToTheirRevocation() async throws {
    let mock = try await MockBackend(name: "europe")
    let folder = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    defer { try? FileManager.default.removeItem(at: folder) }
    var backend = TestFleet.backend("europe", port: mock.port, at: .site("region"))
    backend.prices = TokenPrices(input: 1, output: 2, perRequest: 0.25)
    let fleet = TestFleet.make(uplinks: [TestFleet.fiber], backends: [backend])
    let desk = try KeyDesk(stateDirectory: folder.path)
    let spent = try await RunningNode.serve(fleet, stateDirectory: folder.path) { node in
      #expect(try await node.ask().status == 200)
      // On the state directory, while the node runs.
      let admin = try desk.create(KeyOrder(name: "ops", scopes: ["admin", "metrics"]))
      for _ in 0..<100 where try await node.ask().status != 401 {
        try await Task.sleep(for: .milliseconds(50))
      }
      #expect(try await node.ask().status == 401)
      // Over the control API.
      let order = KeyOrder(name: "app", budgets: ["0.6/total"])
      let refused = try await node.post("/api/keys", JSONEncoder().encode(order), headers: [:])
      #expect(refused.status == 401)
      let made = try await node.post(
        "/api/keys", JSONEncoder().encode(order), headers: bearer(admin.key))
      #expect(made.status == 201)
      let app = try JSONDecoder().decode(KeyReport.self, from: made.body)
      #expect(try await node.get("/api/keys", headers: bearer(app.key)).status == 403)
      let first = try await node.ask(headers: bearer(app.key))
      #expect(first.status == 200)
      let cost = try #require(first.headers["x-perigee-cost-usd"].flatMap(Double.init))
      #expect(cost >= 0.25)
      #expect(try await node.ask(headers: bearer(app.key)).status == 200)
      let page = try await node.get("/metrics", headers: bearer(admin.key)).text
      for (series, value) in [
        ("requests_total", 2), ("cost_usd_total", 2 * cost), ("tokens_total", 10),
        ("bytes_total", 1), ("budget_usd", 0.6), ("budget_spent_usd", 2 * cost),
      ] {
        let line = page.split(separator: "\n").first {
          $0.hasPrefix("perigee_key_\(series){key=\"app\",key_id=\"\(app.id)\"")
        }
        let told = line?.split(separator: " ").last.flatMap { Double($0) } ?? -1
        let isRight = series == "bytes_total" ? told > 500 : abs(told - value) < 1e-4
        #expect(isRight, "\(series): \(line ?? "none")")
      }
      #expect(page.contains("perigee_key_requests_total{key=\"none\",key_id=\"\""))
      #expect(!page.contains(app.key ?? "pgk_"))
      let exhausted = try await node.ask(headers: bearer(app.key))
      #expect(exhausted.status == 402)
      let mistake = try await node.post(
        "/api/keys", JSONEncoder().encode(KeyOrder(name: "x", limits: ["many"])),
        headers: bearer(admin.key))
      #expect(mistake.status == 400 && mistake.text.contains("requests/minute"))
      let revoked = try await node.post(
        "/api/keys/app/revoke", Data(), headers: bearer(admin.key))
      #expect(revoked.status == 200)
      let after = try await node.ask(headers: bearer(app.key))
      #expect(after.status == 401 && after.text.contains("revoked"))
      return cost
    }
    await mock.stop()
    let report = try desk.show("app")
    #expect(report.used.requests == 2)
    #expect(abs(report.used.costUSD - 2 * spent) < 0.01)
    #expect(report.lastUsed != nil && report.status == "revoked")
    let actions = try desk.audit(newest: 50).map(\.action)
    for action in ["key created", "key revoked", "limit hit", "access refused"] {
      #expect(actions.contains(action), "\(action)")
    }
  }
}
