/// Two reports side by side.
public struct Comparison: Sendable, Equatable {
  /// One figure of one policy, before and after.
  public struct Row: Sendable, Equatable {
    /// The policy.
    public var policy: SimulatedPolicy
    /// The figure's name.
    public var metric: String
    /// Its value in the first report; `nil` where it has none.
    public var before: Double?
    /// Its value in the second report.
    public var after: Double?
    /// How many decimals mean something.
    public var decimals: Int

    /// How much more the second report has; `nil` where one has none.
    public var change: Double? {
      guard let before, let after else { return nil }
      return after - before
    }

    /// The change as a share of the first value, percent; `nil` where that is 0 or missing.
    public var changePercent: Double? {
      guard let before, let change, before != 0 else { return nil }
      return change / abs(before) * 100
    }
  }

  /// The figures of the policies that both reports have, in the order of the second.
  public var rows: [Row]
  /// What the simulations do not have in common, in words: another workload, another seed. Empty where
  /// the figures of one may be held against those of the other.
  public var mismatches: [String]
  /// The requests of the report that has fewer.
  public var requests: Int

  /// Compares `after` with `before`.
  public init(_ before: Report, _ after: Report) {
    rows = after.policies.flatMap { policy -> [Row] in
      guard let old = before.policies.first(where: { $0.policy == policy.policy }) else {
        return []
      }
      return policy.metrics.map { metric in
        Row(
          policy: policy.policy, metric: metric.name, before: old.metric(metric.name)?.value,
          after: metric.value, decimals: metric.decimals)
      }
    }
    var mismatches: [String] = []
    func check(_ what: String, _ a: some Equatable, _ b: some Equatable) {
      if "\(a)" != "\(b)" { mismatches.append("\(what): \(a) and \(b)") }
    }
    check("fleet", before.fleet, after.fleet)
    check("the fleet's files", before.fleetDigest, after.fleetDigest)
    check("site", before.site, after.site)
    check("workload", before.workload, after.workload)
    check("the workload's files", before.workloadDigest, after.workloadDigest)
    check("start", before.start, after.start)
    check("hours", before.hours, after.hours)
    check("seed", before.seed, after.seed)
    check("requests", before.requests, after.requests)
    self.mismatches = mismatches
    requests = min(before.requests, after.requests)
  }
}

/// A bound on one figure's change: `ttft_p99>+10%`, `failed>+0`, `static:cost>12`.
///
/// `[POLICY:]METRIC>BOUND`, where the bound is `+N%` (a growth in percent of the first report's value),
/// `+N` (a growth in the figure's unit) or `N` (the second report's value itself). Without a policy it is
/// Perigee's.
public struct Gate: Sendable, Equatable {
  /// What a figure may not exceed.
  public enum Bound: Sendable, Equatable {
    /// A growth, percent of the first value.
    case growthPercent(Double)
    /// A growth in the figure's unit.
    case growth(Double)
    /// A value.
    case value(Double)
  }

  /// Whose figure.
  public var policy: SimulatedPolicy
  /// Which figure, as written.
  public var metric: String
  /// Its bound.
  public var bound: Bound

  /// Reads a gate; `nil` where `text` is none.
  public init?(_ text: String) {
    let sides = text.split(separator: ">", omittingEmptySubsequences: false)
    guard sides.count == 2 else { return nil }
    var name = String(sides[0].filter { $0 != " " })
    policy = .perigee
    if let colon = name.firstIndex(of: ":") {
      guard let policy = SimulatedPolicy(rawValue: String(name[..<colon])) else { return nil }
      self.policy = policy
      name = String(name[name.index(after: colon)...])
    }
    var limit = sides[1].filter { $0 != " " }
    let isPercent = limit.last == "%"
    if isPercent { limit.removeLast() }
    let isGrowth = limit.first == "+"
    guard !name.isEmpty, let number = Double(limit), number.isFinite, isGrowth || !isPercent else {
      return nil
    }
    metric = name
    bound = isPercent ? .growthPercent(number) : isGrowth ? .growth(number) : .value(number)
  }

  /// Why `comparison` does not pass, in words; `nil` where it passes.
  ///
  /// A figure that the second report lacks does not pass, nor does any without requests: nothing was
  /// measured.
  public func failure(in comparison: Comparison) -> String? {
    guard comparison.requests > 0 else {
      return "\(policy.rawValue):\(metric) was not measured: a report has no requests"
    }
    let row = comparison.rows.first {
      $0.policy == policy
        && ($0.metric == metric || $0.metric == metric + "_ms" || $0.metric == metric + "_usd")
    }
    guard let row else { return "there is no \(policy.rawValue):\(metric) in both reports" }
    guard let after = row.after else { return "\(policy.rawValue):\(metric) was not measured" }
    let limit: Double
    switch bound {
    case .value(let value): limit = value
    case .growth(let growth): limit = (row.before ?? 0) + growth
    case .growthPercent(let percent):
      let before = row.before ?? 0
      limit = before + abs(before) * percent / 100
    }
    // A sum of decimal figures may miss the bound by its last bit.
    return after > limit + 1e-9 * max(1, abs(limit))
      ? "\(policy.rawValue):\(row.metric) is \(after), more than \(limit)" : nil
  }
}
