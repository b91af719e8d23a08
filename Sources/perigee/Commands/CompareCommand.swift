import ArgumentParser
import Simulation

/// `perigee compare`: two simulations side by side.
struct CompareCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "compare",
    abstract: "Compare two reports of perigee simulate, figure by figure.",
    discussion: """
      Exit code 0, whatever differs, unless a gate is given and does not pass: then 1. A gate is \
      [POLICY:]METRIC>BOUND, where the bound is a growth in percent (+10%), a growth in the figure's \
      unit (+5) or a value (300); a metric's unit may be left out, and without a policy it is perigee's. \
      Gates need reports of one simulation: the same files, start, hours and seed.

      EXAMPLES
        perigee compare before/report.json after/report.json
        perigee compare before.json after.json --all --output csv
        perigee compare before.json after.json --fail-if 'ttft_p99>+10%' --fail-if 'failed>+0'
      """)

  @Argument(help: "The report to compare with.")
  var before: String

  @Argument(help: "The report to look at.")
  var after: String

  @Flag(help: "Show figures that are equal too.")
  var all = false

  @Option(
    name: .customLong("fail-if"),
    help: "End with exit code 1 where this holds; repeatable. As in 'ttft_p99>+10%'.")
  var failIf: [String] = []

  @OptionGroup var format: OutputOptions

  func run() throws {
    let gates = try failIf.map { text in
      guard let gate = Gate(text) else {
        throw InputError(
          description: "--fail-if '\(text)': not a gate: write [POLICY:]METRIC>BOUND, as in "
            + "'ttft_p99>+10%', 'failed>+0' or 'static:cost>12'")
      }
      return gate
    }
    let reports = (try ReportFile.read(before), try ReportFile.read(after))
    let comparison = Comparison(reports.0, reports.1)
    try checkSimulations(of: comparison, isGated: !gates.isEmpty)
    warnOfPolicies(reports.0, reports.1)
    try checkMetrics(of: gates, in: reports.0, before)
    try checkMetrics(of: gates, in: reports.1, after)
    try printRows(comparison)
    let failures = gates.compactMap { $0.failure(in: comparison) }
    guard failures.isEmpty else {
      throw Failure(description: failures.joined(separator: "\nerror: "))
    }
  }

  /// People may look at any two reports; a gate means nothing between two simulations.
  private func checkSimulations(of comparison: Comparison, isGated: Bool) throws {
    let mismatches = comparison.mismatches.map {
      "the reports are of different simulations: \($0)"
    }
    guard isGated, !mismatches.isEmpty else {
      for mismatch in mismatches { writeError("warning: \(mismatch)\n") }
      return
    }
    throw InputError(
      description: mismatches.joined(separator: "\nerror: ")
        + ": run `perigee simulate` again for the older one, or leave --fail-if out")
  }

  /// Policies that one report lacks are not shown; people should know.
  private func warnOfPolicies(_ one: Report, _ other: Report) {
    let policies = [one, other].map { $0.policies.map(\.policy.rawValue).joined(separator: ", ") }
    guard policies[0] != policies[1] else { return }
    writeError("warning: the reports have different policies: \(policies[0]) and \(policies[1])\n")
  }

  private func checkMetrics(of gates: [Gate], in report: Report, _ path: String) throws {
    for gate in gates {
      guard let policy = report.policies.first(where: { $0.policy == gate.policy }) else {
        let there = report.policies.map(\.policy.rawValue).joined(separator: ", ")
        throw InputError(
          description: "\(path): no policy \(gate.policy.rawValue) in it; there are \(there)")
      }
      guard policy.metric(gate.metric) == nil else { continue }
      let known = policy.metrics.map(\.name).joined(separator: ", ")
      throw InputError(
        description: "--fail-if: no metric \(gate.metric) in \(path); there are \(known)")
    }
  }

  private func printRows(_ comparison: Comparison) throws {
    var printer = RowPrinter(
      columns: ["policy", "metric", "before", "after", "change", "change_pct"],
      format: format.output)
    for row in comparison.rows where all || row.before != row.after {
      func cell(_ value: Double?, _ decimals: Int) -> Cell {
        value.map { .number($0, decimals: decimals) } ?? .missing
      }
      try printer.add([
        .text(row.policy.rawValue), .text(row.metric), cell(row.before, row.decimals),
        cell(row.after, row.decimals), cell(row.change, row.decimals), cell(row.changePercent, 2),
      ])
    }
    printer.finish(empty: "no figure differs")
  }
}
