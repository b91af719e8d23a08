import Fleet
import Network
import Orbits

/// Ranks the ways in which a request could be answered by predicted time to first token, weighed with what
/// they risk and what they cost.
///
/// Prediction = path + backend. The path is one round trip, those that setting up a connection takes
/// where none is kept, and the request's own transmission at the uplink's capacity. The forecast interval
/// in force tells it, corrected by what was measured, and so does every later one that begins before the
/// answer's first byte would arrive. The backend is its measured service time, and a wait where all its
/// places are taken. Risk is what happens to the path while the answer comes, and how often attempts over
/// it failed. Price is tokens and bytes. A pure function: the same facts give the same decision, live or
/// simulated.
public struct RoutingPolicy: Sendable {
  /// What a path costs beyond a round trip when the route changes under a request: the new path's
  /// first packets meet the loss at the slot edge and are sent again.
  public var changePenaltyMs: Double
  /// What matters most where a request does not say.
  public var preference: Preference
  /// When a second copy of a request goes out.
  public var hedging: HedgePolicy

  /// Creates a policy.
  public init(
    changePenaltyMs: Double = 50, preference: Preference = .balanced,
    hedging: HedgePolicy = HedgePolicy()
  ) {
    self.changePenaltyMs = changePenaltyMs
    self.preference = preference
    self.hedging = hedging
  }

  /// How soon a link that is down is expected to be looked at again, seconds; clients are told whole ones.
  private static let nextLookSeconds = 1.0

  /// Decides on the order in which to try `candidates` for a request that leaves at `now`.
  ///
  /// Only candidates without a route are rejected. Those that would be too late for the client's
  /// deadline come after the others, then the unhealthy ones, and those whose link is down last: a
  /// prediction can be wrong, and when everything is out, trying is better than refusing (Envoy's panic rule).
  public func decide(
    _ facts: RequestFacts, candidates: [Candidate], now: UTC
  ) -> RoutingDecision {
    let weights = ScoreWeights(facts.preference ?? preference)
    var rankings: [Ranking] = []
    var rejected: [RoutingDecision.Scored] = []
    let leftMs = facts.deadline.seconds(since: now) * 1000
    for candidate in candidates {
      var scored = score(candidate, facts: facts, weights: weights, now: now)
      if scored.hops.isEmpty && candidate.forecast != nil {
        rejected.append(scored)
        continue
      }
      let tier = tier(of: candidate, &scored, leftMs: leftMs)
      rankings.append(
        Ranking(tier: tier, scored: scored, firstContent: candidate.firstContent))
    }
    if rankings.count > 1 { rankings.sort(by: isBetter) }
    let isOut = rankings.first.map { $0.tier == .down } ?? true
    var decision = RoutingDecision(
      ranked: rankings.map(\.scored), rejected: rejected,
      retryAt: isOut ? nextTry(candidates, hasDown: !rankings.isEmpty, now: now) : nil)
    let timely = rankings.prefix { $0.tier == .timely }.count
    decision.hedge = hedging.plan(
      for: facts, timely: decision.ranked.prefix(timely),
      firstContent: rankings.first?.firstContent, now: now)
    return decision
  }

  /// A candidate on its way into the ranking.
  private struct Ranking {
    var tier: Tier
    var scored: RoutingDecision.Scored
    var firstContent: FirstContentTimes?
  }

  /// The groups of a ranking, best first.
  private enum Tier: Int {
    case timely, late, unhealthy, down
  }

  private func tier(
    of candidate: Candidate, _ scored: inout RoutingDecision.Scored, leftMs: Double
  ) -> Tier {
    scored.isLastResort = candidate.link == .down || !candidate.isHealthy
    if candidate.link == .down {
      scored.reason = "the link is down, so tried last; " + scored.reason
      return .down
    }
    if !candidate.isHealthy {
      scored.reason = "unhealthy, so tried last; " + scored.reason
      return .unhealthy
    }
    if (scored.predictedMs ?? .infinity) > leftMs {
      scored.reason = "after the client's deadline in \(wholeMs(leftMs)) ms; " + scored.reason
      return .late
    }
    return .timely
  }

  private func isBetter(_ a: Ranking, _ b: Ranking) -> Bool {
    if a.tier != b.tier { return a.tier.rawValue < b.tier.rawValue }
    let (first, second) = (a.scored.scoreMs ?? .infinity, b.scored.scoreMs ?? .infinity)
    if first != second { return first < second }
    let (one, other) = (a.scored.path, b.scored.path)
    return (one.backend, one.uplink) < (other.backend, other.uplink)
  }

  /// When something is expected to be there: a route, or another look at a link that is down.
  private func nextTry(_ candidates: [Candidate], hasDown: Bool, now: UTC) -> UTC? {
    var times = candidates.compactMap { $0.forecast?.nextReachable(from: now)?.start }
      .filter { $0 > now }
    if hasDown { times.append(now.adding(seconds: Self.nextLookSeconds)) }
    return times.min()
  }
}

/// Milliseconds in words.
func wholeMs(_ value: Double) -> String {
  abs(value) < 1e15 ? String(Int(value.rounded())) : "endless"
}
