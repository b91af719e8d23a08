import Decisions
import Fleet
import Gateway
import Links
import Network
import Orbits
import Testing

@testable import Server

/// What the world learns from requests, in virtual time.
@Suite struct WorldTests {
  static let start = UTC(year: 2026, month: 11, day: 25)
  static let local = PathID(backend: "b", uplink: PathID.localUplink)

  static func world() -> World {
    let fleet = TestFleet.make(
      uplinks: [], backends: [TestFleet.backend("b", port: 1, at: .site("island"))])
    let plan = NodePlan(
      fleet: fleet, site: fleet.sites[0],
      backends: [(fleet.backends[0], Endpoint(host: "127.0.0.1", port: 1))])
    return World(plan: plan, at: start)
  }

  static func attempt(
    at second: Double, firstByteMs: Double = 100, status: Int = 200, reused: Bool = true
  ) -> RequestRecord.Attempt {
    let started = start.adding(seconds: second)
    let firstByte = started.adding(seconds: firstByteMs / 1000)
    return RequestRecord.Attempt(
      path: local, predictedMs: nil, started: started, reusedConnection: reused,
      firstByte: firstByte,
      ended: firstByte, status: status, bytesUp: 1, bytesDown: 1)
  }

  static func facts(stream: Bool = true) -> RequestFacts {
    RequestFacts(
      id: "r", endpoint: "/v1/chat/completions", model: "m", stream: stream, bytes: 0,
      arrival: start, deadline: start.adding(seconds: 600))
  }

  private func candidate(_ world: World, at second: Double) throws -> Candidate {
    try #require(
      world.candidates(for: Self.facts(), at: Self.start.adding(seconds: second)).first)
  }

  @Test func aRefusalIsNoMeasurement() throws {
    let world = Self.world()
    world.observe(Self.attempt(at: 0, firstByteMs: 400), of: Self.facts())
    for second in 1..<9 {
      world.observe(
        Self.attempt(at: Double(second), firstByteMs: 1, status: 422), of: Self.facts())
    }
    #expect(try candidate(world, at: 0.4).serviceMs > 399)
  }

  @Test func aBackendThatClosesAfterEachAnswerIsExpectedToCostAHandshake() throws {
    let world = Self.world()
    #expect(try candidate(world, at: 0).setupRoundTrips == 1, "nothing is known yet")
    for second in 0..<4 {
      world.observe(Self.attempt(at: Double(second), reused: false), of: Self.facts())
    }
    #expect(try candidate(world, at: 4).setupRoundTrips == 1)
    for second in 4..<20 { world.observe(Self.attempt(at: Double(second)), of: Self.facts()) }
    #expect(try candidate(world, at: 20).setupRoundTrips < 0.01)
    #expect(try candidate(world, at: 200).setupRoundTrips == 1, "kept connections do not last")
  }

  @Test func requestsSideBySideTeachNothingAboutKeptConnections() throws {
    let world = Self.world()
    world.observe(Self.attempt(at: 0, firstByteMs: 1_000), of: Self.facts())
    world.observe(Self.attempt(at: 0.5, firstByteMs: 1_000, reused: false), of: Self.facts())
    #expect(try candidate(world, at: 2).setupRoundTrips == 0)
  }

  @Test func requestsUnderWayAreCounted() throws {
    let world = Self.world()
    world.attemptBegan(Self.local)
    world.attemptBegan(Self.local)
    #expect(try candidate(world, at: 0).inFlight == 2)
    for _ in 0..<3 { world.attemptEnded(Self.local) }
    #expect(try candidate(world, at: 0).inFlight == 0)
  }
}
