import Fleet
import Network
import Orbits

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The answer that a candidate would give: how long it is likely to be, what it costs, and what happens to
/// the path while it comes.
///
/// An answer's length is not known beforehand. It is taken as exponentially distributed about the mean of the
/// backend's answers to this kind of request, cut off at the most that the request allows.
struct AnswerOutlook {
  private let candidate: Candidate
  private let facts: RequestFacts
  /// The tokens that are expected.
  let tokens: Double

  /// No outage counts longer: the client would have asked somebody else, seconds.
  private static let longestOutageSeconds = 30.0
  /// What beginning an answer again costs after an outage, milliseconds.
  private static let restartMs = 1_000.0
  /// What is less likely is not reckoned with.
  private static let leastProbability = 0.02

  init(_ candidate: Candidate, _ facts: RequestFacts) {
    self.candidate = candidate
    self.facts = facts
    tokens = min(candidate.pace.tokens, facts.expectedTokens.map(Double.init) ?? .infinity)
  }

  /// The expected price of prompt, answer, and their bytes on the link, US dollars.
  func costUSD(pricePerGB: Double) -> Double {
    let prices = candidate.prices
    let bytes = Double(facts.bytes) + tokens * candidate.pace.bytesPerToken
    let prompt = Double(facts.bytes) / Double(RequestFacts.bytesPerToken)
    return prices.dollars(input: prompt, output: tokens) + prices.perRequest
      + bytes / 1e9 * pricePerGB
  }

  /// What changes and outages of the route are expected to cost a stream after its first byte: the cost of
  /// each, times the probability that the answer still goes on then. Nothing where there is no stream, as
  /// its whole answer is part of the prediction.
  func interruptionMs(firstByte: UTC, changePenaltyMs: Double) -> Double {
    guard facts.stream, let forecast = candidate.forecast else { return 0 }
    var costMs = 0.0
    var time = firstByte
    while let edge = forecast.nextChange(after: time) {
      let share = probabilityOfGoingOn(ms: edge.seconds(since: firstByte) * 1000)
      guard share >= Self.leastProbability else { break }
      guard forecast.interval(at: edge)?.route != nil else {
        let back = forecast.nextReachable(from: edge)?.start
        let seconds = back?.seconds(since: edge) ?? Self.longestOutageSeconds
        return costMs
          + share * (min(Self.longestOutageSeconds, seconds) * 1000 + Self.restartMs)
      }
      costMs += share * changePenaltyMs
      time = edge
    }
    return costMs
  }

  /// The probability that the answer is not over so long after its first byte.
  private func probabilityOfGoingOn(ms: Double) -> Double {
    if let most = facts.expectedTokens, ms >= Double(most) * candidate.pace.msPerToken { return 0 }
    let mean = candidate.pace.tokens * candidate.pace.msPerToken
    return mean > 0 ? exp(-max(0, ms) / mean) : 0
  }
}
