import Decisions
import Gateway

/// What was done so that callers saw nothing of trouble: attempts beside the first, streams gone on with,
/// outages waited out.
struct ResilienceMetrics {
  /// What is spent from a budget.
  enum Spending: String, CaseIterable {
    case hedge, retry
  }

  private(set) var planned = 0
  private(set) var hedges: [HedgeResult: Int] = [:]
  private(set) var denied: [Spending: Int] = [:]
  private(set) var resumes = 0
  /// Requests whose stream was gone on with, by what went wrong in the end.
  private(set) var resumed = ["none": 0]
  /// How long requests waited for a way with nothing under way, by what went wrong in the end.
  private(set) var holds = ["none": Histogram(bounds: Histogram.durationBounds)]

  mutating func observe(_ record: RequestRecord) {
    let fault = record.fault?.rawValue ?? "none"
    if record.decision.hedge != nil { planned += 1 }
    for result in record.hedgeResults { hedges[result, default: 0] += 1 }
    if record.resumes > 0 {
      resumes += record.resumes
      resumed[fault, default: 0] += 1
    }
    if record.heldMs > 0 {
      holds[fault, default: Histogram(bounds: Histogram.durationBounds)]
        .observe(record.heldMs / 1000)
    }
  }

  mutating func deny(_ spending: Spending) { denied[spending, default: 0] += 1 }

  func write(to out: inout PrometheusText) {
    out.family(
      "perigee_hedges_planned_total", .counter,
      "Requests for which an attempt beside the first was planned, should that be slow.")
    out.sample("perigee_hedges_planned_total", [], Double(planned))
    out.family("perigee_hedges_total", .counter, "Attempts beside the first, by what they brought.")
    for result in HedgeResult.allCases {
      out.sample(
        "perigee_hedges_total", [("result", result.rawValue)], Double(hedges[result] ?? 0))
    }
    out.family(
      "perigee_attempts_denied_total", .counter, "Attempts that there was no budget for, by kind.")
    for spending in Spending.allCases {
      out.sample(
        "perigee_attempts_denied_total", [("kind", spending.rawValue)],
        Double(denied[spending] ?? 0))
    }
    out.family(
      "perigee_resumes_total", .counter, "Times that a stream which broke was gone on with.")
    out.sample("perigee_resumes_total", [], Double(resumes))
    out.family(
      "perigee_requests_resumed_total", .counter,
      "Requests whose stream was gone on with, by outcome.")
    for (fault, count) in resumed.sorted(by: { $0.key < $1.key }) {
      out.sample("perigee_requests_resumed_total", [("error_type", fault)], Double(count))
    }
    out.family(
      "perigee_request_held_seconds", .histogram,
      "Time that requests waited for a link to come back, by outcome; none: they waited it out.")
    for (fault, histogram) in holds.sorted(by: { $0.key < $1.key }) {
      out.histogram("perigee_request_held_seconds", [("error_type", fault)], histogram)
    }
  }
}

/// What an attempt beside the first brought.
enum HedgeResult: String, CaseIterable {
  /// It was the quicker one.
  case won
  /// The other one was.
  case lost
  /// It failed of itself, or with the whole request.
  case failed
}

extension RequestRecord {
  /// What each attempt beside another brought; one that won may have broken off later.
  var hedgeResults: [HedgeResult] {
    attempts.filter(\.isHedge).map { hedge in
      if hedge.fault == .policyHedgeLost { return .lost }
      let hasBeaten = attempts.contains { $0.fault == .policyHedgeLost }
      return hedge.fault == nil || hasBeaten ? .won : .failed
    }
  }

  /// The path that an attempt beside the first was planned over, should that be slow.
  var hedgePath: PathID? {
    guard let hedge = decision.hedge, decision.ranked.indices.contains(hedge.candidate) else {
      return nil
    }
    return decision.ranked[hedge.candidate].path
  }
}
