import Decisions
import Fleet
import Network
import Orbits
import TestSupport
import Testing

/// Second copies: when, over which way, and how many.
@Suite struct HedgingTests {
  private static let now = RoutingPolicyTests.now

  private static func candidate(
    _ backend: String, uplink: String, satellite: String? = nil, oneWayMs: Double = 20,
    serviceMs: Double = 100, isOutSoon: Bool = false
  ) -> Candidate {
    var route = RoutingPolicyTests.route(oneWayMs, hops: ["a", satellite ?? "cable", backend])
    route.servingSatellite = satellite
    var candidate = RoutingPolicyTests.candidate(
      backend,
      RoutingPolicyTests.forecast(isOutSoon ? [route, nil, route] : [route, route, route]),
      serviceMs: serviceMs)
    candidate.path.uplink = uplink
    return candidate
  }

  private static func plan(
    _ candidates: [Candidate], settings: HedgingSettings = HedgingSettings(), credit: Double = 1,
    at now: UTC = now, _ change: (inout RequestFacts) -> Void = { _ in }
  ) -> HedgePlan? {
    var facts = RoutingPolicyTests.facts()
    change(&facts)
    return RoutingPolicy(hedging: HedgePolicy(settings: settings, credit: credit))
      .decide(facts, candidates: candidates, now: now).hedge
  }

  @Test func theSecondWaySharesNoSatelliteLink() {
    let first = Self.candidate("a", uplink: "leo", satellite: "s1")
    func second(_ others: [Candidate]) -> Int? { Self.plan([first] + others)?.candidate }
    #expect(second([]) == nil)
    #expect(second([Self.candidate("b", uplink: "leo", satellite: "s1", serviceMs: 110)]) == nil)
    #expect(second([Self.candidate("b", uplink: "leo", satellite: "s2", serviceMs: 110)]) == nil)
    #expect(
      second([Self.candidate("a", uplink: "leo-2", satellite: "s1", serviceMs: 110)]) == nil,
      "two dishes, one satellite")
    #expect(second([Self.candidate("a", uplink: "leo-2", satellite: "s2", serviceMs: 110)]) == 1)
    #expect(second([RoutingPolicyTests.candidate("site", nil, serviceMs: 900)]) == 1)
    #expect(
      second([
        Self.candidate("b", uplink: "leo", satellite: "s1", serviceMs: 110),
        Self.candidate("c", uplink: "cable", serviceMs: 120),
      ]) == 2)
  }

  @Test func backendsOverOneCableAreIndependentEnough() {
    let plan = Self.plan([
      Self.candidate("a", uplink: "cable"), Self.candidate("b", uplink: "cable", serviceMs: 110),
    ])
    #expect(plan?.candidate == 1)
  }

  @Test func whatMustNotBeDoneTwiceIsNot() {
    let both = [
      Self.candidate("a", uplink: "leo", satellite: "s1"), Self.candidate("b", uplink: "cable"),
    ]
    #expect(Self.plan(both) != nil)
    #expect(Self.plan(both) { $0.isUnsafe = true } == nil)
    #expect(Self.plan(both) { $0.priority = .flex } == nil)
    #expect(Self.plan(both, settings: .off) == nil)
    #expect(Self.plan(both) { $0.deadline = Self.now.adding(seconds: 0.3) } == nil, "too late")
  }

  @Test func aSecondCopyThatCostsTooMuchIsNotSent() {
    var dear = Self.candidate("b", uplink: "cable", serviceMs: 400)
    dear.prices = TokenPrices(input: 100, output: 100)
    let first = Self.candidate("a", uplink: "leo", satellite: "s1")
    #expect(Self.plan([first, dear]) { $0.preference = .fast } == nil)
    #expect(
      Self.plan([first, dear], settings: HedgingSettings(maxPriceUSD: 1)) {
        $0.preference = .fast
      } != nil)
  }

  @Test func theDelayIsWhatAllButTheBudgetsShareStayBelow() throws {
    var first = Self.candidate("a", uplink: "leo", satellite: "s1")
    var times = FirstContentTimes()
    for number in 0..<1_000 {
      times.observe(milliseconds: 100 + Double(number % 100) / 10, at: Self.now)
    }
    first.firstContent = times
    let other = Self.candidate("b", uplink: "cable", serviceMs: 900)
    func delayMs(_ settings: HedgingSettings) throws -> Double {
      try #require(Self.plan([first, other], settings: settings)).delay / .milliseconds(1)
    }
    // The path's share is 42 ms; answers take 100 to 109.9 ms.
    let delays = try [0.5, 0.2, 0.05, 0.01].map { try delayMs(HedgingSettings(budget: $0)) }
    #expect(delays == delays.sorted() && delays[0] > 142 && delays[3] < 162)
    #expect(try delayMs(HedgingSettings(delay: .milliseconds(80))) == 80)
  }

  @Test func aSlotsLevelMovesTheDelay() throws {
    var times = FirstContentTimes()
    for number in 0..<400 {
      times.observe(
        milliseconds: 100 + Double(number % 7), at: Self.now.adding(seconds: Double(number) / 100))
    }
    let before = try #require(times.quantile(0.95, at: Self.now.adding(seconds: 5)))
    for number in 0..<5 {
      times.observe(
        milliseconds: 200 + Double(number), at: Self.now.adding(seconds: 15 + Double(number)))
    }
    let during = try #require(times.quantile(0.95, at: Self.now.adding(seconds: 20)))
    let after = try #require(times.quantile(0.95, at: Self.now.adding(seconds: 31)))
    #expect(during - before > 90)
    #expect(abs(after - before) < 10, "the next slot is not this one")
  }

  @Test func bothLeaveAtOnceWhereTheFirstGoesOutBeforeItsAnswer() throws {
    // The way that goes out is first for want of a better one in time.
    let first = Self.candidate("a", uplink: "leo", satellite: "s1", isOutSoon: true)
    let other = Self.candidate("b", uplink: "cable", serviceMs: 40_000)
    let plan = try #require(
      Self.plan([first, other], at: Self.now.adding(seconds: 14.95)))
    #expect(plan.delay == .zero && plan.reason.contains("goes out"))
  }

  @Test func slotEdgesAreAReasonOnlyWhereTheManifestSaysSoAndTheBudgetIsThere() throws {
    var first = Self.candidate("a", uplink: "leo", satellite: "s1")
    let other = RoutingPolicyTests.route(25, hops: ["a", "s9", "b"])
    first.forecast?.intervals[1].route = other
    let second = Self.candidate("b", uplink: "cable", serviceMs: 900)
    let late = Self.now.adding(seconds: 14.95)
    let edges = HedgingSettings(hedgesSlotEdges: true)
    #expect(try #require(Self.plan([first, second], settings: edges, at: late)).delay == .zero)
    #expect(
      try #require(Self.plan([first, second], settings: edges, credit: 0.2, at: late)).delay
        > .zero)
    #expect(try #require(Self.plan([first, second], at: late)).delay > .zero)
  }

  @Test func theWindowsQuantilesAreThoseOfItsNewestTimes() throws {
    var random = Seeded(7)
    var times = FirstContentTimes()
    // One answer gives the level; the others were waited for in vain, and leave it.
    times.observe(milliseconds: 0, at: Self.now)
    var all: [Double] = [0]
    for _ in 2...3_000 {
      let value = Double(Int.random(in: 0...500, using: &random))
      times.observeUnanswered(milliseconds: value, at: Self.now)
      all.append(value)
      guard all.count >= FirstContentTimes.fewest else {
        #expect(times.quantile(0.5, at: Self.now) == nil)
        continue
      }
      guard all.count.isMultiple(of: 97) else { continue }
      let newest = all.suffix(FirstContentTimes.window).sorted()
      for share in [0.0, 0.5, 0.95, 1] {
        let rank = max(1, Int((share * Double(newest.count)).rounded(.up)))
        #expect(times.quantile(share, at: Self.now) == newest[rank - 1])
      }
    }
  }
}

