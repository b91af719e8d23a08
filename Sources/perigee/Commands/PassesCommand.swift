import ArgumentParser
import Orbits

/// `perigee passes`: when satellites stand above a place.
struct PassesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "passes",
    abstract: "When satellites rise above an elevation mask at a place, culminate and set.",
    discussion: """
      A pass that the window cuts begins or ends at the window's edge.

      EXAMPLES
        perigee passes stations.tle --site 47.61,-122.33,50 --mask 10
        perigee passes starlink.csv --site -37.07,-12.31 --start now --stop 2026-12-01T00:00:00Z --output csv
      """)

  @Argument(help: "TLE, OMM CSV or OMM JSON.")
  var file: String

  @Option(
    parsing: .unconditional, help: "LAT,LON[,ALT_M]: degrees, metres above the ellipsoid.")
  var site: PlaceArgument

  @Option(help: "Start of the window (ISO 8601, UTC), or now.")
  var start: TimeArgument = .now

  @Option(help: "End of the window; 24 hours after the start where not given.")
  var stop: TimeArgument?

  @Option(parsing: .unconditional, help: "Elevation mask, degrees.")
  var mask: Double = 10

  @OptionGroup var format: OutputOptions

  func validate() throws {
    guard mask >= -90, mask < 90 else { throw ValidationError("--mask is -90 to 90 degrees") }
    if let stop, stop.utc <= start.utc { throw ValidationError("--stop is not after --start") }
  }

  func run() throws {
    let file = try ElementFile(path: file)
    let end = stop?.utc ?? start.utc.adding(seconds: 86_400)
    var printer = RowPrinter(
      columns: ["catalog_number", "name", "aos", "los", "culmination", "max_elevation_deg"],
      format: format.output)
    var progress = Progress("finding passes", total: file.elements.count)
    for (index, elements) in file.elements.enumerated() {
      guard let satellite = try? Satellite(elements) else { continue }
      let passes = satellite.passes(
        over: site.place, from: start.utc, to: end, maskDeg: mask)
      for pass in passes {
        try printer.add([
          .integer(elements.catalogNumber), .text(elements.name),
          .text(pass.aos.formatted(fractionDigits: 3)),
          .text(pass.los.formatted(fractionDigits: 3)),
          .text(pass.culmination.formatted(fractionDigits: 3)),
          .number(pass.maxElevationDeg, decimals: 4),
        ])
      }
      progress.update(index + 1)
    }
    progress.finish()
    printer.finish(empty: "no passes above \(mask) degrees in this window")
    try file.failIfIncomplete()
  }
}
