import Decisions
import Network
import TestSupport
import Testing

@Suite struct BaselineTests {
  private static func order(_ baseline: Baseline, _ candidates: [Candidate]) -> [String] {
    let decision = baseline.decide(
      RoutingPolicyTests.facts(), candidates: candidates, now: RoutingPolicyTests.now)
    return decision.ranked.map { "\($0.path.backend)/\($0.path.uplink)" }
  }

  private static func candidate(
    _ backend: String, _ uplink: String, oneWayMs: Double? = 20, serviceMs: Double = 100,
    isHealthy: Bool = true, inFlight: Int = 0
  ) -> Candidate {
    var candidate = RoutingPolicyTests.candidate(
      backend, RoutingPolicyTests.forecast([oneWayMs.map { RoutingPolicyTests.route($0) }]),
      isHealthy: isHealthy, serviceMs: serviceMs, inFlight: inFlight)
    candidate.path.uplink = uplink
    if uplink == PathID.localUplink { candidate.forecast = nil }
    return candidate
  }

  @Test func nearestFiberLooksAtTheMapAlone() {
    let baseline = Baseline.nearestFiber(
      distanceKm: ["far": 9_000, "near": 3_000], uplinks: ["leo", "geo"])
    let order = Self.order(
      baseline,
      [
        Self.candidate("home", "local"), Self.candidate("far", "leo", oneWayMs: 5),
        Self.candidate("near", "geo"), Self.candidate("near", "leo", serviceMs: 9_000),
        Self.candidate("sky", "leo"),
      ])
    #expect(order == ["near/leo", "near/geo", "far/leo", "sky/leo", "home/local"])
  }

  @Test func theFixedOrderIsTheManifests() {
    let baseline = Baseline.fixed(backends: ["b", "a"], uplinks: ["leo", "geo"])
    let order = Self.order(
      baseline,
      [
        Self.candidate("a", "leo", oneWayMs: 1), Self.candidate("b", "geo"),
        Self.candidate("b", "leo", oneWayMs: 900),
      ])
    #expect(order == ["b/leo", "b/geo", "a/leo"])
  }

  @Test func latencyOnlyDoesNotSeeWhatIsUnderWay() {
    let order = Self.order(
      .latencyOnly,
      [
        Self.candidate("busy", "leo", oneWayMs: 10, serviceMs: 90, inFlight: 50),
        Self.candidate("idle", "leo", oneWayMs: 10, serviceMs: 100),
        Self.candidate("home", "local", serviceMs: 115),
      ])
    #expect(order == ["busy/leo", "home/local", "idle/leo"])
  }

  @Test func whoIsUnhealthyComesLastAndWhoHasNoRouteNotAtAll() {
    for baseline in [Baseline.latencyOnly, .fixed(backends: ["a", "b", "c"], uplinks: ["leo"])] {
      let order = Self.order(
        baseline,
        [
          Self.candidate("a", "leo", oneWayMs: nil), Self.candidate("b", "leo", isHealthy: false),
          Self.candidate("c", "leo", oneWayMs: 500),
        ])
      #expect(order == ["c/leo", "b/leo"])
    }
  }

  /// Every candidate is ranked or rejected once, whatever the order in which they come.
  @Test func theOrderOfCandidatesDecidesNothing() {
    var random = Seeded(8)
    for _ in 0..<300 {
      let candidates = (0..<Int.random(in: 0...9, using: &random)).map { number in
        Self.candidate(
          "b\(number)", Bool.random(using: &random) ? "leo" : "geo",
          oneWayMs: Bool.random(using: &random) ? .random(in: 1...300, using: &random) : nil,
          serviceMs: .random(in: 1...3, using: &random).rounded(),
          isHealthy: .random(using: &random))
      }
      for baseline in [Baseline.latencyOnly, .nearestFiber(distanceKm: [:], uplinks: ["leo"])] {
        let facts = RoutingPolicyTests.facts()
        let now = RoutingPolicyTests.now
        let one = baseline.decide(facts, candidates: candidates, now: now)
        let two = baseline.decide(
          facts, candidates: candidates.shuffled(using: &random), now: now)
        #expect(one.ranked == two.ranked)
        #expect(
          (one.ranked + one.rejected).map(\.path.backend).sorted()
            == candidates.map(\.path.backend).sorted())
      }
    }
  }
}