@Suite struct AttemptBudgetTests {
  private static func time(_ second: Double) -> UTC {
    RoutingPolicyTests.now.adding(seconds: second)
  }

  @Test func hedgesAreAShareOfTheRequestsWhateverIsAsked() {
    for seed in UInt64(1)...50 {
      var random = Seeded(seed)
      let share = Double.random(in: 0.01...0.2, using: &random)
      var budget = AttemptBudget(hedgeShare: share)
      var hedges = 0
      var second = 0.0
      for request in 1...5_000 {
        second += Double.random(in: 0...0.05, using: &random)
        budget.requestBegan(at: Self.time(second))
        for _ in 0..<Int.random(in: 0...2, using: &random)
        where budget.mayHedge(at: Self.time(second)) {
          hedges += 1
        }
        #expect(Double(hedges) <= share * Double(request) + 10 + 1e-9, "and a few saved up")
      }
      #expect(Double(hedges) > share * 5_000 * 0.9, "the budget can be spent")
    }
  }

  @Test func withoutAShareNothingIsHedged() {
    var budget = AttemptBudget(hedgeShare: 0)
    for second in 0..<100 {
      budget.requestBegan(at: Self.time(Double(second)))
      let may = budget.mayHedge(at: Self.time(Double(second)))
      #expect(!may)
    }
  }

  @Test func retriesAreAFifthOfTheRequestsAndTenASecond() {
    var budget = AttemptBudget(hedgeShare: 0.05)
    var retries = 0
    for number in 0..<10_000 {
      let time = Self.time(Double(number) / 1_000)
      budget.requestBegan(at: time)
      if budget.mayRetry(at: time) { retries += 1 }
    }
    // 10,000 requests in ten seconds: a fifth of them, and the hundred of the floor.
    #expect(abs(retries - 2_100) <= 2)
    var quiet = AttemptBudget(hedgeShare: 0.05)
    quiet.requestBegan(at: Self.time(0))
    let granted = (0..<100).map { _ in quiet.mayRetry(at: Self.time(0)) }
    #expect(granted.allSatisfy { $0 })
    let later = [1.0, 12].map { quiet.mayRetry(at: Self.time($0)) }
    #expect(later == [false, true], "what was spent is forgotten")
  }

  @Test func hedgesAndRetriesShareOneBudget() {
    var budget = AttemptBudget(hedgeShare: 0.2)
    for _ in 0..<100 { budget.requestBegan(at: Self.time(0)) }
    while budget.mayRetry(at: Self.time(0)) {}
    let may = budget.mayHedge(at: Self.time(0))
    #expect(!may, "a retry storm leaves nothing for hedges")
  }

  @Test func aClockThatIsSetBackBreaksNothing() {
    var budget = AttemptBudget(hedgeShare: 0.1)
    for second in [100.0, 50, 200, 0, 300] {
      for _ in 0..<10 { budget.requestBegan(at: Self.time(second)) }
      let may = budget.mayRetry(at: Self.time(second))
      #expect(may)
    }
  }
}
