import Fleet
import Orbits

/// What a request is expected to use up, before it is let in.
public struct Estimate: Sendable, Equatable {
  /// Tokens of the prompt, by its length.
  public var inputTokens: Int
  /// Tokens of the answer: the most that the client asked for.
  public var outputTokens: Int
  /// Bytes of the request.
  public var bytes: Int
  /// What that would cost on the cheapest path.
  public var cost: Money

  /// Creates an estimate.
  public init(inputTokens: Int, outputTokens: Int, bytes: Int, cost: Money) {
    self.inputTokens = inputTokens
    self.outputTokens = outputTokens
    self.bytes = bytes
    self.cost = cost
  }

  func amount(_ unit: RateLimit.Unit) -> Int {
    switch unit {
    case .requests: 1
    case .tokens: inputTokens + outputTokens
    case .bytes: bytes
    }
  }
}

/// Whether a request is let in.
public enum Admittance: Sendable, Equatable {
  /// It is; ``Account/settle(_:used:at:)`` must follow.
  case admitted
  /// A limit is used up; what is needed is back after so many seconds.
  case limited(RateLimit, seconds: Double)
  /// A budget is used up; a new one begins after so many seconds, or never.
  case overBudget(Budget, seconds: Double?)
}

/// How far one kind of limit is used up, as `x-ratelimit-*` fields tell it.
public struct LimitStanding: Sendable, Equatable {
  /// The tightest limit of its unit.
  public var limit: RateLimit
  /// How much of it is left.
  public var left: Int
  /// Seconds until all of it is back.
  public var resetSeconds: Double

  /// Creates a standing.
  public init(limit: RateLimit, left: Int, resetSeconds: Double) {
    self.limit = limit
    self.left = left
    self.resetSeconds = resetSeconds
  }
}

/// What one key has used up, and whether it may have more.
public struct Account: Sendable, Equatable {
  /// Its limits.
  public private(set) var buckets: [TokenBucket]
  /// Its budgets and what is spent of them.
  public private(set) var spending: Spending

  /// An account that has used nothing.
  public init(_ grant: KeyGrant) {
    buckets = grant.limits.map { TokenBucket($0) }
    spending = Spending(budgets: grant.budgets)
  }

  /// Lets a request in and takes what it is expected to use, or says what is in the way.
  public mutating func admit(_ estimate: Estimate, at time: UTC) -> Admittance {
    var longest: (bucket: TokenBucket, wait: Int64)?
    for bucket in buckets {
      let wait = bucket.wait(for: estimate.amount(bucket.limit.unit), at: time)
      if wait > longest?.wait ?? 0 { longest = (bucket, wait) }
    }
    if let longest { return .limited(longest.bucket.limit, seconds: Double(longest.wait) / 1e9) }
    if let (budget, seconds) = spending.exhausted(by: estimate.cost, at: time) {
      return .overBudget(budget, seconds: seconds)
    }
    for index in buckets.indices {
      buckets[index].take(estimate.amount(buckets[index].limit.unit), at: time)
    }
    spending.reserve(estimate.cost)
    return .admitted
  }

  /// Replaces what was taken for a request by what it used; a request that got nowhere used nothing but
  /// counts as one.
  public mutating func settle(_ estimate: Estimate, used: Usage, at time: UTC) {
    for index in buckets.indices where buckets[index].limit.unit != .requests {
      let unit = buckets[index].limit.unit
      buckets[index].take(used.amount(unit) - estimate.amount(unit), at: time)
    }
    spending.settle(reserved: estimate.cost, spent: used.cost, at: time)
  }

  /// The tightest limit of each unit.
  public func standings(at time: UTC) -> [LimitStanding] {
    RateLimit.Unit.allCases.compactMap { unit in
      buckets.filter { $0.limit.unit == unit }.map { bucket in
        LimitStanding(
          limit: bucket.limit, left: max(0, bucket.left(at: time)),
          resetSeconds: Double(bucket.nanosecondsToFull(at: time)) / 1e9)
      }.min { $0.left < $1.left }
    }
  }

  /// Takes on what an earlier life of the account has used: where its buckets stood, and what was spent.
  public mutating func restore(fullAt: [RateLimit: Int64], spentByDay: [Int: Money], at time: UTC) {
    buckets = buckets.map { TokenBucket($0.limit, fullAt: fullAt[$0.limit] ?? $0.fullAt) }
    spending.restore(spentByDay, at: time)
  }

  /// Takes on another grant and keeps what is used up, as far as limits are the same.
  public mutating func adopt(_ grant: KeyGrant) {
    let old = buckets
    buckets = grant.limits.map { limit in old.first { $0.limit == limit } ?? TokenBucket(limit) }
    spending.budgets = grant.budgets
  }
}
