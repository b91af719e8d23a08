import ArgumentParser
import Fleet
import Network

/// `perigee check`: is the manifest right?
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Check a fleet's manifest: every error at once, with its place and a cure.",
    discussion: """
      Exit code 0 where the manifest is right, 2 where it is not.

      EXAMPLES
        perigee check examples/tristan-da-cunha.yaml
        perigee check fleet.yaml --output json
      """)

  @Argument(help: "The fleet's manifest.")
  var file: String

  @OptionGroup var format: OutputOptions

  func run() throws {
    let fleet: Fleet
    do {
      fleet = try FleetFile(path: file).fleet
    } catch let problems as ManifestProblems {
      guard format.output != .table else { throw problems.asInputError }
      try printProblems(problems)
      throw InputError(description: problems.summary)
    }
    var printer = RowPrinter(columns: ["what", "name", "detail"], format: format.output)
    for constellation in fleet.constellations {
      let satellites = constellation.shells.reduce(0) { $0 + $1.satellites.count }
      try printer.add([
        .text("constellation"), .text(constellation.name),
        .text("\(constellation.shells.count) shell(s), \(satellites) satellites"),
      ])
    }
    for site in fleet.sites {
      let ways = site.uplinks.map { "\($0.name) (\($0.medium.kindName))" }
      try printer.add([
        .text("site"), .text(site.name),
        .text(([site.kind.rawValue] + ways).joined(separator: ", ")),
      ])
    }
    for backend in fleet.backends {
      try printer.add([
        .text("backend"), .text(backend.name),
        .text("serves \(backend.models.map(\.name).joined(separator: ", "))"),
      ])
    }
    printer.finish()
    if format.output == .table { print("\n\(file): no problems") }
  }

  private func printProblems(_ problems: ManifestProblems) throws {
    var printer = RowPrinter(
      columns: ["file", "line", "column", "path", "message", "cure"], format: format.output)
    for problem in problems.problems {
      try printer.add([
        .text(problem.file), .integer(problem.line), .integer(problem.column),
        .text(problem.path), .text(problem.message), .text(problem.cure),
      ])
    }
    printer.finish()
  }
}
