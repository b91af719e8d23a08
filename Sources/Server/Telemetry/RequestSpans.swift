import Decisions
import Dialects
import Gateway
import Orbits

/// The spans of a request that is over: the request's, a client span for each attempt, and below that what
/// the attempt spent on the link and at the backend. Names and attributes follow OpenTelemetry's conventions
/// for generative AI; what is of the link is ours, under `perigee.`.
struct RequestSpans {
  let record: RequestRecord
  let trace: TraceContext
  /// The site that the node stands at.
  let site: String
  /// The uplinks whose first hop is a satellite.
  let satelliteUplinks: Set<String>

  /// Nothing for a request that takes no part in a trace, or in one that is not recorded.
  init?(_ record: RequestRecord, site: String, satelliteUplinks: Set<String> = []) {
    guard let trace = record.trace, trace.isSampled else { return nil }
    self.record = record
    self.trace = trace
    self.site = site
    self.satelliteUplinks = satelliteUplinks
  }

  var all: [Span] {
    [request] + record.attempts.enumerated().flatMap { attempt($0.element, number: $0.offset) }
  }

  private var operation: String { GenAINames.operation(record.facts.endpoint) }

  private var request: Span {
    var attributes: [(String, Span.Value)] = [
      ("gen_ai.operation.name", .string(operation)), ("gen_ai.provider.name", .string("perigee")),
      ("gen_ai.request.model", .string(record.facts.model)),
      ("http.request.method", .string("POST")), ("http.route", .string(record.facts.endpoint)),
      ("http.response.status_code", .integer(record.status)),
      ("perigee.request.id", .string(record.facts.id)), ("perigee.site", .string(site)),
      ("perigee.stream", .bool(record.facts.stream)),
      ("perigee.attempts", .integer(record.attempts.count)),
      ("perigee.candidates", .integer(record.decision.ranked.count)),
    ]
    if let plan = record.decision.hedge, let path = record.hedgePath {
      attributes += [
        ("perigee.hedge.backend", .string(path.backend)),
        ("perigee.hedge.uplink", .string(path.uplink)),
        ("perigee.hedge.delay_ms", .number(plan.delay / .milliseconds(1))),
      ]
    }
    if record.resumes > 0 { attributes.append(("perigee.resumes", .integer(record.resumes))) }
    if record.waitedMs > 0 { attributes.append(("perigee.waited_ms", .number(record.waitedMs))) }
    if record.heldMs > 0 { attributes.append(("perigee.held_ms", .number(record.heldMs))) }
    if let usage = record.usage {
      attributes += [
        ("gen_ai.usage.input_tokens", .integer(usage.input)),
        ("gen_ai.usage.output_tokens", .integer(usage.output)),
      ]
      let parts = [
        ("gen_ai.usage.cache_read.input_tokens", usage.cachedInput),
        ("gen_ai.usage.cache_creation.input_tokens", usage.cacheWrites),
        ("gen_ai.usage.reasoning.output_tokens", usage.reasoning),
      ]
      attributes += parts.compactMap { name, count in count.map { (name, .integer($0)) } }
    }
    if let firstByteMs = record.timeToFirstByteMs {
      attributes.append(("perigee.time_to_first_token_ms", .number(firstByteMs)))
    }
    if let chosen = record.chosen {
      attributes += [
        ("perigee.backend", .string(chosen.backend)), ("perigee.uplink", .string(chosen.uplink)),
      ]
    }
    if let fault = record.fault { attributes.append(("error.type", .string(fault.rawValue))) }
    return span(
      trace.span, parent: trace.parent, "\(operation) \(record.facts.model)", .server,
      record.facts.arrival, record.ended, attributes, error: record.fault?.rawValue)
  }

