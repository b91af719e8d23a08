import Decisions
import Network
import Orbits
import TestSupport
import Testing

@Suite struct RoutingPolicyTests {
  static let now = UTC(year: 2026, month: 11, day: 25, hour: 12, second: 12)

  static func facts(bytes: Int = 2_000, deadlineSeconds: Double = 60) -> RequestFacts {
    RequestFacts(
      id: "req_1", endpoint: "/v1/chat/completions", model: "m", stream: false, bytes: bytes,
      arrival: now, deadline: now.adding(seconds: deadlineSeconds))
  }

  static func route(_ oneWayMs: Double, hops: [String] = ["a", "b"]) -> Route {
    Route(
      hops: hops, servingSatellite: nil, propagationStartMs: oneWayMs, propagationEndMs: oneWayMs,
      processingMs: 0, jitterMs: 0, loss: 0, up: .megabitsPerSecond(8),
      down: .megabitsPerSecond(80), pricePerGB: 0)
  }

  /// A forecast of 15 s intervals with these routes.
  static func forecast(_ routes: [Route?]) -> Forecast {
    Forecast(
      uplink: "u", destination: "d",
      intervals: routes.enumerated().map { index, route in
        Forecast.Interval(
          start: now.adding(seconds: Double(index) * 15),
          end: now.adding(seconds: Double(index + 1) * 15), route: route)
      })
  }

  static func candidate(
    _ backend: String, _ forecast: Forecast?, isHealthy: Bool = true, serviceMs: Double = 100,
    inFlight: Int = 0, places: Int? = nil
  ) -> Candidate {
    Candidate(
      path: PathID(backend: backend, uplink: forecast == nil ? "local" : "u"), forecast: forecast,
      isHealthy: isHealthy, serviceMs: serviceMs, inFlight: inFlight, places: places)
  }

  @Test func predictsRoundTripTransmissionAndService() throws {
    let decision = RoutingPolicy().decide(
      Self.facts(bytes: 1_000), candidates: [Self.candidate("b", Self.forecast([Self.route(20)]))],
      now: Self.now)
    // 2 x 20 ms + 1,000 bytes at 8 Mbit/s + 100 ms
    #expect(abs(try #require(decision.ranked.first?.predictedMs) - 141) < 1e-9)
  }

  @Test func settingUpAConnectionCostsRoundTrips() throws {
    var candidate = Self.candidate("b", Self.forecast([Self.route(20)]))
    candidate.setupRoundTrips = 2
    let decision = RoutingPolicy().decide(
      Self.facts(bytes: 0), candidates: [candidate], now: Self.now)
    #expect(abs(try #require(decision.ranked.first?.predictedMs) - 220) < 1e-9)
  }

  @Test func theQuickestHealthyWayWins() {
    let decision = RoutingPolicy().decide(
      Self.facts(),
      candidates: [
        Self.candidate("far", Self.forecast([Self.route(300)])),
        Self.candidate("sick", Self.forecast([Self.route(1)]), isHealthy: false),
        Self.candidate("near", Self.forecast([Self.route(20)])),
        Self.candidate("slow", nil, serviceMs: 5_000),
      ], now: Self.now)
    #expect(decision.ranked.map(\.path.backend) == ["near", "far", "slow", "sick"])
    #expect(decision.ranked.map(\.isLastResort) == [false, false, false, true])
    #expect(decision.rejected.isEmpty)
  }

  @Test func theWaitForAPlaceCounts() throws {
    var busy = Self.candidate("busy", nil, inFlight: 5, places: 4)
    busy.waitMs = 50
    let decision = RoutingPolicy().decide(
      Self.facts(), candidates: [busy, Self.candidate("slower", nil, serviceMs: 149, places: 4)],
      now: Self.now)
    #expect(decision.ranked.map(\.path.backend) == ["slower", "busy"])
    #expect(decision.ranked.last?.predictedMs == 150 && decision.ranked.last?.waitMs == 50)
  }

