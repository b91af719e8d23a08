import Decisions
import Gateway
import Orbits
import Testing

@testable import Server

/// Hedges, resumed streams and outages waited out, as metrics and `perigee explain` count them.
@Suite struct ResilienceMetricsTests {
  private static let start = UTC(year: 2026, month: 11, day: 26)
  private static let paths = ["leo", "geo"].map { PathID(backend: "b", uplink: $0) }

  /// A request with an attempt for each fault, the second beside the first.
  static func record(
    _ faults: [Fault?], isPlanned: Bool = true, resumes: Int = 0, heldMs: Double = 0,
    fault: Fault? = nil
  ) -> RequestRecord {
    let ranked = paths.map {
      RoutingDecision.Scored(
        path: $0, predictedMs: 40, pathMs: 30, serviceMs: 10, hops: [], nextChange: nil,
        reason: "quickest", riskMs: 2.5, costUSD: 0.000123, scoreMs: 42.5)
    }
    let plan = HedgePlan(candidate: 1, delay: .milliseconds(250), reason: "slower than usual")
    let attempts = faults.enumerated().map { index, fault in
      RequestRecord.Attempt(
        path: paths[index], predictedMs: 40, isHedge: index == 1, started: start, ended: start,
        fault: fault)
    }
    return RequestRecord(
      facts: RequestFacts(
        id: "req_1", endpoint: "/v1/chat/completions", model: "m", stream: true, bytes: 1,
        arrival: start, deadline: start.adding(seconds: 60)),
      decision: RoutingDecision(ranked: ranked, rejected: [], hedge: isPlanned ? plan : nil),
      attempts: attempts, chosen: attempts.first { $0.fault == nil }?.path, status: 200,
      resumes: resumes, heldMs: heldMs, ended: start.adding(seconds: 1), fault: fault)
  }

  @Test func whatHedgesBrought() {
    #expect(Self.record([nil]).hedgeResults == [])
    #expect(Self.record([nil, .policyHedgeLost]).hedgeResults == [.lost])
    #expect(Self.record([.policyHedgeLost, nil]).hedgeResults == [.won])
    // It won, and broke off later.
    #expect(Self.record([.policyHedgeLost, .linkReset]).hedgeResults == [.won])
    #expect(Self.record([nil, .linkRefused]).hedgeResults == [.failed])
    #expect(Self.record([.callerCancelled, .callerCancelled]).hedgeResults == [.failed])
  }

  @Test func everythingIsCounted() throws {
    let metrics = NodeMetrics()
    metrics.observe(Self.record([nil], isPlanned: false))
    metrics.observe(Self.record([nil]))
    metrics.observe(Self.record([nil, .policyHedgeLost]))
    metrics.observe(Self.record([.policyHedgeLost, nil], resumes: 2))
    metrics.observe(Self.record([.linkReset], resumes: 1, fault: .linkReset))
    metrics.observe(Self.record([nil], heldMs: 1500))
    metrics.observe(Self.record([], heldMs: 4000, fault: .linkOutage))
    metrics.deny(.retry)
    var out = PrometheusText()
    metrics.snapshot.resilience.write(to: &out)
    for line in [
      "perigee_hedges_planned_total 6", "perigee_hedges_total{result=\"won\"} 1",
      "perigee_hedges_total{result=\"lost\"} 1", "perigee_hedges_total{result=\"failed\"} 0",
      "perigee_attempts_denied_total{kind=\"hedge\"} 0",
      "perigee_attempts_denied_total{kind=\"retry\"} 1", "perigee_resumes_total 3",
      "perigee_requests_resumed_total{error_type=\"none\"} 1",
      "perigee_requests_resumed_total{error_type=\"link_reset\"} 1",
      "perigee_request_held_seconds_sum{error_type=\"none\"} 1.5",
      "perigee_request_held_seconds_sum{error_type=\"link_outage\"} 4",
    ] { #expect(out.text.contains(line + "\n"), "\(line) is not in\n\(out.text)") }
    try PrometheusFormat.check(out.text)
  }

  @Test func theExplanationTellsScoresAndTheHedge() {
    let text = Self.record([.policyHedgeLost, nil], resumes: 1, heldMs: 20).explanationJSON.text
    for part in [
      #""risk_ms":2.5"#, #""cost_usd":0.000123"#, #""score_ms":42.5"#, #""hedged":"won""#,
      #""resumes":1"#, #""held_ms":20"#, #""hedge":true"#, #""hedge":false"#,
      #""hedge":{"backend":"b","uplink":"geo","delay_ms":250,"reason":"slower than usual"}"#,
    ] { #expect(text.contains(part), "\(part) is not in \(text)") }
    let plain = Self.record([nil], isPlanned: false).explanationJSON.text
    #expect(plain.contains(#""hedge":null"#) && plain.contains(#""hedged":null"#))
  }
}
