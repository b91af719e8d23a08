import Fleet
import Foundation
import Logging
import Network
import Orbits
import Server
import Testing

/// A whole node in this process, with real sockets, emulated links and backends of ours.
@Suite struct NodeTests {
  @Test func answersOverTheBestPathAndSaysWhich() async throws {
    let mock = try await MockBackend(name: "europe")
    let fleet = TestFleet.make(
      uplinks: [TestFleet.geo, TestFleet.fiber],
      backends: [TestFleet.backend("europe", port: mock.port, at: .site("region"))])
    try await RunningNode.serve(fleet) { node in
      let answer = try await node.ask()
      #expect(answer.status == 200, "\(answer.text)")
      #expect(answer.text.contains("europe"))
      #expect(answer.headers["x-perigee-backend"] == "europe")
      #expect(answer.headers["x-perigee-uplink"] == "fiber")
      let predicted = try #require(answer.headers["x-perigee-predicted-ms"].flatMap(Double.init))
      let actual = try #require(answer.headers["x-perigee-actual-ms"].flatMap(Double.init))
      #expect(predicted > 0)
      // Nothing beats light: there and back over at least the great circle, in glass.
      let km = GreatCircle.distanceKm(
        .init(latitudeDeg: 53, longitudeDeg: 3), .init(latitudeDeg: 50.1, longitudeDeg: 8.6))
      #expect(actual >= 2 * Light.milliseconds(km: km))

      let id = try #require(answer.headers["x-request-id"])
      let explanation = try await node.get("/api/requests/\(id)").json()
      #expect(explanation["backend"] as? String == "europe")
      let considered = try #require(explanation["considered"] as? [[String: Any]])
      #expect(considered.count == 2)
      #expect(considered.first?["uplink"] as? String == "fiber")
      #expect((considered.first?["hops"] as? [String])?.last == "region")
      // Forecast, correction and band are told of each.
      let roundTrip = try ["forecast", "correction", "low", "high"].map { part in
        try #require((considered.first?["rtt_\(part)_ms"] as? NSNumber)?.doubleValue, "\(part)")
      }
      #expect(roundTrip[0] > 0 && roundTrip[0] + roundTrip[1] >= roundTrip[2] - 0.2)
      #expect(roundTrip[2] <= roundTrip[3])
      let attempts = try #require(explanation["attempt_log"] as? [[String: Any]])
      #expect((considered.first?["score_ms"] as? NSNumber)?.doubleValue ?? 0 > 0)
      #expect(attempts.count == 1 && attempts.first?["outcome"] as? String == "answered")
    }
    await mock.stop()
  }

  /// A backend on the island, which is asked first while nothing is known of how long answers take, and one
  /// far away. Only requests find out what becomes of the near one, and none is hedged.
  private static func nearAndFar(_ near: MockBackend, _ far: MockBackend) -> Fleet {
    var here = TestFleet.backend("near", port: near.port, at: .site("island"))
    here.health.interval = .seconds(3600)
    var fleet = TestFleet.make(
      uplinks: [TestFleet.fiber, TestFleet.geo],
      backends: [here, TestFleet.backend("far", port: far.port, at: .site("region"))])
    fleet.gateway?.hedging = .off
    return fleet
  }

  @Test func aDeadBackendIsLeftForAnotherWithinTheRequest() async throws {
    let near = try await MockBackend(name: "near")
    let far = try await MockBackend(name: "far")
    try await RunningNode.serve(Self.nearAndFar(near, far)) { node in
      #expect(try await node.ask().headers["x-perigee-backend"] == "near")
      await near.die()
      for _ in 0..<4 {
        let answer = try await node.ask()
        #expect(answer.status == 200, "\(answer.text)")
        #expect(answer.headers["x-perigee-backend"] == "far")
        let explanation = try await node.get(
          "/api/requests/\(answer.headers["x-request-id"] ?? "")"
        ).json()
        let attempts = try #require(explanation["attempt_log"] as? [[String: Any]])
        let outcomes = attempts.map { $0["outcome"] as? String }
        let considered = try #require(explanation["considered"] as? [[String: Any]])
        // How long its one answer took decides whether it is still asked first.
        let isFirst = considered.first?["backend"] as? String == "near"
        #expect(outcomes.last == "answered" && outcomes.contains("link_refused") == isFirst)
      }
    }
    await far.stop()
  }