  @Test func whereNobodyHasSaidHowManyPlacesThereAreABurstSpreads() {
    let decision = RoutingPolicy().decide(
      Self.facts(),
      candidates: [Self.candidate("a", nil, inFlight: 2), Self.candidate("b", nil, inFlight: 1)],
      now: Self.now)
    #expect(decision.ranked.first?.path.backend == "b")
  }

  @Test func aChangeBeforeTheAnswerCostsTheWorsePathAndAPenalty() throws {
    let steady = Self.forecast([Self.route(20), Self.route(20)])
    let moving = Self.forecast([Self.route(20), Self.route(80, hops: ["a", "c"])])
    let late = Self.now.adding(seconds: 14.95)
    func predicted(_ forecast: Forecast) throws -> Double {
      let decision = RoutingPolicy(changePenaltyMs: 50).decide(
        Self.facts(bytes: 0), candidates: [Self.candidate("b", forecast)], now: late)
      return try #require(decision.ranked.first?.predictedMs)
    }
    #expect(abs(try predicted(steady) - 140) < 1e-6)
    #expect(abs(try predicted(moving) - 310) < 1e-6)
  }

  @Test func aLinkThatGoesOutBeforeTheAnswerIsCountedWithTheWait() throws {
    let forecast = Self.forecast([Self.route(20), nil, Self.route(20)])
    let decision = RoutingPolicy(changePenaltyMs: 50).decide(
      Self.facts(bytes: 0), candidates: [Self.candidate("b", forecast)],
      now: Self.now.adding(seconds: 14.95))
    let scored = try #require(decision.ranked.first)
    // 15.05 s until the route is back, then a round trip, the penalty and the service.
    let predicted = try #require(scored.predictedMs)
    #expect(abs(predicted - 15_240) < 1e-6)
    #expect(scored.reason.contains("goes out"))
  }

  @Test func noPathIsRejectedAndTheReturnIsTold() {
    let forecast = Self.forecast([nil, nil, Self.route(20)])
    let decision = RoutingPolicy().decide(
      Self.facts(), candidates: [Self.candidate("b", forecast)], now: Self.now)
    #expect(decision.ranked.isEmpty)
    #expect(decision.retryAt == Self.now.adding(seconds: 30))
    #expect(decision.rejected.first?.predictedMs == nil)
  }

  @Test func whatWouldComeAfterTheDeadlineIsTriedAfterWhatWouldNot() {
    let decision = RoutingPolicy().decide(
      Self.facts(deadlineSeconds: 1),
      candidates: [
        Self.candidate("sick", nil, isHealthy: false, serviceMs: 1),
        Self.candidate("late", nil, serviceMs: 5_000),
        Self.candidate("timely", nil, serviceMs: 900),
      ], now: Self.now)
    #expect(decision.ranked.map(\.path.backend) == ["timely", "late", "sick"])
    #expect(decision.ranked[1].reason.contains("deadline"))
  }

  @Test func aLinkThatIsUpIsTriedThoughItMayNotReturn() {
    let forecast = Self.forecast([Self.route(20), nil, nil])
    let decision = RoutingPolicy().decide(
      Self.facts(), candidates: [Self.candidate("b", forecast, serviceMs: 20_000)], now: Self.now)
    #expect(decision.ranked.count == 1 && decision.ranked.first?.predictedMs == nil)
  }

  @Test func everyChangeBeforeTheAnswerIsLookedAt() throws {
    let routes = [20, 30, 200, 40].map { Self.route($0, hops: ["a", "\($0)"]) }
    let decision = RoutingPolicy(changePenaltyMs: 50).decide(
      Self.facts(bytes: 0),
      candidates: [Self.candidate("b", Self.forecast(routes), serviceMs: 40_000)], now: Self.now)
    let predicted = try #require(decision.ranked.first?.predictedMs)
    #expect(abs(predicted - 40_450) < 1e-6)
  }

