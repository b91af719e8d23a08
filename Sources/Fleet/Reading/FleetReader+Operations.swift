/// What concerns whoever runs the node.
extension FleetReader {
  /// Where traces go.
  func telemetry(_ value: Value) -> TelemetrySettings? {
    value.fields("telemetry") { fields in
      let otlp = fields.required("otlp", example: "otlp: http://127.0.0.1:4318").flatMap(collector)
      let headers = list(fields.optional("headers"), of: "headers").compactMap(header)
      let sample = fields.optional("sample")?.number(
        "a share of traces", in: 0...1, example: "sample: 0.1")
      return otlp.map {
        TelemetrySettings(otlp: $0, headers: headers, sampleRatio: sample ?? 1)
      }
    }
  }

  private func collector(_ value: Value) -> BackendURL? {
    let example = "http://127.0.0.1:4318"
    guard let text = value.text("a URL", example: example) else { return nil }
    switch BackendURL.parse(text) {
    case .success(let url): return url
    case .failure(let mistake):
      value.problem(
        mistake.message,
        cure: "Write the collector's base URL, without `/v1/traces`, as in `\(example)`.")
      return nil
    }
  }

  private func header(_ value: Value) -> TelemetrySettings.Header? {
    value.fields("a header") { fields in
      let example = "name: authorization"
      let nameValue = fields.required("name", example: example)
      let name = nameValue?.text("a header's name", example: example)
      let secret = fields.required("value", example: "value: {env: OTLP_KEY}").flatMap(secret)
      guard let name, let secret else { return nil }
      let isToken = name.utf8.allSatisfy {
        (48...57).contains($0) || (97...122).contains($0 | 0x20) || $0 == 45 || $0 == 95
      }
      guard isToken else {
        nameValue?.problem(
          "`\(shortened(name))` is not the name of a header",
          cure: "Write letters, digits and `-`, as in `\(example)`.")
        return nil
      }
      return TelemetrySettings.Header(name: name, value: secret)
    }
  }

  /// How the node stops.
  func drain(_ value: Value) -> DrainSettings? {
    value.fields("drain") { fields in
      let range = 0.0...86_400
      func wait(_ key: String, _ example: String) -> Duration? {
        fields.optional(key)?.quantity(.duration, in: range, example: "\(key): \(example)")
          .map { .seconds($0) }
      }
      let standard = DrainSettings()
      return DrainSettings(
        notice: wait("notice", "5s") ?? standard.notice,
        grace: wait("grace", "30s") ?? standard.grace)
    }
  }
}