  @Test func aBackendThatBreaksOffIsLeftForAnotherWithinTheRequest() async throws {
    let near = try await MockBackend(name: "near", breaksOff: true)
    let far = try await MockBackend(name: "far")
    try await RunningNode.serve(Self.nearAndFar(near, far)) { node in
      let answer = try await node.ask()
      #expect(answer.status == 200 && answer.headers["x-perigee-backend"] == "far")
      #expect(answer.headers["x-perigee-attempts"] == "2")
    }
    await near.stop()
    await far.stop()
  }

  @Test func nobodyLeftIsAnErrorInTheProvidersShape() async throws {
    let mock = try await MockBackend(name: "gone")
    let fleet = TestFleet.make(
      uplinks: [TestFleet.fiber],
      backends: [TestFleet.backend("gone", port: mock.port, at: .site("region"))])
    await mock.stop()
    try await RunningNode.serve(fleet) { node in
      let answer = try await node.ask()
      #expect((500...504).contains(answer.status))
      let error = try answer.json()["error"] as? [String: Any]
      #expect(error?["message"] is String && error?["type"] is String)
    }
  }

  @Test func aTerminalWithoutAnyPathSaysSoAtOnce() async throws {
    let mock = try await MockBackend(name: "unreachable")
    var fleet = TestFleet.make(
      uplinks: [
        Uplink(
          name: "geo", medium: .geo(longitudeDeg: 180, teleport: "teleport"),
          up: .megabitsPerSecond(1), down: .megabitsPerSecond(1))
      ], backends: [TestFleet.backend("b", port: mock.port, at: .site("region"))])
    fleet.name = "no way"
    try await RunningNode.serve(fleet) { node in
      let answer = try await node.ask()
      #expect(answer.status == 503)
      #expect(answer.text.contains("no path"))
      let state = try await node.get("/api/state").json()
      let uplinks = try #require(state["uplinks"] as? [[String: Any]])
      let paths = try #require(uplinks[0]["paths"] as? [[String: Any]])
      #expect(paths[0]["reachable"] as? Bool == false)
    }
    await mock.stop()
  }

