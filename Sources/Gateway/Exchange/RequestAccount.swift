import Decisions
import Fleet
import NIOHTTP1
import Orbits

/// A request on its caller's account: what was taken for it when it was let in.
struct RequestAccount {
  let caller: Caller
  let estimate: Estimate
  /// How far the caller's limits were used up then.
  let standings: [LimitStanding]
}

extension GatewayLoop {
  /// Tokens of an answer whose length nobody bounds, for the estimate that is settled when it is there.
  private static let usualAnswerTokens = 256
  /// The most tokens of an answer that are reckoned with, whatever a client says.
  private static let longestAnswerTokens = 10_000_000

  /// Lets a request in on its caller's account, or says what is in the way.
  func account(
    of caller: Caller, for facts: RequestFacts, _ decision: RoutingDecision
  ) throws(APIError) -> RequestAccount {
    let isCount = facts.endpoint == Route.Inference.countTokens.rawValue
    let input = isCount ? 0 : facts.bytes / RequestFacts.bytesPerToken
    let output =
      isCount ? 0 : min(facts.expectedTokens ?? Self.usualAnswerTokens, Self.longestAnswerTokens)
    var cost = Money.zero
    // Only budgets need a price in advance.
    if !caller.grant.budgets.isEmpty, let path = decision.ranked.first?.path,
      let price = accounts.price(of: path, model: facts.model)
    {
      let work = BilledWork(
        path: path, inputTokens: input, outputTokens: output, isAccepted: !isCount,
        bytesUp: facts.bytes)
      cost = Cost(of: work, at: price).total
    }
    let estimate = Estimate(
      inputTokens: input, outputTokens: output, bytes: facts.bytes, cost: cost)
    switch accounts.admit(caller, estimate, at: facts.arrival) {
    case .admitted:
      return RequestAccount(
        caller: caller, estimate: estimate,
        standings: accounts.standings(of: caller, at: facts.arrival))
    case .limited(let limit, let seconds):
      throw .rateLimited(
        limit, seconds: seconds, standings: accounts.standings(of: caller, at: facts.arrival))
    case .overBudget(let budget, let seconds):
      throw .overBudget(budget, seconds: seconds)
    }
  }
}

extension APIError {
  /// For a limit that is used up.
  static func rateLimited(
    _ limit: RateLimit, seconds: Double, standings: [LimitStanding]
  ) -> APIError {
    var error = APIError(
      .tooManyRequests, .policyRateLimited,
      "The key's limit of \(limit) is used up. Try again in \(seconds.asSeconds).",
      code: "rate_limit_exceeded", retryAfter: seconds.wholeSecondsUp)
    error.standings = standings
    return error
  }

  /// For a budget that is used up: 402 where only a larger one would help.
  static func overBudget(_ budget: Budget, seconds: Double?) -> APIError {
    let cure =
      seconds.map { "A new one begins in \($0.asSeconds)." }
      ?? "Ask for a key with a larger one."
    return APIError(
      seconds == nil ? .paymentRequired : .tooManyRequests, .policyBudget,
      "The key's budget of US$ \(budget) does not cover this request. \(cure)",
      code: "insufficient_quota", retryAfter: seconds?.wholeSecondsUp)
  }
}

extension Double {
  /// Seconds, rounded up to whole ones, and at least one: who comes a moment too early comes twice.
  var wholeSecondsUp: Int { Int(Swift.max(1, Swift.min(self, 1e9).rounded(.up))) }

  /// Seconds as `x-ratelimit-reset-*` fields have them: a duration in milliseconds or seconds.
  var asSeconds: String {
    let milliseconds = Int((Swift.max(0, Swift.min(self, 1e9)) * 1000).rounded(.up))
    if milliseconds < 1000 { return "\(milliseconds)ms" }
    let rest = milliseconds % 1000
    if rest == 0 || milliseconds >= 60_000 { return "\((milliseconds + 999) / 1000)s" }
    return "\(milliseconds / 1000).\(rest / 100)s"
  }
}

extension [LimitStanding] {
  /// As OpenAI's `x-ratelimit-*` fields tell it, with bytes in the same manner.
  var fields: HeaderFields {
    flatMap { standing -> HeaderFields in
      let unit = standing.limit.unit.rawValue
      return [
        ("x-ratelimit-limit-\(unit)", String(standing.limit.amount)),
        ("x-ratelimit-remaining-\(unit)", String(standing.left)),
        ("x-ratelimit-reset-\(unit)", standing.resetSeconds.asSeconds),
      ]
    }
  }
}
