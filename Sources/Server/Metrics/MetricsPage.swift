import Decisions
import Fleet
import Links
import Network
import Orbits

/// Everything `/metrics` says, in Prometheus text.
///
/// Request series carry OpenTelemetry's `gen_ai` names with Prometheus' suffixes; the links' series are
/// our own, under `perigee_`. Labels come from the manifest and from closed vocabularies only, so their
/// number is bounded: no request id, no prompt, no satellite except the one in use.
struct MetricsPage {
  let plan: NodePlan
  let knowledge: Knowledge
  /// Bytes and connections of each uplink, by name.
  let counters: [String: SharedUplink]
  let metrics: NodeMetrics
  let spend: SpendMetrics
  let dishes: DishMetrics
  let reload: ReloadState
  let traces: (exported: Int, dropped: Int, failures: Int)
  let historyDropped: Int
  /// `nil` where they can't be read.
  let work: WorkFigures?
  let process: ProcessFigures
  let time: UTC
  let version: String

  func text() -> String {
    var out = PrometheusText()
    let counted = metrics.snapshot
    requests(counted, &out)
    counted.resilience.write(to: &out)
    spend.write(to: &out)
    counted.queueing.write(to: &out)
    work?.write(to: &out)
    uplinks(&out)
    LinkConditions(plan: plan, knowledge: knowledge, time: time).write(to: &out)
    links(&out)
    roundTrips(&out)
    backends(&out)
    PlaceGauges(plan: plan, places: knowledge.places).write(to: &out)
    dishes.write(to: &out)
    reloads(&out)
    upkeep(&out)
    node(&out)
    return out.text
  }

