/// A figure of a policy that people compare: what tables show and gates name.
public struct Metric: Sendable, Equatable {
  /// The name, with its unit where it has one.
  public var name: String
  /// The value; `nil` where there is nothing to measure.
  public var value: Double?
  /// How many decimals of it mean something.
  public var decimals: Int
}

extension PolicyReport {
  /// The figures, in the order of a table.
  public var metrics: [Metric] {
    // Sums in floating point: a report that is read may hold any number.
    func bytes(_ uplink: UplinkUse) -> Double { Double(uplink.bytesUp) + Double(uplink.bytesDown) }
    func tokens(_ backend: BackendUse) -> Double {
      Double(backend.promptTokens) + Double(backend.answerTokens)
    }
    return [
      Metric(name: "answered", value: Double(answered), decimals: 0),
      Metric(name: "failed", value: Double(failed), decimals: 0),
      Metric(name: "ttft_p50_ms", value: ttftMs?.p50, decimals: 1),
      Metric(name: "ttft_p95_ms", value: ttftMs?.p95, decimals: 1),
      Metric(name: "ttft_p99_ms", value: ttftMs?.p99, decimals: 1),
      Metric(name: "ttft_mean_ms", value: ttftMs?.mean, decimals: 1),
      Metric(name: "answer_p50_ms", value: answerMs?.p50, decimals: 1),
      Metric(name: "answer_p99_ms", value: answerMs?.p99, decimals: 1),
      Metric(name: "prediction_error_p50_ms", value: predictionErrorMs?.p50, decimals: 1),
      Metric(name: "attempts", value: Double(attempts), decimals: 0),
      Metric(name: "failovers", value: Double(failovers), decimals: 0),
      Metric(name: "handoffs_hit", value: Double(handoffsHit), decimals: 0),
      Metric(name: "link_bytes", value: uplinks.map(bytes).reduce(0, +), decimals: 0),
      Metric(name: "tokens", value: backends.map(tokens).reduce(0, +), decimals: 0),
      Metric(name: "cost_usd", value: costUsd, decimals: 4),
    ]
      + uplinks.flatMap { uplink in
        [
          Metric(name: "\(uplink.uplink)_bytes", value: bytes(uplink), decimals: 0),
          Metric(name: "\(uplink.uplink)_cost_usd", value: uplink.costUsd, decimals: 4),
        ]
      }
  }

  /// The figure of that name; its unit (`_ms`, `_usd`) may be left out.
  public func metric(_ name: String) -> Metric? {
    metrics.first { $0.name == name || $0.name == name + "_ms" || $0.name == name + "_usd" }
  }
}
