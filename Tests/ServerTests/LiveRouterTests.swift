import Decisions
import Fleet
import Gateway
import Links
import Network
import Orbits
import Testing

@testable import Server

/// What live requests teach the world.
@Suite struct LiveRouterTests {
  private static let start = UTC(year: 2026, month: 11, day: 25)

  /// The round trip that the world holds for fiber after a request whose connection took 30 ms.
  private func observedMs(
    emulated: Bool, host: String = "192.0.2.1", reused: Bool = false, status: Int = 200
  ) throws -> Double? {
    var fiber = TestFleet.fiber
    fiber.emulated = emulated
    let fleet = TestFleet.make(
      uplinks: [fiber], backends: [TestFleet.backend("far", port: 1, at: .site("region"))])
    let plan = NodePlan(
      fleet: fleet, site: try #require(fleet.site(named: "island")),
      backends: [(fleet.backends[0], Endpoint(host: host, port: 1))])
    let world = World(plan: plan, at: Self.start)
    _ = ForecastLoop(world: world, now: { Self.start }).prime()
    let path = PathID(backend: "far", uplink: "fiber")
    let emulator = Endpoint(host: host, port: 1).through(host: "127.0.0.1", port: 2)
    let router = LiveRouter(
      world: world, requests: RequestLog(), metrics: NodeMetrics(),
      emulators: emulated ? [path: emulator] : [:], startedAt: Self.start, now: { Self.start })
    let facts = RequestFacts(
      id: "r", endpoint: "/v1/chat/completions", model: "m", stream: true, bytes: 1,
      arrival: Self.start, deadline: Self.start.adding(seconds: 60))
    let attempt = RequestRecord.Attempt(
      path: path, predictedMs: nil, started: Self.start,
      connected: Self.start.adding(seconds: 0.03), reusedConnection: reused,
      firstByte: Self.start.adding(seconds: 0.4), ended: Self.start.adding(seconds: 1),
      status: status)
    router.requestEnded(
      RequestRecord(
        facts: facts, decision: router.decide(facts), attempts: [attempt], chosen: path,
        status: status, ended: attempt.ended))
    router.turnEnded()
    let record = world.knowledge.record(of: Leg(uplink: "fiber", destination: "region"))
    return try #require(record).estimate.observedMs
  }

  @Test func aNewConnectionOverARealLinkTellsItsRoundTrip() throws {
    let observed = try #require(try observedMs(emulated: false))
    #expect(abs(observed - 30) < 1e-6)
    #expect(
      try observedMs(emulated: false, status: 422) != nil, "the connection stood all the same")
  }

  @Test func whatIsNoRoundTripIsNotTakenForOne() throws {
    #expect(try observedMs(emulated: true) == nil, "an emulator accepts at once")
    #expect(try observedMs(emulated: false, reused: true) == nil)
    #expect(
      try observedMs(emulated: false, host: "backend.test") == nil, "a name is resolved first")
  }

  @Test func hedgesAndRetriesAreSpentFromTheManifestsBudget() throws {
    let fleet = TestFleet.make(
      uplinks: [TestFleet.fiber], backends: [TestFleet.backend("far", port: 1, at: .site("region"))]
    )
    let plan = NodePlan(
      fleet: fleet, site: try #require(fleet.site(named: "island")),
      backends: [(fleet.backends[0], Endpoint(host: "192.0.2.1", port: 1))])
    let world = World(plan: plan, at: Self.start)
    _ = ForecastLoop(world: world, now: { Self.start }).prime()
    let metrics = NodeMetrics()
    let router = LiveRouter(
      world: world, requests: RequestLog(), metrics: metrics, startedAt: Self.start,
      now: { Self.start })
    let path = PathID(backend: "far", uplink: "fiber")
    let facts = RequestFacts(
      id: "r", endpoint: "/v1/chat/completions", model: "m", stream: true, bytes: 1,
      arrival: Self.start, deadline: Self.start.adding(seconds: 60))
    for _ in 0..<1_000 { _ = router.decide(facts) }
    // To look what would be decided is no request.
    for _ in 0..<1_000 { _ = router.decideAgain(facts) }
    let hedges = (0..<1_000).count { _ in router.mayHedge(path) }
    // A twentieth of the requests, and the ten there are before the first.
    #expect(hedges == 60)
    let retries = (0..<1_000).count { _ in router.mayRetry(path) }
    #expect(retries == 240, "a fifth of the requests, the floor of a hundred, less the hedges")
    #expect(metrics.snapshot.resilience.denied == [.hedge: 940, .retry: 760])
    #expect(!router.isDown(path))
    world.observe(uplink: "fiber", saysDown: "cut", at: Self.start)
    #expect(router.isDown(path))
    #expect(!router.mayHedge(path) && metrics.snapshot.resilience.denied[.hedge] == 940)
    var out = PrometheusText()
    let later = Self.start.adding(seconds: 90)
    LinkConditions(plan: plan, knowledge: world.knowledge, time: later).write(to: &out)
    #expect(out.text.contains("perigee_uplink_down{uplink=\"fiber\"} 1\n"))
    #expect(out.text.contains("perigee_uplink_down_seconds_total{uplink=\"fiber\"} 90\n"))
  }
}
