import Fleet
import Foundation
import NIOCore
import Testing

@testable import Server

/// The alerts and the dashboard that are shipped, against real ones.
@Suite struct MonitoringTests {
  /// Every expression of the dashboard's panels, with the variable that Grafana fills in.
  private static func expressions() throws -> [(panel: String, expression: String)] {
    let file = RealParts.root.appendingPathComponent("monitoring/grafana/perigee.json")
    let dashboard = try #require(
      try JSONSerialization.jsonObject(with: Data(contentsOf: file)) as? [String: Any])
    let panels = try #require(dashboard["panels"] as? [[String: Any]])
    return panels.flatMap { panel -> [(String, String)] in
      let targets = panel["targets"] as? [[String: Any]] ?? []
      return targets.compactMap { target in
        (target["expr"] as? String).map {
          ("\(panel["title"] ?? "")", $0.replacing("$__rate_interval", with: "1m"))
        }
      }
    }
  }

  @Test(
    "the alert rules are valid and fire when they should",
    .enabled(if: Prometheus.tool != nil, "needs promtool: run `make test`"))
  func rules() throws {
    for arguments in [
      ["check", "rules", "perigee.rules.yml"], ["test", "rules", "perigee.rules.test.yml"],
      ["check", "config", "prometheus.yml"],
    ] {
      let (status, output) = try Prometheus.promtool(arguments)
      #expect(status == 0, "\(output)")
    }
  }

  @Test(
    "every panel shows something of a live node, and promtool has nothing to say of its metrics",
    .enabled(
      if: Prometheus.binary != nil && Prometheus.tool != nil, "needs prometheus: run `make test`"),
    .timeLimit(.minutes(3)))
  func dashboard() async throws {
    let backend = try await StreamingBackend(chunks: 5, every: .milliseconds(5))
    var fleet = TestFleet.make(
      uplinks: [TestFleet.leo],
      backends: [TestFleet.backend("europe", port: backend.port, at: .site("region"))])
    let secret = FileManager.default.temporaryDirectory.appendingPathComponent(UUID().uuidString)
    let key = "panel-secret"
    try Data(key.utf8).write(to: secret)
    defer { try? FileManager.default.removeItem(at: secret) }
    fleet.gateway?.namedKeys = [
      DeclaredKey(
        name: "app", secret: .file(secret.path),
        grant: KeyGrant(
          scopes: [.inference, .metrics], budgets: [Budget(Money(dollars: 9), per: .day)]))
    ]
    let bearer = ["authorization": "Bearer \(key)"]
    let expressions = try Self.expressions()
    #expect(expressions.count > 20)
    try await RunningNode.serve(fleet) { node in
      let prometheus = try Prometheus(scraping: node.url, key: key)
      var empty = expressions
      for _ in 0..<120 where !empty.isEmpty {
        #expect(try await node.ask(stream: true, headers: bearer).status == 200)
        try await Task.sleep(for: .milliseconds(500))
        var left: [(panel: String, expression: String)] = []
        for panel in empty where (await prometheus.series(panel.expression) ?? 0) == 0 {
          left.append(panel)
        }
        empty = left
      }
      for panel in empty { Issue.record("\(panel.panel) is empty: \(panel.expression)") }
      let page = try await node.get("/metrics", headers: bearer).body
      #expect(!String(decoding: page, as: UTF8.self).contains(key))
      let (status, output) = try Prometheus.promtool(["check", "metrics"], input: page)
      #expect(status == 0 && output.isEmpty, "\(output)")
    }
    await backend.stop()
  }
}
