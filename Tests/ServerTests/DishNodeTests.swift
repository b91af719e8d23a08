import Dish
import Fleet
import Foundation
import Network
import TestSupport
import Testing

@testable import Server

/// A node with an emulated terminal: its metrics, read with Prometheus' own parser, and its API.
@Suite(.timeLimit(.minutes(2))) struct DishNodeTests {
  private static let python = ProcessInfo.processInfo.environment["PERIGEE_PYTHON"]

  private static var leo: Uplink {
    var uplink = TestFleet.leo
    uplink.dish = DishSettings(
      .emulated(port: nil), tellsLocation: true, hasLegacyMetrics: true)
    return uplink
  }

  /// Waits until the page has a line that begins so.
  private func page(of node: RunningNode, with start: String) async throws -> String {
    for _ in 0..<600 {
      let text = try await node.get("/metrics").text
      if text.contains("\n\(start)") { return text }
      try await Task.sleep(for: .milliseconds(100))
    }
    Issue.record("no \(start) after a minute")
    throw CancellationError()
  }

  private func serve(
    _ uplink: Uplink, _ body: @Sendable @escaping (RunningNode) async throws -> Void
  ) async throws {
    let mock = try await MockBackend(name: "europe")
    let fleet = TestFleet.make(
      uplinks: [uplink],
      backends: [TestFleet.backend("europe", port: mock.port, at: .site("region"))])
    try await RunningNode.serve(fleet, body)
    await mock.stop()
  }

  @Test func theTerminalIsInTheMetrics() async throws {
    try await serve(Self.leo) { node in
      let text = try await page(of: node, with: "starlink_dish_uptime_seconds{")
      try PrometheusFormat.check(text)
      for name in [
        "starlink_dish_up{uplink=\"leo\"} 1", "starlink_dish_info{uplink=\"leo\",device_id=",
        "starlink_dish_pop_ping_drop_ratio{", "starlink_dish_state{",
        "starlink_dish_downlink_throughput_bytes_per_second{",
        "starlink_dish_uplink_throughput_bytes_per_second{",
        "starlink_dish_downlink_throughput_bytes{", "starlink_dish_currently_obstructed{",
        "starlink_dish_alert_slow_eth_speeds{", "starlink_dish_alert_power_save_idle{",
      ] {
        #expect(text.contains("\n\(name)"), "\(name)")
      }
    }
  }

  @Test func theMisnamedMetricsAreThereOnlyWhereAskedFor() async throws {
    var uplink = Self.leo
    uplink.dish = DishSettings(.emulated(port: nil))
    try await serve(uplink) { node in
      let text = try await page(of: node, with: "starlink_dish_uptime_seconds{")
      #expect(text.contains("throughput_bytes_per_second{"))
      #expect(!text.contains("throughput_bytes{"))
    }
  }

  @Test func aRealTerminalThatIsNotThereIsDown() async throws {
    var uplink = Self.leo
    uplink.emulated = false
    uplink.dish = DishSettings(.real(host: "127.0.0.1", port: 1))
    try await serve(uplink) { node in
      let text = try await page(of: node, with: "starlink_dish_up{")
      #expect(text.contains("starlink_dish_up{uplink=\"leo\"} 0\n"))
      #expect(!text.contains("starlink_dish_uptime"))
    }
  }

  @Test(
    .enabled(if: Self.python != nil, "set PERIGEE_PYTHON to an interpreter with prometheus-client"))
  func prometheusOwnParserReadsThePage() async throws {
    let script = """
      import sys
      from prometheus_client.parser import text_string_to_metric_families as parse
      families = {f.name: f for f in parse(sys.stdin.read())}
      dish = {n: f for n, f in families.items() if n.startswith("starlink_dish_")}
      assert len(dish) > 35, sorted(dish)
      assert all(f.type == "gauge" and f.documentation for f in dish.values()), dish
      def value(name):
          sample, = dish["starlink_dish_" + name].samples
          assert sample.labels["uplink"] == "leo", sample
          return sample.value
      assert value("up") == 1 and value("state") in (0, 3)
      for way in ("downlink", "uplink"):
          bits, octets = value(way + "_throughput_bytes"), value(way + "_throughput_bytes_per_second")
          assert abs(bits - 8 * octets) < 1e-6 * max(1, bits), (bits, octets)
      assert 40 <= value("power_watt_current") <= 75
      """
    try await serve(Self.leo) { node in
      let text = try await page(of: node, with: "starlink_dish_power_watt_current{")
      let process = ChildProgram.process(
        URL(fileURLWithPath: Self.python ?? ""), ["-c", script])
      let (input, output) = (Pipe(), Pipe())
      process.standardInput = input
      process.standardError = output
      try process.run()
      try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
      try input.fileHandleForWriting.close()
      let errors = String(
        decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
      process.waitUntilExit()
      #expect(process.terminationStatus == 0, "\(errors)")
    }
  }
}
