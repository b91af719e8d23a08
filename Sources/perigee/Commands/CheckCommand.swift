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
    let fleet = try FleetFile(path: file).fleet
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
}
