import Decisions
import Dialects
import Gateway
import Orbits

extension RequestRecord {
  /// A row of the list of requests.
  var summaryJSON: [(String, JSON)] {
    let upBytes = attempts.reduce(0) { $0 + $1.bytesUp }
    let downBytes = attempts.reduce(0) { $0 + $1.bytesDown }
    return [
      ("id", .string(facts.id)), ("time", .string(facts.arrival.formatted(fractionDigits: 3))),
      ("endpoint", .string(facts.endpoint)), ("model", .string(facts.model)),
      ("stream", .bool(facts.stream)), ("status", .integer(status)),
      ("backend", .optional(chosen?.backend)), ("uplink", .optional(chosen?.uplink)),
      ("predicted_ms", .rounded(predictedMs, 1)), ("actual_ms", .rounded(actualMs, 1)),
      ("total_ms", .rounded(ended.seconds(since: facts.arrival) * 1000, 1)),
      ("bytes_up", .integer(upBytes)), ("bytes_down", .integer(downBytes)),
      ("tokens_in", .optional(usage?.input)), ("tokens_cached", .optional(usage?.cachedInput)),
      ("tokens_out", .optional(usage?.output)), ("tokens_reasoning", .optional(usage?.reasoning)),
      ("attempts", .integer(attempts.count)),
      ("hedged", .optional(hedgeResults.last?.rawValue)), ("resumes", .integer(resumes)),
      ("error", .optional(fault?.rawValue)),
      ("hops", .array(chosenHops.map { .string($0) })),
    ]
  }

  /// The row with what was considered, decided and tried: what `perigee explain` prints.
  var explanationJSON: JSON { explanationJSON(after: summaryJSON) }

  /// The same, where the row has been made already.
  func explanationJSON(after summary: [(String, JSON)]) -> JSON {
    let ranked = decision.ranked.enumerated().map { $0.element.json(rank: $0.offset + 1) }
    let rejected = decision.rejected.map { $0.json(rank: nil) }
    return .object(
      summary + [
        ("deadline", .string(facts.deadline.formatted(fractionDigits: 3))),
        ("held_ms", .rounded(heldMs, 1)), ("waited_ms", .rounded(waitedMs, 1)),
        ("hedge", hedgeJSON),
        ("considered", .array(ranked + rejected)),
        ("attempt_log", .array(attempts.map(\.json))),
      ])
  }

  /// What was planned beside the first attempt.
  private var hedgeJSON: JSON {
    guard let plan = decision.hedge, let path = hedgePath else { return .null }
    return [
      "backend": .string(path.backend), "uplink": .string(path.uplink),
      "delay_ms": .rounded(plan.delay / .milliseconds(1), 1), "reason": .string(plan.reason),
    ]
  }

  private var chosenHops: [String] {
    decision.ranked.first { $0.path == chosen }?.hops ?? []
  }
}

extension RoutingDecision.Scored {
  fileprivate func json(rank: Int?) -> JSON {
    [
      "backend": .string(path.backend), "uplink": .string(path.uplink),
      "predicted_ms": .rounded(predictedMs, 1), "path_ms": .rounded(pathMs, 1),
      "service_ms": .rounded(serviceMs, 1), "risk_ms": .rounded(riskMs, 1),
      "cost_usd": .rounded(costUSD, 6), "score_ms": .rounded(scoreMs, 1),
      "hops": .array(hops.map { .string($0) }),
      "next_change": .optional(nextChange?.formatted(fractionDigits: 0)),
      "rtt_forecast_ms": .rounded(roundTrip?.forecastMs, 1),
      "rtt_correction_ms": .rounded(roundTrip.map { $0.expectedMs - $0.forecastMs }, 1),
      "rtt_low_ms": .rounded(roundTrip?.lowMs, 1), "rtt_high_ms": .rounded(roundTrip?.highMs, 1),
      "reason": .string(reason), "rank": .optional(rank),
    ]
  }
}

extension RequestRecord.Attempt {
  fileprivate var json: JSON {
    let outcome: JSON = fault.map { .string($0.rawValue) } ?? "answered"
    return [
      "backend": .string(path.backend), "uplink": .string(path.uplink),
      "started": .string(started.formatted(fractionDigits: 3)),
      "first_byte": .optional(firstByte?.formatted(fractionDigits: 3)),
      "ended": .string(ended.formatted(fractionDigits: 3)), "outcome": outcome,
      "error": .optional(detail), "bytes_up": .integer(bytesUp), "bytes_down": .integer(bytesDown),
      "reused_connection": .bool(reusedConnection), "status": .optional(status),
      "hedge": .bool(isHedge),
    ]
  }
}
