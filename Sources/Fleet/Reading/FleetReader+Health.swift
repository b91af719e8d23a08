extension FleetReader {
  /// The health check of a backend; without the key, the default for what answers there.
  func health(_ value: Value?, source: Backend.Source?) -> HealthCheckPolicy {
    var policy = HealthCheckPolicy(probe: Self.defaultProbe(of: source))
    _ = value?.fields("a health check") { fields -> HealthCheckPolicy? in
      let probe = fields.optional("probe").flatMap { self.probe($0, otherwise: policy.probe) }
      let interval = fields.optional("interval").flatMap { duration($0, example: "interval: 10s") }
      let timeout = fields.optional("timeout").flatMap { duration($0, example: "timeout: 3s") }
      let unhealthy = fields.optional("unhealthyThreshold").flatMap(threshold)
      let healthy = fields.optional("healthyThreshold").flatMap(threshold)
      if let interval, let timeout, timeout > interval {
        fields.optional("timeout")?.problem(
          "the timeout is longer than the interval", cure: "Make it at most the interval.")
      }
      policy = HealthCheckPolicy(
        probe: probe ?? policy.probe, interval: interval ?? policy.interval,
        timeout: timeout ?? min(policy.timeout, interval ?? policy.timeout),
        unhealthyThreshold: unhealthy ?? policy.unhealthyThreshold,
        healthyThreshold: healthy ?? policy.healthyThreshold)
      return policy
    }
    return policy
  }

  /// The list of models, which every OpenAI-compatible server has under its base path.
  private static func defaultProbe(of source: Backend.Source?) -> HealthCheckPolicy.Probe {
    if case .url(let url)? = source { return .http(path: url.basePath + "/models") }
    return HealthCheckPolicy().probe
  }

  /// `tcp`, `http`, or `{http: PATH}`.
  private func probe(
    _ value: Value, otherwise standard: HealthCheckPolicy.Probe
  ) -> HealthCheckPolicy.Probe? {
    enum Word: String, CaseIterable { case tcp, http }
    guard case .mapping = value.node.content else {
      return value.word("a probe", as: Word.self).map { $0 == .tcp ? .tcp : standard }
    }
    return value.fields("a probe") { fields in
      guard let path = fields.required("http", example: "http: /health"),
        let text = path.text("a path", example: "http: /health")
      else { return nil }
      if text.hasPrefix("/"), text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) {
        return .http(path: text)
      }
      path.problem(
        "`\(shortened(text))` is not a path", cure: "Begin it with a slash, as in `/health`.")
      return nil
    }
  }

  private func duration(_ value: Value, example: String) -> Duration? {
    value.quantity(.duration, in: 0.01...86_400, example: example).map(Duration.seconds)
  }

  private func threshold(_ value: Value) -> Int? {
    value.integer("a number of checks", in: 1...1_000, example: "unhealthyThreshold: 3")
  }
}
