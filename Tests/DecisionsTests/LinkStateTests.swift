import Decisions
import Fleet
import Network
import Orbits
import TestSupport
import Testing

/// Links that are down, told from backends that are bad.
@Suite struct LinkStateTests {
  private static let start = RoutingPolicyTests.now
  private static func time(_ second: Double) -> UTC { start.adding(seconds: second) }
  private static let near = PathID(backend: "near", uplink: "leo")
  private static let far = PathID(backend: "far", uplink: "leo")

  private static func silent(
    _ state: inout LinkState, _ path: PathID, at second: Double
  ) -> LinkState.Verdict {
    state.silent(over: path, started: time(second - 0.5), reason: "no answer", at: time(second))
  }

  @Test func twoSilentPathsTakeALinkDownAndOneSignBringsItBack() throws {
    var state = LinkState(paths: 2, at: Self.start)
    #expect(Self.silent(&state, Self.near, at: 1).transition == nil)
    #expect(state.condition == .suspect)
    let down = try #require(Self.silent(&state, Self.far, at: 2).transition)
    #expect(down.isDown && down.time == Self.time(2) && state.condition == .down)
    #expect(state.downSeconds(at: Self.time(1)) == 0)
    #expect(abs(state.downSeconds(at: Self.time(2.1)) - 0.1) < 1e-6)
    let back = state.heard(over: Self.near, at: Self.time(2.2))
    #expect(back.transition?.isDown == false && back.blamed.isEmpty)
    #expect(state.condition == .up && state.since == Self.time(2.2) && state.reason == nil)
    // What is over counts on.
    #expect(abs(state.downSeconds(at: Self.time(9)) - 0.2) < 1e-6)
    _ = state.told(down: "cut", at: Self.time(10))
    #expect(abs(state.downSeconds(at: Self.time(11)) - 1.2) < 1e-6)
  }