  private func requests(_ state: NodeMetrics.State, _ out: inout PrometheusText) {
    let series = state.series.sorted { $0.key.order < $1.key.order }
    out.family("perigee_requests_total", .counter, "Requests answered, by outcome.")
    for (key, figures) in series {
      for (outcome, count) in figures.outcomes.sorted(by: { $0.key.order < $1.key.order }) {
        let result = [("status", String(outcome.status)), ("error_type", outcome.errorType)]
        out.sample("perigee_requests_total", labels(key) + result, Double(count))
      }
    }
    out.family(
      "perigee_requests_refused_total", .counter, "Requests refused before they were routed.")
    for (key, count) in state.refusals.sorted(by: { $0.key.order < $1.key.order }) {
      out.sample(
        "perigee_requests_refused_total",
        [("endpoint", key.endpoint), ("status", String(key.status)), ("error_type", key.fault)],
        Double(count))
    }
    out.family("perigee_attempts_total", .counter, "Attempts to get an answer from a backend.")
    out.sample("perigee_attempts_total", [], Double(state.attempts))
    out.family("perigee_attempts_failed_total", .counter, "Attempts that failed, by cause.")
    for (fault, count) in state.failedAttempts.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
      out.sample("perigee_attempts_failed_total", [("error_type", fault.rawValue)], Double(count))
    }
    func histograms(_ name: String, _ help: String, _ figure: (RequestSeries) -> Histogram?) {
      out.family(name, .histogram, help)
      for (key, figures) in series {
        if let histogram = figure(figures) { out.histogram(name, labels(key), histogram) }
      }
    }
    histograms(
      GenAINames.serverDuration, "Time from arrival to the answer's end.", \.durations)
    histograms(
      GenAINames.serverFirstToken, "Time from arrival to the answer's first byte.", \.firstTokens)
    histograms(GenAINames.serverPerToken, "Time per token after the first.", \.perToken)
    histograms(
      GenAINames.clientDuration, "Time of an attempt from its start to its end.",
      \.clientDurations)
    histograms(
      GenAINames.clientFirstChunk, "Time of an attempt from its start to its first byte.",
      \.clientFirstChunks)
    histograms(
      "perigee_prediction_error_seconds",
      "Actual less predicted time to first token over the chosen path.", \.predictionErrors)
    out.family(GenAINames.tokenUsage, .histogram, "Tokens of a request, by type.")
    for (key, figures) in series {
      for (type, tokens) in [("input", figures.inputTokens), ("output", figures.outputTokens)] {
        guard let tokens else { continue }
        out.histogram(
          GenAINames.tokenUsage, labels(key) + [("gen_ai_token_type", type)], tokens)
      }
    }
  }

  private func labels(_ key: NodeMetrics.RequestKey) -> [(String, String)] {
    [
      ("gen_ai_operation_name", GenAINames.operation(key.endpoint)),
      ("gen_ai_request_model", key.model), ("gen_ai_provider_name", "perigee"),
      ("backend", key.backend), ("uplink", key.uplink),
    ]
  }

  private func uplinks(_ out: inout PrometheusText) {
    let names = counters.keys.sorted()
    out.family("perigee_uplink_bytes_total", .counter, "Bytes over an uplink, by direction.")
    for name in names {
      guard let count = counters[name]?.counters.snapshot else { continue }
      out.sample(
        "perigee_uplink_bytes_total", [("uplink", name), ("direction", "up")],
        Double(count.bytesUp))
      out.sample(
        "perigee_uplink_bytes_total", [("uplink", name), ("direction", "down")],
        Double(count.bytesDown))
    }
    let uplinks = plan.site.uplinks
    out.family("perigee_uplink_handoffs_total", .counter, "Changes of the serving satellite.")
    for uplink in uplinks {
      out.sample(
        "perigee_uplink_handoffs_total", [("uplink", uplink.name)],
        Double(knowledge.history(of: uplink.name).handoffs))
    }
    out.family(
      "perigee_uplink_outage_seconds_total", .counter, "Time without a route to any backend.")
    for uplink in uplinks {
      out.sample(
        "perigee_uplink_outage_seconds_total", [("uplink", uplink.name)],
        knowledge.history(of: uplink.name).outageSeconds)
    }
    out.family("perigee_uplink_serving_satellite", .gauge, "1 for the satellite now serving.")
    for uplink in uplinks {
      let routes = plan.ways.destinations.lazy.compactMap {
        knowledge.forecast(Leg(uplink: uplink.name, destination: $0))?.interval(at: time)?.route
      }
      guard let satellite = routes.compactMap(\.servingSatellite).first else { continue }
      out.sample(
        "perigee_uplink_serving_satellite", [("uplink", uplink.name), ("satellite", satellite)], 1)
    }
  }

  private func links(_ out: inout PrometheusText) {
    func gauge(
      _ name: String, _ help: String, _ value: (Forecast) -> Double?
    ) {
      out.family(name, .gauge, help)
      for leg in plan.ways.legs {
        guard let forecast = knowledge.forecast(leg), let value = value(forecast) else { continue }
        out.sample(name, [("uplink", leg.uplink), ("destination", leg.destination)], value)
      }
    }
    gauge("perigee_link_up", "1 while the forecast has a route.") {
      $0.interval(at: time)?.route == nil ? 0 : 1
    }
    gauge("perigee_link_predicted_latency_seconds", "Predicted latency one way.") {
      $0.interval(at: time)?.oneWayMs(at: time).map { $0 / 1000 }
    }
    gauge("perigee_link_propagation_seconds", "The light floor of the route, one way.") {
      $0.interval(at: time)?.propagationMs(at: time).map { $0 / 1000 }
    }
    gauge("perigee_link_hops", "Links on the route.") {
      $0.interval(at: time)?.route.map { Double($0.hops.count - 1) }
    }
    gauge("perigee_link_next_change_timestamp_seconds", "When the route next changes.") {
      $0.nextChange(after: time)?.secondsSince1970
    }
    gauge("perigee_forecast_element_age_seconds", "Age of the element sets behind it.") {
      $0.elementAgeSeconds
    }
  }

  private func roundTrips(_ out: inout PrometheusText) {
    let records = plan.ways.legs.compactMap { leg in
      knowledge.record(of: leg).map {
        (labels: [("uplink", leg.uplink), ("destination", leg.destination)], record: $0)
      }
    }
    func gauge(_ name: String, _ help: String, _ valueMs: (LegRecord) -> Double?) {
      out.family(name, .gauge, help)
      for (labels, record) in records {
        if let valueMs = valueMs(record) { out.sample(name, labels, valueMs / 1000) }
      }
    }
    gauge("perigee_link_rtt_forecast_seconds", "Forecast round trip, uncorrected.") {
      $0.roundTrip(at: time)?.forecastMs
    }
    gauge(
      "perigee_link_rtt_estimate_seconds", "Forecast round trip corrected by measurement."
    ) { $0.roundTrip(at: time)?.expectedMs }
    gauge(
      "perigee_link_rtt_estimate_low_seconds", "The estimate's 10th percentile for this slot."
    ) { $0.roundTrip(at: time)?.lowMs }
    gauge(
      "perigee_link_rtt_estimate_high_seconds", "The estimate's 90th percentile for this slot."
    ) { $0.roundTrip(at: time)?.highMs }
    gauge(
      "perigee_link_rtt_observed_seconds", "Latest round trip that a check or request measured."
    ) { $0.estimate.observedMs }
    func histogram(_ name: String, _ help: String, _ errors: (PredictionScore) -> Histogram) {
      out.family(name, .histogram, help)
      for (labels, record) in records { out.histogram(name, labels, errors(record.score)) }
    }
    histogram(
      "perigee_link_rtt_forecast_error_seconds",
      "Observed median round trip of a slot less the forecast one.", \.forecast)
    histogram(
      "perigee_link_rtt_estimate_error_seconds",
      "Observed median round trip of a slot less the one estimated before it began.", \.estimate)
  }

  private func backends(_ out: inout PrometheusText) {
    let paths = plan.ways.backends.flatMap { plan.ways.paths(to: $0.name) }
    out.family("perigee_backend_healthy", .gauge, "1 while checks say the backend answers.")
    for path in paths {
      let isHealthy = knowledge.health(of: path)?.isHealthy ?? true
      out.sample(
        "perigee_backend_healthy", [("backend", path.backend), ("uplink", path.uplink)],
        isHealthy ? 1 : 0)
    }
    out.family(
      "perigee_link_actual_first_byte_seconds", .gauge, "Latest measured time to first byte.")
    for path in paths {
      guard let actual = knowledge.lastFirstByteMs(over: path) else { continue }
      out.sample(
        "perigee_link_actual_first_byte_seconds",
        [("backend", path.backend), ("uplink", path.uplink)], actual / 1000)
    }
    out.family(
      "perigee_backend_service_seconds", .gauge, "Estimated time to first byte at the backend.")
    for backend in plan.backends {
      for (kind, milliseconds) in knowledge.serviceTimes(of: backend.name, at: time) {
        out.sample(
          "perigee_backend_service_seconds",
          [
            ("backend", backend.name),
            ("gen_ai_operation_name", GenAINames.operation(kind.endpoint)),
            ("stream", String(kind.stream)),
          ], milliseconds / 1000)
      }
    }
    out.family("perigee_backend_requests_in_flight", .gauge, "Requests under way.")
    for backend in plan.backends {
      out.sample(
        "perigee_backend_requests_in_flight", [("backend", backend.name)],
        Double(knowledge.requestsUnderWay(at: backend.name)))
    }
  }

  private func reloads(_ out: inout PrometheusText) {
    out.family("perigee_config_generation", .gauge, "Which reading of the manifest is in force.")
    out.sample("perigee_config_generation", [], Double(plan.generation))
    out.family(
      "perigee_config_last_reload_successful", .gauge, "Whether the last reload went through.")
    out.sample("perigee_config_last_reload_successful", [], reload.isGood ? 1 : 0)
    out.family(
      "perigee_config_last_reload_success_timestamp_seconds", .gauge,
      "When the manifest in force was read.")
    out.sample(
      "perigee_config_last_reload_success_timestamp_seconds", [],
      reload.lastGood.secondsSince1970)
  }

  private func upkeep(_ out: inout PrometheusText) {
    func counter(_ name: String, _ help: String, _ value: Int) {
      out.family(name, .counter, help)
      out.sample(name, [], Double(value))
    }
    counter(
      "perigee_trace_requests_exported_total", "Requests whose spans a collector took.",
      traces.exported)
    counter(
      "perigee_trace_requests_dropped_total", "Requests whose spans found no room or no collector.",
      traces.dropped)
    counter(
      "perigee_trace_exports_failed_total", "Exports that a collector did not take.",
      traces.failures)
    counter(
      "perigee_history_requests_dropped_total", "Requests that were not kept on disk.",
      historyDropped)
  }

  private func node(_ out: inout PrometheusText) {
    out.family("perigee_build_info", .gauge, "The version of this node.")
    out.sample("perigee_build_info", [("version", version)], 1)
    out.family("process_start_time_seconds", .gauge, "When the process started.")
    out.sample("process_start_time_seconds", [], process.startedAt.secondsSince1970)
    out.family("process_cpu_seconds_total", .counter, "CPU time used.")
    out.sample("process_cpu_seconds_total", [], ProcessFigures.cpuSeconds())
    out.family("process_resident_memory_bytes", .gauge, "Resident memory.")
    out.sample("process_resident_memory_bytes", [], ProcessFigures.residentBytes())
  }
}
