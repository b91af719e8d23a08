import Fleet
import Network

extension WorkloadReader {
  func services(_ value: Value?) -> [String: ServiceLaw] {
    var laws: [String: ServiceLaw] = [:]
    named(value, as: "backends", among: fleet.backends.map(\.name)) { name, value in
      laws[name] = service(value)
    }
    return laws
  }

  private func service(_ value: Value) -> ServiceLaw? {
    value.fields("a service law") { fields in
      var law = ServiceLaw.standard
      if let time = seconds(fields.optional("overhead"), in: 0...3_600, example: "overhead: 20ms") {
        law.overheadMs = time * 1_000
      }
      if let rate = fields.optional("prefill")?.number(
        "tokens a second", in: 0.1...1e9, example: "prefill: 5000")
      {
        law.prefillTokensPerSecond = rate
      }
      if let time = seconds(fields.optional("perToken"), in: 0...60, example: "perToken: 20ms") {
        law.perTokenMs = time * 1_000
      }
      if let places = fields.optional("concurrency")?.integer(
        "a number of requests", in: 1...100_000, example: "concurrency: 16")
      {
        law.concurrency = places
      }
      if let variation = fields.optional("variation")?.number(
        "a standard deviation", in: 0...2, example: "variation: 0.15")
      {
        law.variation = variation
      }
      if let keeps = fields.optional("keepsConnections")?.bool() { law.keepsConnections = keeps }
      return law
    }
  }

  func fault(_ value: Value) -> DeclaredFault? {
    value.fields("a fault") { fields in
      let subject = subject(of: fields)
      let schedule = schedule(of: fields)
      guard let subject, let schedule else { return nil }
      return DeclaredFault(subject: subject, schedule: schedule)
    }
  }

  private func subject(of fields: Fields) -> DeclaredFault.Subject? {
    switch fields.exactlyOne(of: ["backend", "uplink"], example: "backend: frankfurt") {
    case "backend":
      let backend = name(
        fields.optional("backend"), of: "a backend", among: fleet.backends.map(\.name))
      guard let does = fields.optional("does") else {
        return backend.map(DeclaredFault.Subject.backend)
      }
      let mischief = does.word("what a backend does", as: Mischief.self)
      guard let backend, let mischief else { return nil }
      return .answers(of: backend, mischief)
    case "uplink":
      return name(
        fields.optional("uplink"), of: "an uplink", among: site.uplinks.map(\.name)
      ).map(DeclaredFault.Subject.uplink)
    default: return nil
    }
  }

  private func schedule(of fields: Fields) -> DeclaredFault.Schedule? {
    let year = 31_536_000.0
    let length = seconds(
      fields.required("for", example: "for: 5m"), in: 0.001...year, example: "for: 5m")
    switch fields.exactlyOne(of: ["at", "every"], example: "at: 3h") {
    case "at":
      let at = seconds(fields.optional("at"), in: 0...year, example: "at: 3h")
      guard let at, let length else { return nil }
      return .once(atSeconds: at, forSeconds: length)
    case "every":
      let mean = seconds(fields.optional("every"), in: 1...year, example: "every: 6h")
      guard let mean, let length else { return nil }
      return .every(meanSeconds: mean, forMeanSeconds: length)
    default: return nil
    }
  }
}
