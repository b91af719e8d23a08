import Decisions
import Fleet
import Network
import Orbits
import Testing

/// What is learned from requests, checks and slots, in virtual time.
@Suite struct KnowledgeTests {
  private static let start = UTC(year: 2026, month: 11, day: 25)
  private static let local = PathID(backend: "near", uplink: PathID.localUplink)
  private static let overLEO = PathID(backend: "far", uplink: "leo")
  private static let leg = Leg(uplink: "leo", destination: "region")

  private static let ways = Ways(
    uplinks: ["leo", "geo"],
    backends: [
      Ways.Backend(name: "near", destination: nil, models: ["m"]),
      Ways.Backend(
        name: "far", destination: "region", models: ["m", "n"], handshakeRoundTrips: 2,
        health: HealthCheckPolicy(unhealthyThreshold: 2, healthyThreshold: 2)),
    ])

  private var knowledge = Knowledge(ways, at: start)

  private static func time(_ second: Double) -> UTC { start.adding(seconds: second) }

  private static func attempt(
    at second: Double, over path: PathID = local, firstByteMs: Double = 100, status: Int = 200,
    reused: Bool = true
  ) -> AnsweredAttempt {
    let firstByte = time(second + firstByteMs / 1000)
    return AnsweredAttempt(
      path: path,
      service: ServiceKind(backend: path.backend, endpoint: "/v1/chat/completions", stream: true),
      started: time(second), reusedConnection: reused, firstByte: firstByte, ended: firstByte,
      status: status)
  }

  /// A forecast of the LEO leg from ``start`` on, slot by slot: the serving satellite, or none.
  private static func forecast(_ satellites: [String?], oneWayMs: Double = 20) -> Forecast {
    var slot = Slot(containing: start)
    let intervals = satellites.map { satellite in
      defer { slot = slot.next }
      let route = satellite.map {
        Route(
          hops: ["island", $0, "region"], servingSatellite: $0, propagationStartMs: oneWayMs,
          propagationEndMs: oneWayMs, processingMs: 0, jitterMs: 0, loss: 0,
          up: .megabitsPerSecond(10), down: .megabitsPerSecond(10), pricePerGB: 0)
      }
      return Forecast.Interval(start: slot.start, end: slot.end, route: route)
    }
    return Forecast(uplink: "leo", destination: "region", intervals: intervals)
  }