  @Test func everyCandidateIsRankedOrRejectedOnce() {
    for seed in UInt64(1)...200 {
      var random = Seeded(seed)
      let candidates = (0..<Int.random(in: 0...12, using: &random)).map { number in
        let routes = (0..<Int.random(in: 0...4, using: &random)).map { _ in
          Bool.random(using: &random) ? Self.route(.random(in: 1...900, using: &random)) : nil
        }
        return Self.candidate(
          "b\(number)", Bool.random(using: &random) ? Self.forecast(routes) : nil,
          isHealthy: .random(using: &random), serviceMs: .random(in: 0...1e4, using: &random),
          inFlight: .random(in: 0...9, using: &random))
      }
      let now = Self.now.adding(seconds: .random(in: -5...70, using: &random))
      let decision = RoutingPolicy().decide(Self.facts(), candidates: candidates, now: now)
      let again = RoutingPolicy().decide(
        Self.facts(), candidates: candidates.shuffled(using: &random), now: now)
      #expect(
        (decision.ranked + decision.rejected).map(\.path.backend).sorted()
          == candidates.map(\.path.backend).sorted())
      #expect(decision.ranked == again.ranked, "order of candidates decides nothing")
      let healthy = Set(candidates.filter(\.isHealthy).map(\.path))
      let kinds = decision.ranked.map { healthy.contains($0.path) }
      #expect(kinds == kinds.sorted { $0 && !$1 }, "healthy before unhealthy")
    }
  }
}

@Suite struct ServiceTimeTests {
  @Test func theFirstMeasurementReplacesTheGuess() {
    var service = ServiceTime()
    service.observe(milliseconds: 42, at: RoutingPolicyTests.now)
    #expect(service.milliseconds == 42)
  }

  @Test func risesAtOnceAndFallsSlowly() {
    var service = ServiceTime()
    let start = RoutingPolicyTests.now
    service.observe(milliseconds: 100, at: start)
    service.observe(milliseconds: 900, at: start.adding(seconds: 1))
    #expect(service.milliseconds == 900)
    service.observe(milliseconds: 100, at: start.adding(seconds: 2))
    #expect(service.milliseconds < 900 && service.milliseconds > 100)
    service.observe(milliseconds: 100, at: start.adding(seconds: 60))
    #expect(service.milliseconds < 110)
  }

  @Test func whatNothingConfirmsIsForgotten() {
    var service = ServiceTime()
    service.observe(milliseconds: 60_000, at: RoutingPolicyTests.now)
    #expect(service.milliseconds(at: RoutingPolicyTests.now) == 60_000)
    // One cold start is no habit.
    let later = service.milliseconds(at: RoutingPolicyTests.now.adding(seconds: 900))
    #expect(later < 1.5 * ServiceTime.initialMs)
  }

  @Test func whatIsUsualIsForgottenInHoursOnly() {
    var service = ServiceTime()
    var time = RoutingPolicyTests.now
    for _ in 0..<40 {
      service.observe(milliseconds: 4_000, at: time)
      time = time.adding(seconds: 30)
    }
    #expect(abs(service.milliseconds(at: time.adding(seconds: 300)) / 4_000 - 1) < 0.15)
    let muchLater = service.milliseconds(at: time.adding(seconds: 6 * 3_600))
    #expect(abs(muchLater - ServiceTime.initialMs) < 20)
  }

  @Test func staysWithinWhatWasMeasured() {
    var random = Seeded(5)
    var service = ServiceTime()
    var time = RoutingPolicyTests.now
    for _ in 0..<1_000 {
      service.observe(milliseconds: .random(in: 10...500, using: &random), at: time)
      time = time.adding(seconds: .random(in: -1...3, using: &random))
      #expect((10...500).contains(service.milliseconds))
    }
  }
}
