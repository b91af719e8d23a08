import Fleet
import Foundation
import Network
import Orbits
import Simulation
import Testing

/// The fleets and workloads that the tests run.
enum Fixtures {
  /// The root of the package.
  static let root = URL(filePath: #filePath)
    .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

  static let start = UTC(year: 2026, month: 11, day: 25, hour: 18)

  static func text(_ path: String) throws -> String {
    try String(contentsOf: root.appending(path: path), encoding: .utf8)
  }

  static func fleet(_ yaml: String) throws -> Fleet {
    try Fleet.load(yaml: yaml, file: "fleet.yaml") { _ in throw Missing() }
  }

  /// The example island: one LEO shell, a geostationary fallback, four backends.
  static func island() throws -> Fleet { try fleet(text("examples/tristan-da-cunha.yaml")) }

  /// A fleet without satellites, so that its network costs nothing to compute: two uplinks by land, two
  /// clouds, a small computer on site.
  static func town() throws -> Fleet {
    try fleet(
      """
      name: town
      gateway: {site: town}
      sites:
        - name: town
          kind: terminal
          position: [50.0, 8.0]
          uplinks:
            - {name: fiber, kind: fiber, landsAt: near, up: 100 Mbit/s, down: 100 Mbit/s, pricePerGB: 0.1}
            - {name: cell, kind: cellular, landsAt: near, up: 10 Mbit/s, down: 50 Mbit/s, pricePerGB: 4}
        - {name: near, kind: region, position: [50.1, 8.7]}
        - {name: far, kind: region, position: [40.0, -75.0]}
      fibers:
        - {from: near, to: far, stretch: 1.4}
      backends:
        - {name: near-cloud, site: near, url: "https://near.example/v1", models: [m], pricePerMillionTokens: 1}
        - {name: far-cloud, site: far, url: "https://far.example/v1", models: [m]}
        - {name: cellar, site: town, url: "http://10.0.0.1/v1", models: [m]}
      """)
  }

  static func site(of fleet: Fleet) throws -> Site {
    try #require(fleet.gateway.flatMap { fleet.site(named: $0.site) })
  }

  static func workload(_ yaml: String, for fleet: Fleet) throws -> Workload {
    try Workload.load(yaml: yaml, file: "workload.yaml", fleet: fleet, site: site(of: fleet)) { _ in
      throw Missing()
    }
  }

  /// Two requests a second of which a tenth is no stream, with what `more` adds.
  static func steady(_ more: String = "", deadline: String = "30s") -> String {
    """
    name: steady
    arrivals: {perDay: 172800, bursts: {share: 0.3, size: 8, within: 5s}}
    requests:
      - name: chat
        model: m
        stream: 0.9
        prompt: {median: 300, p95: 1200}
        answer: {median: 80, p95: 300}
        deadline: \(deadline)
    \(more)
    """
  }

  static func simulation(
    _ fleet: Fleet, _ workload: String, seconds: Double = 300, seed: UInt64 = 1
  ) throws -> Simulation {
    Simulation(
      fleet: fleet, site: try site(of: fleet),
      workload: try Self.workload(workload, for: fleet), start: start, seconds: seconds, seed: seed)
  }

  struct Missing: Error, CustomStringConvertible {
    var description: String { "no such file" }
  }
}

extension Report {
  func policy(_ policy: SimulatedPolicy) throws -> PolicyReport {
    try #require(policies.first { $0.policy == policy })
  }
}