  private func candidate(_ path: PathID = local, at second: Double) throws -> Candidate {
    let facts = RequestFacts(
      id: "r", endpoint: "/v1/chat/completions", model: "m", stream: true, bytes: 0,
      arrival: Self.start, deadline: Self.time(600))
    return try #require(
      knowledge.candidates(for: facts, at: Self.time(second)).first { $0.path == path })
  }

  // MARK: Service times and connections

  @Test mutating func aRefusalIsNoMeasurement() throws {
    _ = knowledge.observe(Self.attempt(at: 0, firstByteMs: 400))
    for second in 1..<9 {
      _ = knowledge.observe(Self.attempt(at: Double(second), firstByteMs: 1, status: 422))
    }
    #expect(try candidate(at: 0.4).serviceMs > 399)
  }

  @Test mutating func whatWasLearnedOverAnUplinkThatIsAnotherNowIsForgotten() throws {
    knowledge.publish([Self.forecast(["a", "a"])])
    for path in [Self.local, Self.overLEO] {
      _ = knowledge.observe(Self.attempt(at: 0, over: path, firstByteMs: 500))
      #expect(try candidate(path, at: 1).setupRoundTrips == 0)
      #expect(knowledge.lastFirstByteMs(over: path) == 500)
    }
    knowledge.adopt(
      Self.ways, changedBackends: [], changedUplinks: ["leo"], at: Self.time(1))
    #expect(try candidate(at: 1).setupRoundTrips == 0)
    #expect(knowledge.lastFirstByteMs(over: Self.local) == 500)
    #expect(try candidate(Self.overLEO, at: 1).setupRoundTrips == 2)
    #expect(knowledge.lastFirstByteMs(over: Self.overLEO) == nil)
  }

  @Test mutating func aBackendThatClosesAfterEachAnswerIsExpectedToCostAHandshake() throws {
    #expect(try candidate(at: 0).setupRoundTrips == 1, "nothing is known yet")
    for second in 0..<4 {
      _ = knowledge.observe(Self.attempt(at: Double(second), reused: false))
    }
    #expect(try candidate(at: 4).setupRoundTrips == 1)
    for second in 4..<20 { _ = knowledge.observe(Self.attempt(at: Double(second))) }
    #expect(try candidate(at: 20).setupRoundTrips < 0.01)
    #expect(try candidate(at: 200).setupRoundTrips == 1, "kept connections do not last")
  }

  @Test mutating func requestsSideBySideTeachNothingAboutKeptConnections() throws {
    _ = knowledge.observe(Self.attempt(at: 0, firstByteMs: 1_000))
    _ = knowledge.observe(Self.attempt(at: 0.5, firstByteMs: 1_000, reused: false))
    #expect(try candidate(at: 2).setupRoundTrips == 0)
  }

  @Test mutating func thePathsShareIsNotTheBackends() throws {
    knowledge.publish([Self.forecast(["a", "a"])])
    _ = knowledge.observe(
      Self.attempt(at: 1, over: Self.overLEO, firstByteMs: 500, reused: false))
    // One way 20 ms: a round trip of 40 ms, and two more for TCP and TLS.
    #expect(abs(try candidate(Self.overLEO, at: 1.5).serviceMs - 380) < 1e-6)
    #expect(knowledge.lastFirstByteMs(over: Self.overLEO).map { abs($0 - 500) < 1e-6 } == true)
  }

  // MARK: Requests under way

  @Test mutating func requestsUnderWayAreCounted() throws {
    for _ in 0..<2 { knowledge.attemptBegan(Self.local, at: Self.start) }
    #expect(try candidate(at: 0).inFlight == 2)
    for _ in 0..<3 { _ = knowledge.attemptEnded(Self.local, fault: nil, at: Self.start) }
    #expect(try candidate(at: 0).inFlight == 0)
  }

  @Test(arguments: [(1, 500.0), (4, 50), (5, 20), (6, 0), (40, 0)])
  func onlyRequestsBeyondABackendsPlacesAreWaitedFor(places: Int, expectedMs: Double) throws {
    let ways = Ways(
      uplinks: [], backends: [.init(name: "b", destination: nil, models: ["m"], places: places)])
    var knowledge = Knowledge(ways, at: Self.start)
    let path = PathID(backend: "b", uplink: PathID.localUplink)
    for _ in 0..<5 { knowledge.attemptBegan(path, at: Self.start) }
    let place = knowledge.places.standing(ofBackend: "b")
    #expect(place?.taken == 5)
    let prospect = knowledge.places.prospect(path, .standard, unknownSeconds: 0.1)
    #expect(abs(prospect.waitSeconds * 1000 - expectedMs) < 1e-9)
    #expect(prospect.inFlight == 5 && prospect.places == places)
  }

  // MARK: Health

  @Test mutating func checksAndRequestsCountAlike() throws {
    knowledge.publish([Self.forecast(["a", "a"])])
    let probe = ProbeReport(
      path: Self.overLEO, outcome: .failure(reason: "status 500"), ended: Self.time(1))
    let first = knowledge.observeProbe(probe)
    #expect(first.isEmpty)
    let second = knowledge.attemptEnded(Self.overLEO, fault: .linkReset, at: Self.time(2))
    #expect(
      second.health.first?.transition
        == HealthTransition(isHealthy: false, time: Self.time(2), reason: "link_reset"))
    #expect(try !candidate(Self.overLEO, at: 2).isHealthy)
    #expect(try candidate(PathID(backend: "far", uplink: "geo"), at: 2).isHealthy)
    let third = knowledge.observe(Self.attempt(at: 3, over: Self.overLEO))
    #expect(third.isEmpty)
    let better = ProbeReport(path: Self.overLEO, outcome: .success, ended: Self.time(4))
    let last = knowledge.observeProbe(better)
    #expect(last.health.first?.transition.isHealthy == true)
    #expect(try candidate(Self.overLEO, at: 4).isHealthy)
  }

  @Test mutating func troubleWhileTheLinkIsDownIsNotHeldAgainstTheBackend() throws {
    knowledge.publish([Self.forecast(["a", nil])])
    for _ in 0..<5 {
      let changes = knowledge.attemptEnded(Self.overLEO, fault: .linkReset, at: Self.time(13))
      #expect(changes.isEmpty)
    }
    #expect(knowledge.health(of: Self.overLEO)?.isHealthy == true)
    for _ in 0..<2 {
      _ = knowledge.attemptEnded(Self.overLEO, fault: .linkReset, at: Self.time(3))
    }
    #expect(knowledge.health(of: Self.overLEO)?.isHealthy == false)
  }

  @Test mutating func aModelThatIsNotReadyIsNotHealthy() throws {
    knowledge.setReady(false, backend: "near")
    #expect(try !candidate(at: 0).isHealthy)
    knowledge.setReady(true, backend: "near")
    #expect(try candidate(at: 0).isHealthy)
  }

  // MARK: What is measured of links

  /// A check over LEO, as long after ``start`` as said.
  private static func probe(_ roundTripMs: Double, at second: Double) -> ProbeReport {
    ProbeReport(
      path: overLEO, outcome: .success, roundTripMs: roundTripMs,
      ended: time(second + roundTripMs / 1000))
  }

  private static var quarterHour: Forecast {
    forecast((0..<60).map { _ in "a" as String? })
  }

  private func roundTrip(at second: Double) throws -> RoundTripEstimate {
    try #require(knowledge.record(of: Self.leg)?.roundTrip(at: Self.time(second)))
  }

  @Test mutating func checksCorrectTheForecast() throws {
    knowledge.publish([Self.quarterHour])
    #expect(try roundTrip(at: 1).expectedMs == 40, "nothing measured: the forecast alone")
    for second in stride(from: 1.0, to: 300, by: 3) {
      _ = knowledge.observeProbe(Self.probe(90, at: second))
    }
    let corrected = try roundTrip(at: 301)
    #expect(corrected.forecastMs == 40 && abs(corrected.expectedMs - 90) < 2)
    #expect(corrected.lowMs <= corrected.expectedMs && corrected.expectedMs <= corrected.highMs)
    // The decision goes by it, and says so.
    let candidate = try candidate(Self.overLEO, at: 301)
    let facts = RequestFacts(
      id: "r", endpoint: "/", model: "m", stream: true, bytes: 0, arrival: Self.time(301),
      deadline: Self.time(400))
    let decided = RoutingPolicy().decide(facts, candidates: [candidate], now: Self.time(301))
    let scored = try #require(decided.ranked.first)
    #expect(abs(scored.pathMs - 3 * corrected.expectedMs) < 1e-6, "TCP, TLS and the request")
    #expect(scored.roundTrip == corrected)
    #expect(scored.reason.contains("measured +50 ms on a forecast round trip of 40 ms"))
  }

  @Test mutating func connectionsOfRequestsCountLikeChecks() throws {
    knowledge.publish([Self.quarterHour])
    for second in stride(from: 1.0, to: 300, by: 3) {
      var attempt = Self.attempt(
        at: second, over: Self.overLEO, firstByteMs: 500, status: 404, reused: false)
      attempt.connectMs = 75
      _ = knowledge.observe(attempt)
    }
    #expect(abs(try roundTrip(at: 301).expectedMs - 75) < 2)
  }

  @Test mutating func nothingIsExpectedToBeatLight() throws {
    knowledge.publish([Self.quarterHour])
    for second in stride(from: 1.0, to: 300, by: 3) {
      _ = knowledge.observeProbe(Self.probe(2, at: second))
    }
    let roundTrip = try roundTrip(at: 301)
    #expect(roundTrip.expectedMs == 40 && roundTrip.lowMs == 40, "propagation alone is 40 ms")
  }

  @Test mutating func telemetryTellsTheAccessOnceChecksToldTheRest() throws {
    knowledge.publish([Self.quarterHour])
    func tell(_ residualMs: Double, from: Double, to: Double) {
      for second in stride(from: from, to: to, by: 1) {
        // The forecast's only station stands for the point of presence.
        knowledge.observe(uplink: "leo", pop: "a", residualMs: residualMs, at: Self.time(second))
      }
    }
    tell(5, from: 1, to: 60)
    #expect(knowledge.record(of: Self.leg)?.estimate == LinkEstimate(), "the rest is unknown")
    // 5 ms more than forecast to the operator, 15 ms to the backend: 10 ms are the rest's.
    for second in stride(from: 60.0, to: 120, by: 5) {
      tell(5, from: second, to: second + 5)
      _ = knowledge.observeProbe(Self.probe(55, at: second + 4))
    }
    tell(5, from: 120, to: 300)
    #expect(abs(try roundTrip(at: 300.5).expectedMs - 55) < 2)
    // A new slot, whose level the terminal alone has told.
    tell(55, from: 312, to: 320)
    #expect(abs(try roundTrip(at: 320).expectedMs - 105) < 10)
    for second in 320..<325 {
      knowledge.observe(uplink: "leo", pop: "a", residualMs: nil, at: Self.time(Double(second)))
    }
    #expect(try #require(knowledge.record(of: Self.leg)?.estimate.lossShare) > 0.05)
  }

  @Test mutating func slotsThatAreOverAreKeptAndScored() throws {
    let slots = LegRecord.keptOutcomes + 30
    knowledge.publish([Self.forecast((0...slots).map { _ in "a" as String? })])
    let first = Slot(containing: Self.start).start.seconds(since: Self.start)
    for number in 0...slots {
      let second = first + 15 * Double(number) + 5
      for _ in 0..<3 { _ = knowledge.observeProbe(Self.probe(60, at: second)) }
    }
    let record = try #require(knowledge.record(of: Self.leg))
    #expect(record.outcomes.count == LegRecord.keptOutcomes)
    #expect(record.score.forecast.count == slots && record.score.estimate.count == slots)
    #expect(abs(record.score.forecast.sum / Double(slots) - 0.02) < 1e-6)
    #expect(abs(record.score.estimate.sum / Double(slots)) < 0.002)
    let last = try #require(record.outcomes.last)
    #expect(last.forecastMs == 40 && abs(last.predictedMs - 60) < 1 && last.samples == 3)
  }

  // MARK: Forecasts

  @Test func aRemotePathWithoutAForecastLeadsNowhere() throws {
    #expect(try candidate(Self.overLEO, at: 0).forecast?.intervals.isEmpty == true)
    #expect(try candidate(at: 0).forecast == nil)
    #expect(!knowledge.isLinkUp(Self.overLEO, at: Self.start))
    #expect(knowledge.isLinkUp(Self.local, at: Self.start))
  }

  @Test mutating func slotsAreCountedAsHandoffsAndOutages() {
    let satellites = ["a", "a", "b", nil, nil, "b", "c"]
    knowledge.publish([Self.forecast(satellites)])
    var slot = Slot(containing: Self.start)
    var seen: [[Double]] = []
    for _ in satellites {
      knowledge.enter(slot)
      let history = knowledge.history(of: "leo")
      seen.append([Double(history.handoffs), history.outageSeconds])
      slot = slot.next
    }
    #expect(
      seen == [[0, 0], [0, 0], [1, 0], [1, 0], [1, 15], [1, 30], [2, 30]])
    #expect(knowledge.history(of: "leo").servingSatellite == "c")
  }
}
