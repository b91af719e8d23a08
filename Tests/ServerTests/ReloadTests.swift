import Fleet
import Foundation
import Network
import NIOCore
import Server
import Testing

/// A running node goes over to another reading of its manifest.
@Suite struct ReloadTests {
  private static func fleet(
    _ uplinks: [Uplink], _ backends: [(String, Int)], seed: UInt64 = 1
  ) -> Fleet {
    var fleet = TestFleet.make(
      uplinks: uplinks,
      backends: backends.map { TestFleet.backend($0.0, port: $0.1, at: .site("region")) })
    fleet.seed = seed
    return fleet
  }

  @Test(.timeLimit(.minutes(2)))
  func fiftyStreamsUnderWayOutliveFiveReloads() async throws {
    let first = try await StreamingBackend(chunks: 40, every: .milliseconds(100))
    let second = try await StreamingBackend(chunks: 40, every: .milliseconds(100))
    let begin = Self.fleet([TestFleet.fiber], [("first", first.port)])
    let manifest = Manifest(begin)
    var slower = TestFleet.fiber
    slower.pricePerGB = 3
    slower.up = .megabitsPerSecond(50)
    let readings = [
      // A backend more; the one in use gone, with its link's emulator; another uplink; the uplink in use
      // changed; and all as it was.
      Self.fleet([TestFleet.fiber], [("first", first.port), ("second", second.port)]),
      Self.fleet([TestFleet.fiber], [("second", second.port)]),
      Self.fleet([TestFleet.fiber, TestFleet.geo], [("second", second.port)]),
      Self.fleet([slower], [("second", second.port), ("first", first.port)], seed: 2),
      begin,
    ]
    try await RunningNode.serve(begin, readFleet: manifest.read) { node in
      let answers = try await withThrowingTaskGroup(of: RunningNode.Answer.self) { group in
        for _ in 0..<50 { group.addTask { try await node.ask(stream: true) } }
        while try await node.underWay("first") < 50 {
          try await Task.sleep(for: .milliseconds(10))
        }
        for (number, fleet) in readings.enumerated() {
          manifest.write(fleet)
          let answer = try await node.post("/api/reload")
          #expect(answer.status == 200, "\(answer.text)")
          #expect(try answer.json()["generation"] as? Int == number + 2)
        }
        var answers: [RunningNode.Answer] = []
        for try await answer in group { answers.append(answer) }
        return answers
      }
      #expect(answers.count == 50)
      for answer in answers {
        #expect(answer.status == 200)
        #expect(answer.headers["x-perigee-backend"] == "first")
        #expect(answer.text.contains("data: [DONE]"), "cut: \(answer.text.suffix(200))")
        let numbers = answer.text.split(separator: "\n").compactMap { line in
          line.firstRange(of: #""content":""#).map {
            String(line[$0.upperBound...].prefix { $0 != " " })
          }
        }
        #expect(numbers == (0..<40).map { "\($0)" }, "lost, doubled or out of order")
      }
    }
    await first.stop()
    await second.stop()
  }

  @Test func requestsAfterAReloadGoByTheNewManifest() async throws {
    let old = try await MockBackend(name: "old")
    let new = try await MockBackend(name: "new")
    let begin = Self.fleet([TestFleet.fiber], [("b", old.port)])
    let manifest = Manifest(begin)
    try await RunningNode.serve(begin, readFleet: manifest.read) { node in
      #expect(try await node.ask().text.contains("old"))
      manifest.write(Self.fleet([TestFleet.fiber], [("b", new.port), ("c", new.port)]))
      let report = try await node.post("/api/reload")
      #expect(report.text.contains(#""backends":{"added":["c"],"removed":[],"changed":["b"]}"#))
      for _ in 0..<3 { #expect(try await node.ask().text.contains("new")) }
      let state = try await node.get("/api/state").json()
      #expect((state["backends"] as? [[String: Any]])?.count == 2)
    }
    await old.stop()
    await new.stop()
  }

  @Test func whatWasLearnedOfWhatStaysIsKept() async throws {
    let mock = try await MockBackend(name: "stays")
    let other = try await MockBackend(name: "comes")
    let begin = Self.fleet([TestFleet.fiber], [("stays", mock.port)])
    let manifest = Manifest(begin)
    try await RunningNode.serve(begin, readFleet: manifest.read) { node in
      for _ in 0..<3 { _ = try await node.ask() }
      let sent = "perigee_uplink_bytes_total{uplink=\"fiber\",direction=\"up\"}"
      let before = try await node.value(sent)
      manifest.write(
        Self.fleet(
          [TestFleet.fiber, TestFleet.geo], [("stays", mock.port), ("comes", other.port)]))
      #expect(try await node.post("/api/reload").status == 200)
      let metrics = try await node.get("/metrics").text
      #expect(metrics.contains("perigee_backend_service_seconds{backend=\"stays\""))
      let after = try await node.value(sent)
      #expect(before > 0 && after >= before)
      #expect(metrics.contains("perigee_config_generation 2"))
    }
    await mock.stop()
    await other.stop()
  }

  @Test func aBadManifestChangesNothingAndSaysWhy() async throws {
    let mock = try await MockBackend(name: "b")
    let begin = Self.fleet([TestFleet.fiber], [("b", mock.port)])
    let manifest = Manifest(begin)
    try await RunningNode.serve(begin, readFleet: manifest.read) { node in
      manifest.spoil("fleet.yaml:3:1: `sitez` is not a key of a fleet\n  Did you mean `sites`?")
      let bad = try await node.post("/api/reload")
      #expect(bad.status == 422 && bad.text.contains("fleet.yaml:3:1"), "\(bad.text)")
      #expect(bad.text.contains("nothing was changed"))

      var moved = begin
      moved.gateway?.site = "region"
      moved.gateway?.listenPort = 0
      manifest.write(moved)
      let refused = try await node.post("/api/reload")
      #expect(refused.status == 422 && refused.text.contains("gateway.site"), "\(refused.text)")

      var elsewhere = begin
      elsewhere.gateway?.listenPort = 1
      manifest.write(elsewhere)
      let address = try await node.post("/api/reload")
      #expect(address.status == 422 && address.text.contains("gateway.listen"), "\(address.text)")

      #expect(try await node.ask().status == 200)
      let metrics = try await node.get("/metrics").text
      #expect(metrics.contains("perigee_config_generation 1"))
      #expect(metrics.contains("perigee_config_last_reload_successful 0"))
    }
    await mock.stop()
  }

  @Test func aReloadHasToBeAskedForWithPost() async throws {
    let begin = Self.fleet([TestFleet.fiber], [])
    try await RunningNode.serve(begin) { node in
      #expect(try await node.get("/api/reload").status == 405)
      let answer = try await node.post("/api/reload")
      #expect(answer.status == 503 && answer.text.contains("restart"), "\(answer.text)")
    }
  }
}
