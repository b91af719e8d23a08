import Fleet
import Network

extension Workload {
  /// Reads and checks a workload against the fleet that it is for.
  ///
  /// - Parameters:
  ///   - yaml: The workload's text: UTF-8, at most 1 MiB.
  ///   - file: What problems call it.
  ///   - fleet: The fleet whose models, backends and uplinks the workload may name.
  ///   - site: The site that the requests come from.
  ///   - readFile: Gives the text of a recording that the workload names, by the path as written.
  /// - Throws: ``FleetProblems``: everything that is wrong, at once, each with its place and a cure.
  public static func load(
    yaml: String, file: String, fleet: Fleet, site: Site, readFile: (String) throws -> String
  ) throws(FleetProblems) -> Workload {
    let log = ProblemLog(manifest: file)
    var workload: Workload?
    if let root = Value(document: yaml, log: log) {
      workload = WorkloadReader(fleet: fleet, site: site, log: log).read(root, readFile: readFile)
    } else if log.isEmpty {
      log.add(
        "the workload is empty", cure: "Begin it with `name:`, `arrivals:` and `requests:`.",
        at: .start, path: "")
    }
    guard log.isEmpty, let workload else { throw FleetProblems(problems: log.sorted()) }
    return workload
  }

  /// A workload of recorded requests alone: every backend serves by ``ServiceLaw/standard``, nothing
  /// breaks.
  ///
  /// - Throws: ``FleetProblems``.
  public static func load(
    csv: String, file: String, name: String, fleet: Fleet
  ) throws(FleetProblems) -> Workload {
    let log = ProblemLog(manifest: file)
    let requests = RecordingReader(file: file, models: fleet.modelNames, log: log).read(csv)
    guard log.isEmpty else { throw FleetProblems(problems: log.sorted()) }
    return Workload(name: name, source: .recorded(requests))
  }
}

extension Fleet {
  /// The models that clients can name, each once, in the manifest's order.
  var modelNames: [String] {
    var names: [String] = []
    for model in backends.flatMap(\.models) where !names.contains(model.name) {
      names.append(model.name)
    }
    return names
  }
}
