import Decisions
import Fleet
import Network
import Orbits
import TestSupport
import Testing

/// What candidates' risks and prices do to their order.
@Suite struct ScoringTests {
  private static let now = RoutingPolicyTests.now

  private static func facts(_ preference: Preference? = nil, tokens: Int? = nil) -> RequestFacts {
    var facts = RoutingPolicyTests.facts(deadlineSeconds: 3_600)
    facts.stream = true
    facts.preference = preference
    facts.expectedTokens = tokens
    return facts
  }

  private static func decide(
    _ facts: RequestFacts, _ candidates: [Candidate]
  ) -> RoutingDecision {
    RoutingPolicy().decide(facts, candidates: candidates, now: now)
  }

  private static func random(_ random: inout Seeded, count: Int) -> [Candidate] {
    (0..<count).map { number in
      let routes = (0..<20).map { slot in
        var route = RoutingPolicyTests.route(
          .random(in: 1...300, using: &random),
          hops: ["a", "\(Int.random(in: 0...3, using: &random))"])
        route.pricePerGB = .random(in: 0...10, using: &random)
        return slot > 0 && Int.random(in: 0...9, using: &random) == 0 ? nil : route
      }
      var candidate = RoutingPolicyTests.candidate(
        "b\(number)", Bool.random(using: &random) ? RoutingPolicyTests.forecast(routes) : nil,
        serviceMs: .random(in: 10...3_000, using: &random))
      candidate.prices = TokenPrices(
        input: .random(in: 0...5, using: &random), output: .random(in: 0...20, using: &random))
      candidate.failureShare = .random(in: 0...0.5, using: &random)
      return candidate
    }
  }

  @Test func whatIsWorseInOnePartAndBetterInNoneNeverWins() {
    for seed in UInt64(1)...300 {
      var random = Seeded(seed)
      let candidates = Self.random(&random, count: 6)
      for preference in Preference.allCases {
        let ranked = Self.decide(Self.facts(preference), candidates).ranked
        guard let first = ranked.first, let predicted = first.predictedMs else { continue }
        let isBeaten = ranked.dropFirst().contains { other in
          guard let otherMs = other.predictedMs else { return false }
          return otherMs < predicted && other.costUSD < first.costUSD
            && other.riskMs < first.riskMs
        }
        #expect(!isBeaten, "\(preference), seed \(seed)")
      }
    }
  }

  @Test func thePricierTheLessItIsChosenTheMorePriceCounts() throws {
    for seed in UInt64(1)...300 {
      var random = Seeded(seed)
      let candidates = Self.random(&random, count: 6)
      func cost(_ preference: Preference) throws -> Double {
        try #require(Self.decide(Self.facts(preference), candidates).ranked.first).costUSD
      }
      #expect(try cost(.cheap) <= cost(.balanced) + 1e-15, "seed \(seed)")
    }
  }

  @Test func theFleetsPreferenceHoldsWhereARequestHasNone() {
    var dear = RoutingPolicyTests.candidate("dear", nil, serviceMs: 100)
    dear.prices = TokenPrices(input: 10, output: 10)
    let slow = RoutingPolicyTests.candidate("slow", nil, serviceMs: 900)
    func first(_ fleet: Preference, _ request: Preference?) -> String? {
      RoutingPolicy(preference: fleet)
        .decide(Self.facts(request), candidates: [dear, slow], now: Self.now).ranked.first?
        .path.backend
    }
    #expect(first(.fast, nil) == "dear" && first(.cheap, nil) == "slow")
    #expect(first(.fast, .cheap) == "slow" && first(.cheap, .fast) == "dear")
  }

  @Test func aPathThatGoesOutMidAnswerCostsTheMoreTheSurer() throws {
    let route = RoutingPolicyTests.route(20)
    let goesOut = RoutingPolicyTests.forecast([route, nil, nil, route])
    func risk(tokens: Double, atMost: Int? = nil) throws -> Double {
      var candidate = RoutingPolicyTests.candidate("b", goesOut)
      for _ in 0..<100 {
        candidate.pace.observe(
          tokens: Int(tokens), bytes: Int(tokens) * 200, generationMs: (tokens - 1) * 20)
      }
      return try #require(
        Self.decide(Self.facts(tokens: atMost), [candidate]).ranked.first
      ).riskMs
    }
    let risks = try [50.0, 200, 800, 3_200].map { try risk(tokens: $0) }
    #expect(risks == risks.sorted() && risks[0] == 0 && risks[3] > 20_000)
    #expect(try risk(tokens: 3_200, atMost: 100) == 0, "100 tokens are over before")
  }

  @Test func aStreamRunsOverTheSteadierPathAndAShortAnswerOverTheQuicker() {
    let quick = RoutingPolicyTests.candidate(
      "quick", RoutingPolicyTests.forecast([RoutingPolicyTests.route(10), nil, nil]))
    let steady = RoutingPolicyTests.candidate(
      "steady", RoutingPolicyTests.forecast((0..<20).map { _ in RoutingPolicyTests.route(200) }))
    func first(_ tokens: Int) -> String? {
      var candidates = [quick, steady]
      for index in candidates.indices {
        candidates[index].pace.observe(tokens: 2_000, bytes: 4_000, generationMs: 40_000)
      }
      return Self.decide(Self.facts(tokens: tokens), candidates).ranked.first?.path.backend
    }
    #expect(first(10) == "quick" && first(2_000) == "steady")
  }

  @Test func aPathThatOftenFailsComesAfterOneThatDoesNot() {
    var flaky = RoutingPolicyTests.candidate("flaky", nil, serviceMs: 100)
    flaky.failureShare = 0.3
    let sound = RoutingPolicyTests.candidate("sound", nil, serviceMs: 400)
    #expect(Self.decide(Self.facts(), [flaky, sound]).ranked.first?.path.backend == "sound")
    flaky.failureShare = 0.05
    #expect(Self.decide(Self.facts(), [flaky, sound]).ranked.first?.path.backend == "flaky")
    #expect(Self.decide(Self.facts(.safe), [flaky, sound]).ranked.first?.path.backend == "sound")
  }

  @Test func aLinkThatIsDownComesLastAndTellsWhenToTryAgain() throws {
    var down = RoutingPolicyTests.candidate(
      "down", RoutingPolicyTests.forecast([RoutingPolicyTests.route(10)]))
    down.link = .down
    let sick = RoutingPolicyTests.candidate("sick", nil, isHealthy: false)
    let decision = Self.decide(Self.facts(), [down, sick])
    #expect(decision.ranked.map(\.path.backend) == ["sick", "down"])
    #expect(decision.retryAt == nil)
    let alone = Self.decide(Self.facts(), [down])
    #expect(alone.ranked.map(\.path.backend) == ["down"])
    #expect(alone.hedge == nil)
    #expect(try #require(alone.retryAt).seconds(since: Self.now) == 1)
  }
}