  @Test func theApiTellsTheSkyAndTheState() async throws {
    let mock = try await MockBackend(name: "europe")
    let fleet = TestFleet.make(
      uplinks: [TestFleet.leo],
      backends: [TestFleet.backend("europe", port: mock.port, at: .site("region"))])
    try await RunningNode.serve(fleet) { node in
      let sky = try await node.get("/api/sky?names=1").json()
      #expect((sky["lat"] as? [Any])?.count == 576)
      #expect((sky["names"] as? [Any])?.count == 576)
      let later = try await node.get("/api/sky?at=2026-12-01T00:00:00Z").json()
      #expect((later["time"] as? String)?.hasPrefix("2026-12-01T00:00:00") == true)
      #expect(try await node.get("/api/sky?at=soon").status == 400)
      let state = try await node.get("/api/state").json()
      #expect(state["site"] as? String == "island")
      let uplinks = try #require(state["uplinks"] as? [[String: Any]])
      let path = try #require((uplinks[0]["paths"] as? [[String: Any]])?.first)
      let hops = try #require(path["hops"] as? [String])
      #expect((path["points"] as? [Any])?.count == hops.count)
      #expect(hops.first == "island" && hops.last == "region")
      let links = try #require(
        try await node.get("/api/links").json()["links"] as? [[String: Any]])
      #expect(links.map { $0["destination"] as? String } == ["region"])
      let ahead = try #require(links[0]["ahead"] as? [[String: Any]])
      #expect(ahead.count >= 20, "five minutes of slots")
      #expect(try await node.get("/api/requests/req_unknown").status == 404)
      #expect(try await node.get("/nowhere").status == 404)
    }
    await mock.stop()
  }

  @Test func metricsCountRequestsBytesAndLinks() async throws {
    let mock = try await MockBackend(name: "europe")
    let fleet = TestFleet.make(
      uplinks: [TestFleet.fiber, TestFleet.geo],
      backends: [TestFleet.backend("europe", port: mock.port, at: .site("region"))])
    let text = try await RunningNode.serve(fleet) { node in
      for _ in 0..<3 { _ = try await node.ask() }
      // A check over each uplink, which measures its round trip, takes its time.
      for _ in 0..<600 {
        let text = try await node.get("/metrics").text
        if text.contains("perigee_link_rtt_observed_seconds{uplink=\"geo\"") { return text }
        try await Task.sleep(for: .milliseconds(50))
      }
      return try await node.get("/metrics").text
    }
    await mock.stop()
    for line in [
      "# TYPE gen_ai_server_request_duration_seconds histogram",
      "# TYPE gen_ai_server_time_to_first_token_seconds histogram",
      "perigee_link_up{uplink=\"fiber\",destination=\"region\"} 1",
      "perigee_backend_healthy{backend=\"europe\",uplink=\"fiber\"} 1",
      "# TYPE perigee_link_rtt_forecast_error_seconds histogram",
      "# TYPE perigee_link_rtt_estimate_error_seconds histogram",
      "perigee_uplink_down{uplink=\"fiber\"} 0", "perigee_resumes_total 0",
      "perigee_work_items{kind=\"waiting\",phase=\"queued\"} 0",
    ] { #expect(text.contains(line), "\(line)") }
    let answered = text.split(separator: "\n").filter {
      $0.hasPrefix("perigee_requests_total") && $0.contains("status=\"200\"")
    }
    #expect(answered.count == 1 && answered.first?.hasSuffix(" 3") == true)
    for uplink in ["fiber", "geo"] {
      let values = try ["forecast", "estimate", "observed"].map { kind in
        try #require(
          Self.value("perigee_link_rtt_\(kind)_seconds{uplink=\"\(uplink)\"", in: text), "\(kind)")
      }
      // What is measured over an emulated link takes at least what the route does.
      #expect(values[0] > 0 && values[1] > 0 && values[2] > 0.9 * values[0], "\(uplink) \(values)")
    }
    try PrometheusFormat.check(text)
  }

  private static func value(_ series: String, in text: String) -> Double? {
    let line = text.split(separator: "\n").first { $0.hasPrefix(series) }
    return line?.split(separator: " ").last.flatMap { Double($0) }
  }

  @Test func requestsUnderWayFinishWhenTheNodeStops() async throws {
    let mock = try await MockBackend(name: "europe")
    // Slow enough to be on its way at the end.
    let fleet = TestFleet.make(
      uplinks: [TestFleet.geo],
      backends: [TestFleet.backend("europe", port: mock.port, at: .site("region"))])
    let asked = try await RunningNode.serve(fleet) { node in
      let answer = Task { try await node.ask("slow") }
      while try await node.get("/metrics").text.contains(
        "perigee_backend_requests_in_flight{backend=\"europe\"} 0")
      {
        try await Task.sleep(for: .milliseconds(5))
      }
      return answer
    }
    #expect(try await asked.value.status == 200)
    await mock.stop()
  }

  @Test func aDashboardFileThatTheBrowserHasIsNotSentAgain() async throws {
    let fleet = TestFleet.make(uplinks: [TestFleet.fiber], backends: [])
    try await RunningNode.serve(fleet) { node in
      let first = try await node.get("/style.css")
      let tag = try #require(first.headers["etag"])
      #expect(first.status == 200 && !first.body.isEmpty)
      let again = try await node.get("/style.css", headers: ["if-none-match": tag])
      #expect(again.body.isEmpty || again.status == 200)
    }
  }
}
