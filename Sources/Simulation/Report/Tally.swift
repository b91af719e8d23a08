import Decisions
import Fleet
import Network
import Orbits

/// Counts what becomes of requests while a policy runs.
struct Tally: Sendable {
  private let scenario: Scenario
  private let policy: SimulatedPolicy
  private var attempts = 0
  private var failovers = 0
  private var handoffsHit = 0
  private var answeredCount = 0
  private var failures: [Fault: Int] = [:]
  private var answeredOver: [String: Int] = [:]
  private var backends: [PolicyReport.BackendUse]
  /// What each has billed.
  private var costs: [Money]
  /// Nanoseconds, in order of ending.
  private var firstTokens: [Int64] = []
  private var wholeAnswers: [Int64] = []
  private var predictionErrors: [Int64] = []
  private var firstTokensOf: [[Int64]]
  private var hourly: [(requests: Int, failed: Int, firstTokens: [Int64])]

  init(_ scenario: Scenario, policy: SimulatedPolicy) {
    self.scenario = scenario
    self.policy = policy
    backends = scenario.ways.backends.map {
      .init(
        backend: $0.name, requests: 0, ttftMs: nil, promptTokens: 0, answerTokens: 0, costUsd: 0)
    }
    costs = scenario.ways.backends.map { _ in .zero }
    firstTokensOf = scenario.ways.backends.map { _ in [] }
    let hours = max(1, Int((scenario.seconds / 3_600).rounded(.up)))
    hourly = Array(repeating: (0, 0, []), count: hours)
  }

  mutating func attemptBegan() { attempts += 1 }

  mutating func answered(
    _ exchange: SimulatedExchange, by attempt: SimulatedExchange.Attempt, at now: UTC
  ) {
    guard let firstByte = attempt.firstByte else { return }
    let facts = exchange.plan.facts
    answeredCount += 1
    answeredOver[attempt.path.uplink, default: 0] += 1
    backends[attempt.backend].requests += 1
    backends[attempt.backend].promptTokens += exchange.plan.promptTokens
    backends[attempt.backend].answerTokens += exchange.plan.answerTokens
    costs[attempt.backend] += cost(of: exchange.plan, at: attempt)
    let hour = hour(of: facts.arrival)
    hourly[hour].requests += 1
    if facts.stream {
      let time = firstByte.nanosecondsSince1970 - facts.arrival.nanosecondsSince1970
      firstTokens.append(time)
      firstTokensOf[attempt.backend].append(time)
      hourly[hour].firstTokens.append(time)
    } else {
      wholeAnswers.append(now.nanosecondsSince1970 - facts.arrival.nanosecondsSince1970)
    }
    if let predicted = attempt.predictedMs {
      let actual = firstByte.seconds(since: attempt.started) * 1_000
      predictionErrors.append(Int64((abs(predicted - actual) * 1e6).rounded()))
    }
    ended(exchange, attempt, at: now)
  }

  /// What the backend bills for an answer.
  private func cost(of plan: PlannedRequest, at attempt: SimulatedExchange.Attempt) -> Money {
    let prices = scenario.ways.backends[attempt.backend].prices
    guard let tokens = prices.prices(of: plan.facts.model) else { return .zero }
    let work = BilledWork(
      path: attempt.path, inputTokens: plan.promptTokens, outputTokens: plan.answerTokens,
      isAccepted: true)
    return Cost(of: work, at: PathPrice(tokens: tokens, perGigabyte: 0)).tokens
  }

  mutating func failed(_ exchange: SimulatedExchange, _ fault: Fault, at now: UTC) {
    failures[fault, default: 0] += 1
    let hour = hour(of: exchange.plan.facts.arrival)
    hourly[hour].requests += 1
    hourly[hour].failed += 1
    ended(exchange, exchange.last, at: now)
  }

  private mutating func ended(
    _ exchange: SimulatedExchange, _ attempt: SimulatedExchange.Attempt?, at now: UTC
  ) {
    if exchange.failovers > 0 { failovers += 1 }
    guard let attempt, let leg = attempt.leg else { return }
    if scenario.links.timeline.handoffs(leg: leg, from: attempt.started, to: now) > 0 {
      handoffsHit += 1
    }
  }

  private func hour(of arrival: UTC) -> Int {
    min(hourly.count - 1, max(0, Int(arrival.seconds(since: scenario.start) / 3_600)))
  }

  /// The figures, now that every request is over.
  func report(lines: [UplinkLine]) -> PolicyReport {
    let sorted = firstTokens.sorted()
    return PolicyReport(
      policy: policy, answered: answeredCount, failed: failures.values.reduce(0, +),
      failures: failures.map { .init(fault: $0.key.rawValue, requests: $0.value) }.sorted {
        ($1.requests, $0.fault) < ($0.requests, $1.fault)
      },
      ttftMs: .init(sorted), answerMs: .init(wholeAnswers.sorted()),
      predictionErrorMs: .init(predictionErrors.sorted()), attempts: attempts,
      failovers: failovers, handoffsHit: handoffsHit, uplinks: uplinks(lines),
      backends: backends.enumerated().map { number, use in
        var use = use
        use.ttftMs = .init(firstTokensOf[number].sorted())
        use.costUsd = rounded(costs[number].dollars, decimals: 4)
        return use
      },
      hours: hourly.enumerated().map { hour, counts in
        let times = PolicyReport.Times(counts.firstTokens.sorted())
        return .init(
          hour: hour, requests: counts.requests, failed: counts.failed, ttftP50Ms: times?.p50,
          ttftP99Ms: times?.p99)
      },
      ttftQuantilesMs: sorted.isEmpty
        ? [] : (0...100).map { milliseconds(sorted[(sorted.count - 1) * $0 / 100]) })
  }

  private func uplinks(_ lines: [UplinkLine]) -> [PolicyReport.UplinkUse] {
    zip(scenario.site.uplinks, lines).map { uplink, line in
      .init(
        uplink: uplink.name, requests: answeredOver[uplink.name] ?? 0, bytesUp: line.bytesUp,
        bytesDown: line.bytesDown,
        costUsd: rounded(
          Double(line.bytesUp + line.bytesDown) / 1e9 * uplink.pricePerGB, decimals: 4))
    }
  }
}

extension PolicyReport.Times {
  /// The figures of times in nanoseconds, sorted; `nil` where there are none.
  init?(_ sorted: [Int64]) {
    guard let last = sorted.last else { return nil }
    func percentile(_ percent: Int) -> Double {
      milliseconds(sorted[Swift.max(0, (sorted.count * percent + 99) / 100 - 1)])
    }
    self.init(
      count: sorted.count, p50: percentile(50), p90: percentile(90), p95: percentile(95),
      p99: percentile(99), max: milliseconds(last),
      mean: milliseconds(Self.mean(sorted)))
  }

  /// The mean, rounded down. The sum of many days' nanoseconds would not fit 64 bits; the sums of
  /// quotients and of remainders do.
  private static func mean(_ times: [Int64]) -> Int64 {
    let count = Int64(times.count)
    return times.reduce(0) { $0 + $1 / count } + times.reduce(0) { $0 + $1 % count } / count
  }
}

/// Nanoseconds as milliseconds, to a tenth.
private func milliseconds(_ nanoseconds: Int64) -> Double {
  Double((nanoseconds + 50_000) / 100_000) / 10
}

/// A number rounded to so many decimals.
private func rounded(_ value: Double, decimals: Int) -> Double {
  var scale = 1.0
  for _ in 0..<decimals { scale *= 10 }
  return (value * scale).rounded() / scale
}