  @Test func onePathsSilenceIsItsBackendsWhereAnotherAnswers() {
    var state = LinkState(paths: 2, at: Self.start)
    for second in 1...3 {
      #expect(Self.silent(&state, Self.near, at: Double(second)).transition == nil)
    }
    #expect(
      state.heard(over: Self.far, at: Self.time(4)).blamed == [Self.near, Self.near, Self.near])
    #expect(state.condition == .up)
    let late = state.silent(
      over: Self.near, started: Self.time(3), reason: "no answer", at: Self.time(5))
    #expect(late.blamed == [Self.near], "somebody else was heard meanwhile")
    #expect(state.condition == .up)
  }

  @Test func theOnlyPathOfALinkTakesItDownByItself() {
    var state = LinkState(paths: 1, at: Self.start)
    _ = Self.silent(&state, Self.near, at: 1)
    #expect(Self.silent(&state, Self.near, at: 2).transition?.isDown == true)
  }

  @Test func silenceInARowTakesALinkDownThoughNobodyElseCanBeAsked() {
    var state = LinkState(paths: 9, at: Self.start)
    let turns = (1...5).compactMap { Self.silent(&state, Self.near, at: Double($0)).transition }
    #expect(turns.count == 1 && turns[0].time == Self.time(5))
  }

  @Test func whateverComesItIsUpAfterASignAndDownOnlyAfterSilence() {
    for seed in UInt64(1)...200 {
      var random = Seeded(seed)
      var state = LinkState(paths: Int.random(in: 1...4, using: &random), at: Self.start)
      var isDown = false
      var silences = 0
      for step in 1...200 {
        let path = PathID(backend: "\(Int.random(in: 0...3, using: &random))", uplink: "leo")
        let verdict: LinkState.Verdict
        if Bool.random(using: &random) {
          verdict = state.heard(over: path, at: Self.time(Double(step)))
          silences = 0
          #expect(state.condition == .up)
        } else {
          verdict = Self.silent(&state, path, at: Double(step) + 0.6)
          silences += 1
          if state.condition == .down { #expect(silences >= 2) }
        }
        if let turn = verdict.transition {
          #expect(turn.isDown != isDown, "transitions alternate")
          isDown = turn.isDown
        }
        #expect((state.condition == .down) == isDown)
      }
    }
  }

  // MARK: In what a node knows

  private static func knowledge() -> Knowledge {
    var knowledge = Knowledge(
      Ways(
        uplinks: ["leo", "cable"],
        backends: ["near", "far"].map {
          Ways.Backend(
            name: $0, destination: "region", models: ["m"],
            health: HealthCheckPolicy(unhealthyThreshold: 2))
        }), at: start)
    let routes = (0..<20).map { _ in RoutingPolicyTests.route(20) }
    knowledge.publish(
      ["leo", "cable"].map { uplink in
        var forecast = RoutingPolicyTests.forecast(routes)
        forecast.uplink = uplink
        forecast.destination = "region"
        return forecast
      })
    return knowledge
  }

  @Test func anOutageIsHeldAgainstNoBackend() {
    var knowledge = Self.knowledge()
    for (number, path) in [Self.near, Self.near, Self.far, Self.near, Self.far].enumerated() {
      _ = knowledge.attemptEnded(path, fault: .linkConnectTimeout, at: Self.time(Double(number)))
    }
    #expect(knowledge.isDown(Self.near, at: Self.time(5)))
    #expect(knowledge.isDown(Self.far, at: Self.time(5)))
    #expect(!knowledge.isDown(PathID(backend: "near", uplink: "cable"), at: Self.time(5)))
    // Requests that were under way fail in their own ways.
    for fault in [Fault.linkReset, .providerStalled, .providerTimeout] {
      _ = knowledge.attemptEnded(Self.near, fault: fault, at: Self.time(6))
    }
    for path in [Self.near, Self.far] { #expect(knowledge.health(of: path)?.isHealthy == true) }
    let changes = knowledge.observeLink(
      Self.far, isHeard: true, started: Self.time(7), at: Self.time(7.1))
    #expect(changes.link?.uplink == "leo" && changes.link?.transition.isDown == false)
    #expect(!knowledge.isDown(Self.near, at: Self.time(7.1)), "back at once")
  }

  @Test func aDeadBackendBehindALinkThatIsUpIsEjectedAndTheOthersAreNot() {
    var knowledge = Self.knowledge()
    for second in 1...3 {
      _ = knowledge.attemptEnded(
        Self.near, fault: .linkConnectTimeout, at: Self.time(Double(second)))
      _ = knowledge.observeLink(
        Self.far, isHeard: true, started: Self.time(Double(second)),
        at: Self.time(Double(second) + 0.2))
      #expect(!knowledge.isDown(Self.far, at: Self.time(Double(second) + 0.2)))
    }
    #expect(knowledge.health(of: Self.near)?.isHealthy == false)
    #expect(knowledge.health(of: Self.far)?.isHealthy == true)
  }

  @Test func aBackendsOwnErrorsShowThatTheLinkIsUp() {
    var knowledge = Self.knowledge()
    _ = knowledge.attemptEnded(Self.near, fault: .linkConnectTimeout, at: Self.time(1))
    _ = knowledge.attemptEnded(Self.far, fault: .providerError, at: Self.time(2))
    #expect(knowledge.link("leo")?.condition == .up)
  }

  @Test func aLinkIsProbedWhileItIsDoubtedAndWhereNothingIsHeardOfRequests() {
    var knowledge = Self.knowledge()
    #expect(!knowledge.isToBeProbed("leo", at: Self.time(0)))
    knowledge.attemptBegan(Self.near, at: Self.time(0))
    #expect(knowledge.isToBeProbed("leo", at: Self.time(0)), "never heard of")
    _ = knowledge.observeLink(Self.near, isHeard: true, started: Self.time(0), at: Self.time(0.1))
    #expect(!knowledge.isToBeProbed("leo", at: Self.time(0.5)))
    #expect(knowledge.isToBeProbed("leo", at: Self.time(1.2)))
    _ = knowledge.attemptEnded(Self.near, fault: nil, at: Self.time(1.3))
    #expect(!knowledge.isToBeProbed("leo", at: Self.time(60)))
    _ = knowledge.attemptEnded(Self.near, fault: .linkConnectTimeout, at: Self.time(61))
    #expect(knowledge.isToBeProbed("leo", at: Self.time(61)))
  }
}
