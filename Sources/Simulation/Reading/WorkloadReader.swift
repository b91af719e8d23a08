import Fleet
import Network

/// Reads the tree of a workload. The keys are those of Documentation/Simulation.md.
struct WorkloadReader {
  let fleet: Fleet
  let site: Site
  let log: ProblemLog

  /// The workload under `root`; `nil`, or one not to be used, where the log has problems.
  func read(_ root: Value, readFile: (String) throws -> String) -> Workload? {
    root.fields("a workload") { fields in
      let name = fields.required("name", example: "name: island-day")?.name("the workload's name")
      let source = source(of: fields, readFile: readFile)
      let services = services(fields.optional("backends"))
      let faults = (fields.optional("faults")?.list("faults") ?? []).compactMap(fault)
      let load = backgroundLoad(fields.optional("backgroundLoad"))
      guard let name, let source else { return nil }
      return Workload(
        name: name, source: source, services: services, faults: faults, backgroundLoad: load)
    }
  }

  private func source(
    of fields: Fields, readFile: (String) throws -> String
  ) -> Workload.Source? {
    switch fields.exactlyOne(of: ["arrivals", "recording"], example: "arrivals: {perDay: 10000}") {
    case "arrivals":
      let process = fields.optional("arrivals").flatMap(arrivals)
      guard let value = fields.required("requests", example: "requests:") else { return nil }
      let kinds = (value.list("kinds of requests") ?? []).compactMap(kind)
      if case .sequence(let nodes) = value.node.content, nodes.isEmpty {
        value.problem(
          "there is no kind of request", cure: "Name one, beginning with `- name: chat`.")
      }
      guard let process, !kinds.isEmpty else { return nil }
      return .drawn(process, kinds: kinds)
    case "recording":
      return fields.optional("recording").flatMap { recording($0, readFile: readFile) }
    default:
      _ = fields.has("requests")
      return nil
    }
  }

  private func recording(
    _ value: Value, readFile: (String) throws -> String
  ) -> Workload.Source? {
    guard let path = value.text("a file", example: "recording: requests.csv") else { return nil }
    do {
      let text = try readFile(path)
      return .recorded(
        RecordingReader(file: path, models: fleet.modelNames, log: log).read(text))
    } catch {
      value.problem(
        "\(error)", cure: "Give the path of a CSV file, relative to the workload's folder.")
      return nil
    }
  }

  private func backgroundLoad(_ value: Value?) -> [String: Double] {
    let uplinks = site.uplinks.map(\.name)
    var load: [String: Double] = [:]
    named(value, as: "uplinks", among: uplinks) { name, value in
      load[name] = value.number(
        "a share of the capacity", in: 0...0.95, example: "backgroundLoad: {starlink: 0.2}")
    }
    return load
  }

  /// Reads a mapping whose keys are names; a name that is not known is a problem at its place.
  func named(
    _ value: Value?, as what: String, among known: [String], _ body: (String, Value) -> Void
  ) {
    guard let value else { return }
    _ = value.fields(what) { fields -> Bool? in
      for name in known {
        if let entry = fields.optional(name) { body(name, entry) }
      }
      return true
    }
  }

  /// A share between 0 and 1.
  func share(_ value: Value?, example: String) -> Double? {
    value?.number("a share from 0 to 1", in: 0...1, example: example)
  }

  /// A duration in seconds.
  func seconds(_ value: Value?, in range: ClosedRange<Double>, example: String) -> Double? {
    value?.quantity(.duration, in: range, example: example)
  }

  /// One of the fleet's names.
  func name(_ value: Value?, of what: String, among known: [String]) -> String? {
    guard let value, let text = value.text(what, example: known.first ?? "") else { return nil }
    if known.contains(text) { return text }
    value.problem(
      "`\(shortened(text))` is not \(what) of the fleet",
      cure: Suggestion.cure(for: text, among: known, otherwise: "The fleet has none."))
    return nil
  }
}
