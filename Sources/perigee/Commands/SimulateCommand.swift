import ArgumentParser
import Fleet
import Foundation
import Network
import Simulation

/// `perigee simulate`: a fleet's day in seconds, under each policy.
struct SimulateCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "simulate",
    abstract: "Run a workload through a fleet in virtual time, and compare routing policies.",
    discussion: """
      The decisions are those of the live gateway; links are realised by the calibrated link model, \
      which the decisions never see. The same seed gives the same report, byte for byte. \
      Documentation/Simulation.md explains workloads and reports.

      EXAMPLES
        perigee simulate examples/tristan-da-cunha.yaml --workload examples/workloads/island-day.yaml \\
          --start 2026-11-25T00:00:00Z --hours 24 --seed 1
        perigee simulate fleet.yaml --workload day.yaml --start 2026-11-25T08:00:00Z --hours 2 \\
          --policy perigee --policy static --output json > report.json
        perigee simulate fleet.yaml --workload requests.csv --start now --hours 1 --report out/
      """)

  @Argument(help: "The fleet's manifest.")
  var fleet: String

  @Option(help: "The workload: YAML, or a recording of requests as CSV.")
  var workload: String

  @Option(help: "The first instant (ISO 8601, UTC), or now.")
  var start: TimeArgument

  @Option(help: "How long requests arrive, hours.")
  var hours: Double = 24

  @Option(help: "The seed of everything random; the manifest's where not given.")
  var seed: UInt64?

  @Option(
    name: .customLong("policy"),
    help:
      "A policy to run, repeatable: nearest-fiber, static, latency-only, perigee. All by default.")
  var policies: [SimulatedPolicy] = []

  @Option(help: "The site whose gateway is simulated; the manifest's gateway where not given.")
  var site: String?

  @Option(help: "Write report.json and report.svg into this folder, made where it is missing.")
  var report: String?

  @Option(help: "Draw the report: FILE.svg.")
  var plot: String?

  @Option(help: "Threads; all cores where not given.")
  var threads: Int?

  @OptionGroup var format: OutputOptions

  func validate() throws {
    guard hours > 0, hours <= 744 else { throw ValidationError("--hours is above 0, to 744") }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads is 1 to 256")
    }
    if let plot, !plot.lowercased().hasSuffix(".svg") {
      throw ValidationError("--plot draws FILE.svg; a browser turns SVG into other formats")
    }
    guard Set(policies).count == policies.count else {
      throw ValidationError("--policy names a policy twice")
    }
  }

  func run() async throws {
    let file = try FleetFile(path: fleet)
    let site = try self.site(of: file)
    let (workload, digest) = try loadWorkload(for: file.fleet, site: site)
    guard workload.mostRequests(seconds: hours * 3_600) <= Workload.requestLimit else {
      throw InputError(
        description: "\(self.workload): more than \(Workload.requestLimit) requests: "
          + "simulate fewer --hours, or lower perDay")
    }
    var simulation = Simulation(
      fleet: file.fleet, site: site, workload: workload, start: start.utc, seconds: hours * 3_600,
      seed: seed ?? file.fleet.seed)
    simulation.fleetDigest = file.digest.text
    simulation.workloadDigest = digest.text
    var progress = Progress("simulating", total: 1)
    let result = await simulation.run(
      policies.isEmpty ? SimulatedPolicy.allCases : policies,
      threads: threads ?? ProcessInfo.processInfo.activeProcessorCount
    ) { progress.update($0, of: $1) }
    progress.finish()
    if result.requests == 0 {
      writeError(
        "warning: \(self.workload): no request arrives in \(hours) hours: simulate more --hours\n")
    }
    if let report { try write(result, into: report) }
    if let plot { try writeFile(SimulationPlot(report: result).svg, to: plot) }
    try print(result)
  }

  private func site(of file: FleetFile) throws -> Site {
    guard let name = site ?? file.fleet.gateway?.site else {
      throw InputError(
        description:
          "\(file.path): no gateway: name the site with --site, or add `gateway: {site: …}`")
    }
    if let site = file.fleet.site(named: name), !site.uplinks.isEmpty { return site }
    let terminals = file.fleet.sites.filter { !$0.uplinks.isEmpty }.map(\.name)
    throw InputError(
      description: "\(file.path): --site \(name): no site with uplinks has that name; there are "
        + terminals.joined(separator: ", "))
  }

  /// The workload, and what its files hold.
  private func loadWorkload(
    for fleet: Fleet, site: Site
  ) throws -> (Workload, ContentDigest) {
    let text = try readText(workload)
    var digest = ContentDigest()
    digest.add(text)
    do {
      if workload.lowercased().hasSuffix(".csv") {
        let name = URL(fileURLWithPath: workload).deletingPathExtension().lastPathComponent
        return (
          try Workload.load(csv: text, file: workload, name: name, fleet: fleet), digest
        )
      }
      let folder = FleetFile.folder(of: workload)
      let loaded = try Workload.load(yaml: text, file: workload, fleet: fleet, site: site) {
        let recording = try readText($0.hasPrefix("/") ? $0 : "\(folder)/\($0)")
        digest.add(recording)
        return recording
      }
      return (loaded, digest)
    } catch let problems as FleetProblems {
      throw ManifestProblems(path: workload, problems: problems.problems)
    }
  }

  private func write(_ result: Report, into folder: String) throws {
    do {
      try FileManager.default.createDirectory(
        atPath: folder, withIntermediateDirectories: true)
    } catch {
      throw InputError(description: "\(folder): can't be made: check the path and its permissions")
    }
    try writeFile(ReportFile.text(of: result), to: "\(folder)/report.json")
    try writeFile(SimulationPlot(report: result).svg, to: "\(folder)/report.svg")
    writeError("\(folder): report.json, report.svg\n")
  }

  private func writeFile(_ text: String, to path: String) throws {
    do {
      try Data(text.utf8).write(to: URL(fileURLWithPath: path))
    } catch {
      throw InputError(
        description: "\(path): can't be written: check the folder and its permissions")
    }
  }

  private func print(_ result: Report) throws {
    if format.output == .json { return writeOutput(try ReportFile.text(of: result)) }
    try printRows(result)
    guard format.output == .table else { return }
    writeOutput("\n")
    try printUplinks(result)
    let failures = result.policies.filter { !$0.failures.isEmpty }
    guard !failures.isEmpty else { return }
    writeOutput("\n")
    for policy in failures {
      let causes = policy.failures.map { "\($0.requests) \($0.fault)" }.joined(separator: ", ")
      writeOutput("\(policy.policy.rawValue) failed: \(causes)\n")
    }
  }

  private func printRows(_ result: Report) throws {
    let shown = [
      "answered", "failed", "ttft_p50_ms", "ttft_p99_ms", "answer_p50_ms", "answer_p99_ms",
      "failovers", "handoffs_hit", "link_bytes", "tokens", "cost_usd",
    ]
    var printer = RowPrinter(columns: ["policy"] + shown, format: format.output)
    for policy in result.policies {
      try printer.add([.text(policy.policy.rawValue)] + shown.map { Cell(policy.metric($0)) })
    }
    printer.finish()
  }

  private func printUplinks(_ result: Report) throws {
    var printer = RowPrinter(
      columns: ["policy", "uplink", "answered", "bytes_up", "bytes_down", "cost_usd"],
      format: format.output)
    for policy in result.policies {
      for uplink in policy.uplinks {
        try printer.add([
          .text(policy.policy.rawValue), .text(uplink.uplink), .integer(uplink.requests),
          .integer(uplink.bytesUp), .integer(uplink.bytesDown),
          .number(uplink.costUsd, decimals: 4),
        ])
      }
    }
    printer.finish()
  }
}

extension SimulatedPolicy: ExpressibleByArgument {}

extension Cell {
  /// A figure of a report.
  init(_ metric: Metric?) {
    guard let metric, let value = metric.value else {
      self = .missing
      return
    }
    self =
      metric.decimals == 0 ? .integer(Int(value)) : .number(value, decimals: metric.decimals)
  }
}