  private func attempt(_ attempt: RequestRecord.Attempt, number: Int) -> [Span] {
    let id = trace.span(attempt: number)
    let link = linkAttributes(of: attempt.path)
    var attributes: [(String, Span.Value)] = [
      ("gen_ai.operation.name", .string(operation)),
      ("gen_ai.provider.name", .string(attempt.path.backend)),
      ("gen_ai.request.model", .string(record.facts.model)),
      ("perigee.backend", .string(attempt.path.backend)),
      ("perigee.attempt", .integer(number + 1)), ("perigee.hedge", .bool(attempt.isHedge)),
      ("perigee.connection.reused", .bool(attempt.reusedConnection)),
      ("perigee.bytes.up", .integer(attempt.bytesUp)),
      ("perigee.bytes.down", .integer(attempt.bytesDown)),
      ("perigee.answered", .bool(attempt.path == record.chosen && attempt.fault == nil)),
    ]
    if let predicted = attempt.predictedMs {
      attributes.append(("perigee.predicted_ms", .number(predicted)))
    }
    if let status = attempt.status {
      attributes.append(("http.response.status_code", .integer(status)))
    }
    if let fault = attempt.fault { attributes.append(("error.type", .string(fault.rawValue))) }
    let span = span(
      id, parent: trace.span, "attempt \(attempt.path.backend)", .client, attempt.started,
      attempt.ended, attributes + link,
      // That the other one was quicker is no error.
      error: attempt.fault == .policyHedgeLost ? nil : attempt.fault?.rawValue)
    return [span] + phases(of: attempt, number: number, parent: id, link)
  }

  /// What an attempt went through: connecting, waiting for the first byte, taking the rest.
  private func phases(
    of attempt: RequestRecord.Attempt, number: Int, parent: UInt64, _ link: [(String, Span.Value)]
  ) -> [Span] {
    var phases: [(name: String, from: UTC, to: UTC)] = []
    let connected = attempt.connected ?? attempt.ended
    if !attempt.reusedConnection { phases.append(("connect", attempt.started, connected)) }
    if attempt.connected != nil {
      phases.append(("first byte", connected, attempt.firstByte ?? attempt.ended))
    }
    if let firstByte = attempt.firstByte { phases.append(("answer", firstByte, attempt.ended)) }
    return phases.enumerated().map { index, phase in
      span(
        trace.span(numbered: UInt64(1000 + number * 8 + index)), parent: parent,
        "link \(attempt.path.uplink): \(phase.name)", .internal, phase.from, phase.to, link)
    }
  }

  /// What the forecast said of the link when the request was routed.
  private func linkAttributes(of path: PathID) -> [(String, Span.Value)] {
    var attributes: [(String, Span.Value)] = [("perigee.uplink", .string(path.uplink))]
    let scored = record.decision.ranked.first { $0.path == path }
    guard let scored, !scored.hops.isEmpty else { return attributes }
    attributes += [
      ("perigee.link.hops", .strings(scored.hops)),
      ("perigee.link.path_ms", .number(scored.pathMs)),
    ]
    if satelliteUplinks.contains(path.uplink), scored.hops.count > 1 {
      attributes.append(("perigee.link.serving_satellite", .string(scored.hops[1])))
    }
    if let roundTrip = scored.roundTrip {
      attributes += [
        ("perigee.link.rtt_forecast_ms", .number(roundTrip.forecastMs)),
        ("perigee.link.rtt_expected_ms", .number(roundTrip.expectedMs)),
      ]
    }
    if let change = scored.nextChange {
      attributes.append(("perigee.link.slot_edge", .string(change.formatted(fractionDigits: 0))))
    }
    return attributes
  }

  private func span(
    _ id: UInt64, parent: UInt64?, _ name: String, _ kind: Span.Kind, _ start: UTC, _ end: UTC,
    _ attributes: [(String, Span.Value)], error: String? = nil
  ) -> Span {
    Span(
      traceID: trace.traceID, id: id, parent: parent, name: name, kind: kind, start: start,
      end: max(start, end), attributes: attributes, error: error)
  }
}
