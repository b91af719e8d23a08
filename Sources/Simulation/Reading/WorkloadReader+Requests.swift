import Fleet

extension WorkloadReader {
  /// The most requests a day that are read.
  private static let perDayLimit = 5_000_000.0

  func arrivals(_ value: Value) -> ArrivalProcess? {
    value.fields("arrivals") { fields in
      let perDay = fields.required("perDay", example: "perDay: 10000")?.number(
        "a number of requests a day", in: 1...Self.perDayLimit, example: "perDay: 10000")
      let shape = fields.optional("shape").map(shape)
      let bursts = fields.optional("bursts").flatMap(bursts)
      guard let perDay else { return nil }
      var process = ArrivalProcess(perDay: perDay, bursts: bursts)
      if let shape { process.shape = shape }
      return process
    }
  }

  /// 24 weights, one for each hour (UTC).
  private func shape(_ value: Value) -> [Double] {
    let flat = [Double](repeating: 1, count: 24)
    guard let values = value.list("weights") else { return flat }
    let weights = values.compactMap {
      $0.number("a weight", in: 0...1e6, example: "shape: [1, 1, 0.5, ...]")
    }
    guard values.count == 24 else {
      value.problem(
        "there are \(values.count) weights", cure: "Write 24, one for each hour of the day in UTC.")
      return flat
    }
    guard weights.count == 24 else { return flat }
    if weights.reduce(0, +) <= 0 {
      value.problem("all weights are 0", cure: "Give at least one hour a weight above 0.")
    }
    return weights
  }

  private func bursts(_ value: Value) -> ArrivalProcess.Bursts? {
    value.fields("bursts") { fields in
      let share = share(fields.required("share", example: "share: 0.2"), example: "share: 0.2")
      let size = fields.required("size", example: "size: 20")?.integer(
        "a number of requests", in: 2...10_000, example: "size: 20")
      let within = seconds(
        fields.required("within", example: "within: 30s"), in: 0.001...3_600, example: "within: 30s"
      )
      guard let share, let size, let within else { return nil }
      return ArrivalProcess.Bursts(share: share, size: size, withinSeconds: within)
    }
  }

  func kind(_ value: Value) -> RequestKind? {
    value.fields("a kind of request") { fields in
      let name = fields.required("name", example: "name: chat")?.name("the kind's name")
      let share = fields.optional("share").map {
        $0.number("a weight", in: 1e-6...1e6, example: "share: 0.6")
      }
      let models = fleet.modelNames
      let model = self.name(
        fields.required("model", example: "model: \(models.first ?? "llama-3.1-8b")"),
        of: "a model", among: models)
      let stream = fields.optional("stream").map { self.share($0, example: "stream: 0.9") }
      let prompt = law(
        fields.required("prompt", example: "prompt: {median: 400, p95: 2000}"), of: "prompt")
      let answer = law(
        fields.required("answer", example: "answer: {median: 150, p95: 500}"), of: "answer")
      let deadline = fields.optional("deadline").map {
        seconds($0, in: 0.1...86_400, example: "deadline: 60s")
      }
      guard let name, let model, let prompt, let answer else { return nil }
      return RequestKind(
        name: name, share: (share ?? 1) ?? 1, model: model, streamShare: (stream ?? 1) ?? 1,
        prompt: prompt, answer: answer, deadlineSeconds: (deadline ?? 60) ?? 60)
    }
  }

  /// Tokens: one number, or `{median:, p95:}`.
  private func law(_ value: Value?, of what: String) -> Law? {
    guard let value else { return nil }
    func tokens(_ value: Value?) -> Double? {
      value?.number(
        "a number of tokens", in: 1...Double(Workload.tokenLimit),
        example: "\(what): {median: 400, p95: 2000}")
    }
    guard case .mapping = value.node.content else { return tokens(value).map(Law.constant) }
    return value.fields("a law of tokens") { fields in
      let median = tokens(fields.required("median", example: "median: 400"))
      let p95Value = fields.required("p95", example: "p95: 2000")
      guard let median, let p95 = tokens(p95Value) else { return nil }
      if p95 < median {
        p95Value?.problem("the p95 is below the median", cure: "Make it at least the median.")
        return nil
      }
      return Law(median: median, p95: p95)
    }
  }
}
