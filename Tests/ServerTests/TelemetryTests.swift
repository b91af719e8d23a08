import Decisions
import Dialects
import Fleet
import Foundation
import Network
import Orbits
import TestSupport
import Testing

@testable import Gateway
@testable import Server

@Suite struct TelemetryTests {
  private static let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"

  private static func fleet(_ name: String, backend port: Int, collector: String?) throws -> Fleet {
    var fleet = TestFleet.make(
      uplinks: [TestFleet.leo],
      backends: [TestFleet.backend(name, port: port, at: .site("region"))])
    if let collector {
      let port = try #require(Int(collector.split(separator: ":").last ?? ""))
      fleet.gateway?.telemetry = TelemetrySettings(
        otlp: BackendURL(scheme: .http, host: "127.0.0.1", port: port, basePath: ""))
    }
    return fleet
  }

  @Test(
    "a request over two nodes is one trace at a real collector",
    .enabled(if: Collector.binary != nil, "needs PERIGEE_PYTHON with rotel: run `make test`"),
    .timeLimit(.minutes(2)))
  func twoNodesOneTrace() async throws {
    let collector = try await Collector()
    let mock = try await MockBackend(name: "europe")
    let far = try Self.fleet("model", backend: mock.port, collector: collector.url)
    try await RunningNode.serve(far) { farNode in
      let port = try #require(Int(farNode.url.split(separator: ":").last ?? ""))
      let near = try Self.fleet("far-node", backend: port, collector: collector.url)
      try await RunningNode.serve(near) { node in
        let answer = try await node.ask(headers: ["traceparent": Self.parent])
        #expect(answer.status == 200, "\(answer.text)")
      }
    }
    // Both nodes have stopped, and sent what they had.
    await mock.stop()
    let spans = collector.spans
    #expect(!spans.isEmpty, "\(collector.output)")
    #expect(Set(spans.map(\.trace)) == ["4bf92f3577b34da6a3ce929d0e0e4736"])
    #expect(Set(spans.map(\.id)).count == spans.count, "a span id twice")
    let requests = spans.filter { $0.kind == "SPAN_KIND_SERVER" }
    let attempts = spans.filter { $0.kind == "SPAN_KIND_CLIENT" }
    try #require(requests.count == 2 && attempts.count == 2)
    let first = try #require(requests.first { $0.parent == "00f067aa0ba902b7" })
    let firstAttempt = try #require(attempts.first { $0.parent == first.id })
    let second = try #require(requests.first { $0.parent == firstAttempt.id })
    #expect(attempts.contains { $0.parent == second.id })
    #expect(first.name == "chat m" && first.attributes["gen_ai.request.model"] == "Str(m)")
    #expect(first.attributes["gen_ai.usage.input_tokens"] == "Int(5)")
    #expect(first.attributes["http.response.status_code"] == "Int(200)")
    #expect(firstAttempt.attributes["perigee.backend"] == "Str(far-node)")
    #expect(firstAttempt.attributes["perigee.uplink"] == "Str(leo)")
    for key in ["hops", "serving_satellite", "rtt_forecast_ms", "slot_edge"] {
      #expect(firstAttempt.attributes["perigee.link.\(key)"] != nil, "\(key)")
    }
    #expect(spans.contains { $0.name == "link leo: first byte" && $0.parent == firstAttempt.id })
    #expect(first.status != "STATUS_CODE_ERROR")
  }

