import Decisions
import Links
import Orbits
import Testing

@testable import Gateway

/// Links that go down under requests, and budgets for trying again.
@Suite(.serialized, .timeLimit(.minutes(2))) struct OutageTests {
  typealias Step = MockBackend.Step

  private static func world(_ change: (inout TestRouter.World) -> Void) -> TestRouter.World {
    var world = TestRouter.World()
    change(&world)
    return world
  }

  @Test(arguments: [false, true])
  func aShortOutageIsNotSeen(_ isForecast: Bool) async throws {
    let world = Self.world { if isForecast { $0.isCutOff = true } else { $0.down = ["leo"] } }
    try await Rig.run(
      Script.good, router: { TestRouter([("b0", $0[0].endpoint)], world: world) }
    ) { rig in
      async let answer = rig.chat()
      try await Task.sleep(for: .seconds(1))
      rig.router.change { $0 = TestRouter.World() }
      let response = try await answer
      #expect(response.status == 200 && response["x-perigee-attempts"] == "1")
      let record = try #require(try await rig.record())
      #expect(record.fault == nil && record.resumes == 0)
      let wholeMs = record.ended.seconds(since: record.facts.arrival) * 1000
      #expect(record.heldMs <= wholeMs)
    }
  }

  /// And the first request after it is answered.
  @Test func aLongOutageIsToldInTime() async throws {
    let world = Self.world { $0.down = ["leo"] }
    try await Rig.run(
      Script.good, router: { TestRouter([("b0", $0[0].endpoint)], world: world) }
    ) { rig in
      let response = try await rig.chat()
      #expect(response.status == 503)
      #expect(response["retry-after"] == "5")
      #expect(response.text.contains(#""code":"link_outage""#))
      let record = try #require(try await rig.record())
      #expect(record.fault == .linkOutage && record.attempts.isEmpty)
      #expect(record.ended.seconds(since: record.facts.arrival) < 5)
      #expect(record.heldMs > 0)
      rig.router.change { $0.down = [] }
      #expect(try await rig.chat().status == 200)
    }
  }

  /// Whoever waits for a first byte does not wait for a link that is known to be down.
  @Test(arguments: [false, true])
  func anAttemptLeavesALinkThatGoesDown(_ stream: Bool) async throws {
    let hangs: [Step] = stream ? [Script.streamHead] + Script.hang : Script.hang
    try await Rig.run(
      hangs, stream ? Script.stream(2) : Script.good,
      router: { TestRouter([("b0", $0[0].endpoint), ("b1/geo", $0[1].endpoint)]) }
    ) { rig in
      async let answer = rig.chat(stream: stream)
      #expect(try await rig.eventually { rig.backends[0].seen.requests.count == 1 })
      rig.router.change { $0.down = ["leo"] }
      let response = try await answer
      #expect(response.status == 200 && response["x-perigee-uplink"] == "geo")
      #expect(try await rig.record()?.attempts.map(\.fault) == [.linkOutage, nil])
    }
  }

  /// What was sent is not lost: where there is no other way the attempt is left alone for a while.
  @Test func anAttemptRidesOutAShortOutage() async throws {
    let slow: [Step] = [.wait(milliseconds: 1_300)] + Script.good
    try await Rig.run(slow) { rig in
      async let answer = rig.chat()
      #expect(try await rig.eventually { rig.backends[0].seen.requests.count == 1 })
      rig.router.change { $0.down = ["leo"] }
      try await Task.sleep(for: .milliseconds(700))
      rig.router.change { $0.down = [] }
      #expect(try await answer.status == 200)
      #expect(rig.backends[0].seen.requests.count == 1)
    }
  }

  @Test func anAttemptGivesUpInALongOutage() async throws {
    try await Rig.run(Script.hang) { rig in
      async let answer = rig.chat()
      #expect(try await rig.eventually { rig.backends[0].seen.requests.count == 1 })
      rig.router.change { $0.down = ["leo"] }
      let response = try await answer
      #expect(response.status == 503 && response.text.contains("link_outage"))
      #expect(try await rig.eventually { rig.backends[0].seen.abandoned == 1 })
    }
  }

  /// A path that leads nowhere yet is tried again: the outage may not be known.
  @Test func anUnknownOutageIsRiddenThrough() async throws {
    try await Rig.run(
      Script.good, router: { _ in TestRouter([("gone", nil)]) }
    ) { rig in
      let response = try await rig.chat()
      #expect(response.status == 503)
      let attempts = try #require(try await rig.record()).attempts
      #expect((5...11).contains(attempts.count))
      #expect(attempts.allSatisfy { $0.fault == .linkNoPath })
    }
  }

  @Test func aClientsDeadlineHolds() async throws {
    let world = Self.world { $0.isCutOff = true }
    try await Rig.run(
      Script.good, router: { TestRouter([("b0", $0[0].endpoint)], world: world) }
    ) { rig in
      let response = try await rig.chat(headers: ["x-stainless-read-timeout: 0.3"])
      #expect(response.status == 504 && response.text.contains("caller_deadline"))
    }
  }

  @Test func aClientMayLeaveWhileItIsHeld() async throws {
    let world = Self.world { $0.isCutOff = true }
    try await Rig.run(
      Script.good, router: { TestRouter([("b0", $0[0].endpoint)], world: world) }
    ) { rig in
      let client = try await rig.client()
      try await client.post("/v1/chat/completions", Rig.body())
      #expect(try await rig.eventually { !rig.router.told.facts.isEmpty })
      await client.close()
      #expect(try await rig.record()?.fault == .callerCancelled)
    }
  }

  @Test func aBackendThatFailedIsNotAskedOverAnotherUplink() async throws {
    let error = Script.response(#"{"error":{"message":"no"}}"#, status: "500 Oops")
    try await Rig.run(
      error,
      router: { TestRouter([("b0", $0[0].endpoint), ("b0/geo", $0[0].endpoint)]) }
    ) { rig in
      let response = try await rig.chat()
      #expect(response.status == 500 && response["x-perigee-attempts"] == "1")
      #expect(rig.backends[0].seen.requests.count == 1)
    }
  }

  @Test func withoutABudgetTheErrorIsTold() async throws {
    let world = Self.world { $0.mayRetry = false }
    try await Rig.run(
      Script.response("<p>", status: "500 Oops", type: "text/html"), Script.good,
      router: { backends in
        TestRouter(
          backends.enumerated().map { ("b\($0.offset)", $0.element.endpoint) }, world: world)
      }
    ) { rig in
      let response = try await rig.chat()
      #expect(response.status == 502 && response["retry-after"] == "5")
      #expect(response.text.contains("too many requests are being tried again"))
      #expect(rig.backends[1].seen.requests.isEmpty)
    }
  }
}
