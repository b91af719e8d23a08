import Decisions
import NIOCore
import NIOPosix
import Testing

@testable import Gateway

/// Two attempts at once, over sockets.
@Suite(.serialized, .timeLimit(.minutes(2))) struct HedgingTests {
  typealias Step = MockBackend.Step

  private static let soon = HedgePlan(candidate: 1, delay: .milliseconds(50), reason: "test")

  private static func router(
    _ backends: [MockBackend], plan: HedgePlan = soon, mayHedge: Bool = true
  ) -> TestRouter {
    var world = TestRouter.World()
    world.mayHedge = mayHedge
    return TestRouter(
      backends.enumerated().map { ("b\($0.offset)", $0.element.endpoint) }, hedge: plan,
      world: world)
  }

  @Test(arguments: [false, true])
  func theHedgeWins(_ stream: Bool) async throws {
    let good = stream ? Script.stream(3) : Script.good
    try await Rig.run(Script.hang, good, router: { Self.router($0) }) { rig in
      let response = try await rig.chat(stream: stream)
      #expect(response.status == 200 && response.isComplete)
      #expect(response["x-perigee-backend"] == "b1")
      #expect(response["x-perigee-attempts"] == "2")
      #expect(response["x-perigee-hedged"] == "won")
      #expect(try await rig.eventually { rig.backends[0].seen.abandoned == 1 })
      let record = try #require(try await rig.record())
      #expect(record.attempts.map(\.fault) == [.policyHedgeLost, nil])
      #expect(record.attempts.map(\.isHedge) == [false, true])
      #expect(record.chosen?.backend == "b1" && record.fault == nil)
      #expect(rig.router.told.outcomes.map(\.outcome.ending) == [.cancelled, .answered])
    }
  }

  /// The loser hears of it while the winner's stream still runs.
  @Test func theLoserIsCancelledAtTheFirstContent() async throws {
    let sign = MultiThreadedEventLoopGroup.singleton.any().makePromise(of: Void.self)
    let winner: [Step] =
      [Script.streamHead, Script.chunk(Script.event(0)), .waitFor(sign.futureResult)]
      + [Script.chunk("data: [DONE]\n\n"), Script.lastChunk]
    try await Rig.run(Script.hang, winner, router: { Self.router($0) }) { rig in
      let client = try await rig.client()
      try await client.post("/v1/chat/completions", Rig.body(stream: true))
      #expect(try await rig.eventually { rig.backends[0].seen.abandoned == 1 })
      #expect(rig.router.told.records.isEmpty)
      sign.succeed()
      #expect(try await client.response().isComplete)
    }
  }

  @Test func theHedgeLoses() async throws {
    let slow: [Step] = [.wait(milliseconds: 300)] + Script.good
    try await Rig.run(slow, Script.hang, router: { Self.router($0) }) { rig in
      let response = try await rig.chat()
      #expect(response.status == 200 && response["x-perigee-backend"] == "b0")
      #expect(response["x-perigee-hedged"] == "lost")
      #expect(try await rig.eventually { rig.backends[1].seen.abandoned == 1 })
      #expect(try await rig.record()?.attempts.map(\.fault) == [nil, .policyHedgeLost])
    }
  }

  /// A role, an empty text and comments are no content: whoever sends them has not won, and none of it
  /// reaches the client.
  @Test func startUpEventsDoNotWin() async throws {
    let role =
      #"data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}]}"#
    let starts: [Step] = [
      Script.streamHead, Script.chunk(": hello\n\n"), Script.chunk(role + "\n\n"),
      .wait(milliseconds: 60_000),
    ]
    try await Rig.run(starts, Script.stream(3), router: { Self.router($0) }) { rig in
      let response = try await rig.chat(stream: true)
      #expect(response["x-perigee-backend"] == "b1")
      #expect(
        response.text
          == (0..<3).map(Script.event).joined() + Script.usageEvent + "data: [DONE]\n\n")
    }
  }

  /// What was held comes first, unchanged, once there is content.
  @Test func startUpEventsComeBeforeTheContent() async throws {
    let role =
      #"data: {"choices":[{"index":0,"delta":{"role":"assistant","content":""}}]}"# + "\n\n"
    let steps: [Step] =
      [Script.streamHead, Script.chunk(role), Script.chunk(": between\n\n")]
      + Script.stream(2).dropFirst()
    try await Rig.run(steps) { rig in
      let response = try await rig.chat(stream: true)
      #expect(
        response.text == role + ": between\n\n" + (0..<2).map(Script.event).joined()
          + Script.usageEvent + "data: [DONE]\n\n")
    }
  }

  /// A stream of nothing but start-up is passed on as it is.
  @Test func anEndIsNeverHeld() async throws {
    let role = #"data: {"choices":[{"index":0,"delta":{"role":"assistant"}}]}"# + "\n\n"
    let end = "data: [DONE]\n\n"
    try await Rig.run([
      Script.streamHead, Script.chunk(role), Script.chunk(end), Script.lastChunk,
    ]) { rig in
      let response = try await rig.chat(stream: true)
      #expect(response.isComplete && response.text == role + end)
    }
  }

  @Test func ifTheFirstFailsTheHedgeGoesOnAlone() async throws {
    let dies: [Step] = [.wait(milliseconds: 150), .reset]
    let slow: [Step] = [.wait(milliseconds: 300)] + Script.good
    try await Rig.run(dies, slow, Script.good, router: { Self.router($0) }) { rig in
      let response = try await rig.chat()
      #expect(response["x-perigee-backend"] == "b1" && response["x-perigee-hedged"] == "won")
      #expect(try await rig.record()?.attempts.map(\.fault) == [.linkReset, nil])
      #expect(rig.backends[2].seen.requests.isEmpty)
    }
  }

  @Test func bothFail() async throws {
    let dies: [Step] = [.wait(milliseconds: 150), .reset]
    try await Rig.run(dies, dies, router: { Self.router($0) }) { rig in
      let response = try await rig.chat()
      #expect(response.status == 503 && response["x-perigee-attempts"] == "2")
      #expect(response["x-perigee-actual-ms"] != nil)
      let record = try #require(try await rig.record())
      #expect(record.attempts.map(\.fault) == [.linkReset, .linkReset])
      #expect(record.attempts.count == rig.router.told.outcomes.count)
    }
  }

  @Test func withoutABudgetThereIsNoHedge() async throws {
    let slow: [Step] = [.wait(milliseconds: 200)] + Script.good
    try await Rig.run(slow, Script.good, router: { Self.router($0, mayHedge: false) }) { rig in
      let response = try await rig.chat()
      #expect(response["x-perigee-backend"] == "b0" && response["x-perigee-hedged"] == nil)
      #expect(rig.backends[1].seen.requests.isEmpty)
    }
  }

  @Test func whatIsUnsafeIsNeverHedged() async throws {
    let slow: [Step] = [.wait(milliseconds: 200)] + Script.good
    let atOnce = HedgePlan(candidate: 1, delay: .zero, reason: "test")
    try await Rig.run(slow, Script.good, router: { Self.router($0, plan: atOnce) }) { rig in
      let response = try await rig.chat(headers: ["x-perigee-unsafe: true"])
      #expect(response["x-perigee-backend"] == "b0")
      #expect(rig.backends[1].seen.requests.isEmpty)
    }
  }

  /// A backend may have done what it was asked before it failed.
  @Test func whatIsUnsafeIsNotSentTwice() async throws {
    try await Rig.run([.reset], Script.good) { rig in
      let response = try await rig.chat(headers: ["x-perigee-unsafe: true"])
      #expect(response.status == 503)
      #expect(rig.backends[0].seen.requests.count == 1)
      #expect(rig.backends[1].seen.requests.isEmpty)
    }
  }

  @Test func aClientThatLeavesCancelsBoth() async throws {
    try await Rig.run(Script.hang, Script.hang, router: { Self.router($0) }) { rig in
      let client = try await rig.client()
      try await client.post("/v1/chat/completions", Rig.body())
      #expect(try await rig.eventually { rig.backends[1].seen.requests.count == 1 })
      await client.close()
      #expect(try await rig.eventually { rig.backends.allSatisfy { $0.seen.abandoned == 1 } })
      #expect(rig.router.told.outcomes.map(\.outcome.ending) == [.cancelled, .cancelled])
    }
  }

  /// A count that is estimated from one backend's refusal leaves nothing of the other's attempt behind.
  @Test func nothingIsLeftOfAHedgedCount() async throws {
    let missing: [Step] =
      [.wait(milliseconds: 200)]
      + Script.response("<p>no</p>", status: "404 Not Found", type: "text/html")
    try await Rig.run(missing, Script.hang, router: { Self.router($0) }) { rig in
      let client = try await rig.client()
      try await client.post(
        "/v1/messages/count_tokens",
        #"{"model":"test-model","messages":[{"role":"user","content":"hello"}]}"#)
      #expect(try await client.response().status == 200)
      #expect(try await rig.eventually { rig.backends[1].seen.abandoned == 1 })
      #expect(rig.router.told.outcomes.count == 2)
      #expect(rig.router.told.taken == 0)
    }
  }
}