  @Test func aCollectorThatIsAwayCostsSpansAndNothingElse() async throws {
    let mock = try await MockBackend(name: "europe")
    let fleet = try Self.fleet(
      "europe", backend: mock.port, collector: "http://127.0.0.1:\(freePort())")
    try await RunningNode.serve(fleet) { node in
      for _ in 0..<3 { #expect(try await node.ask().status == 200) }
      for _ in 0..<100 where try await node.value("perigee_trace_requests_dropped_total") < 3 {
        try await Task.sleep(for: .milliseconds(100))
      }
      #expect(try await node.value("perigee_trace_requests_dropped_total") == 3)
      #expect(try await node.value("perigee_trace_requests_exported_total") == 0)
    }
    await mock.stop()
  }

  private static let start = UTC(year: 2026, month: 11, day: 26)

  private static func record(
    _ trace: TraceContext?, attempts: [RequestRecord.Attempt], fault: Fault? = nil
  ) -> RequestRecord {
    let facts = RequestFacts(
      id: "req_1", endpoint: "/v1/chat/completions", model: "m", stream: true, bytes: 1,
      arrival: start, deadline: start.adding(seconds: 60))
    return RequestRecord(
      facts: facts, decision: RoutingDecision(ranked: [], rejected: []), attempts: attempts,
      status: 503, ended: start.adding(seconds: 2), fault: fault, trace: trace)
  }

  @Test func whatIsNotSampledMakesNoSpans() {
    #expect(RequestSpans(Self.record(nil, attempts: []), site: "s") == nil)
    let unsampled = TraceContext(traceID: (1, 2), parent: nil, span: 3, isSampled: false)
    #expect(RequestSpans(Self.record(unsampled, attempts: []), site: "s") == nil)
  }

  @Test func hedgesResumesAndHoldsShow() throws {
    var record = ResilienceMetricsTests.record([.policyHedgeLost, nil], resumes: 1, heldMs: 20)
    record.trace = TraceContext(traceID: (1, 2), parent: nil, span: 3, isSampled: true)
    let spans = try #require(RequestSpans(record, site: "s")).all
    #expect(spans.allSatisfy { $0.error == nil }, "to be the slower one is no error")
    let text = OTLPJSON.export(spans, site: "s", version: "1").text
    for key in ["hedge.uplink", "hedge.delay_ms", "resumes", "held_ms", "hedge"] {
      #expect(text.contains("\"perigee.\(key)\""), "\(key)")
    }
  }

  @Test func spansNestAndFailuresShow() throws {
    let trace = TraceContext(traceID: (1, 2), parent: nil, span: 3, isSampled: true)
    let path = PathID(backend: "b", uplink: "leo")
    let attempts = [
      RequestRecord.Attempt(
        path: path, predictedMs: 5, started: Self.start, ended: Self.start.adding(seconds: 1),
        fault: .linkRefused),
      RequestRecord.Attempt(
        path: path, predictedMs: 5, started: Self.start.adding(seconds: 1),
        connected: Self.start.adding(seconds: 1.1), firstByte: Self.start.adding(seconds: 1.5),
        ended: Self.start.adding(seconds: 2)),
    ]
    let spans = try #require(
      RequestSpans(Self.record(trace, attempts: attempts, fault: .linkReset), site: "s")
    ).all
    #expect(Set(spans.map(\.id)).count == spans.count)
    let byID = Dictionary(uniqueKeysWithValues: spans.map { ($0.id, $0) })
    for span in spans {
      guard let parent = span.parent else { continue }
      let outer = try #require(byID[parent], "\(span.name) hangs in the air")
      #expect(outer.start <= span.start && span.end <= outer.end, "\(span.name) sticks out")
    }
    #expect(spans.map(\.error).filter { $0 != nil } == ["link_reset", "link_refused"])
    #expect(
      spans.filter { $0.kind == .internal }.map(\.name)
        == [
          "link leo: connect", "link leo: connect", "link leo: first byte", "link leo: answer",
        ])
    let text = OTLPJSON.export(spans, site: "s", version: "1").text
    #expect(text.contains(#""traceId":"00000000000000010000000000000002""#))
    #expect(
      text.contains(#""spanId":"0000000000000003""#)
        && !text.contains("parentSpanId\":\"0000000000000000"))
    #expect(
      text.contains(#""startTimeUnixNano":"1795651200000000000""#), "64-bit integers are text")
  }
}
