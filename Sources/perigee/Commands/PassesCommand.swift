import ArgumentParser
import Foundation
import Orbits

/// `perigee passes`: when satellites stand above a place.
struct PassesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "passes",
    abstract: "When satellites rise above an elevation mask at a place, culminate and set.",
    discussion: """
      A pass that the window cuts begins or ends at the window's edge; --details says so. A satellite \
      is sunlit while it sees the sun's centre, and visible while the sun is also more than 6 degrees \
      below the site's horizon.

      EXAMPLES
        perigee passes stations.tle --site 47.61,-122.33,50 --mask 10
        perigee passes starlink.csv --site -37.07,-12.31 --start now --stop 2026-12-01T00:00:00Z --output csv
        perigee passes stations.tle --site 47.61,-122.33 --details --plot tonight.svg
        perigee passes stations.tle --site 47.61,-122.33 --plot -
      """)

  @Argument(help: "TLE or OMM file.")
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

  @Flag(help: "Add azimuths, duration, cuts, sunlight and visibility.")
  var details = false

  @Option(
    help: "Draw a sky plot and a timeline: FILE.svg, or - for text here instead of the rows.")
  var plot: String?

  @Option(help: "Threads; all cores where not given.")
  var threads: Int?

  @OptionGroup var orientation: EarthOrientationOptions

  @OptionGroup var format: OutputOptions

  func validate() throws {
    guard mask >= -90, mask < 90 else { throw ValidationError("--mask is -90 to 90 degrees") }
    if let stop, stop.utc <= start.utc { throw ValidationError("--stop is not after --start") }
    if let threads, !(1...256).contains(threads) {
      throw ValidationError("--threads is 1 to 256")
    }
    if let plot, plot != "-", !plot.lowercased().hasSuffix(".svg") {
      throw ValidationError(
        "--plot draws FILE.svg, or text with -; a browser turns SVG into other formats")
    }
  }

  func run() async throws {
    let file = try ElementFile(path: file)
    let end = stop?.utc ?? start.utc.adding(seconds: 86_400)
    let table = try orientation.table(from: start.utc, to: end)
    let finder = PassFinder(
      over: [site.place], from: start.utc, to: end, maskDeg: mask, orientation: table,
      light: details)
    var progress = Progress("finding passes", total: file.elements.count)
    let found = await finder.passes(
      of: file.elements, threads: threads ?? ProcessInfo.processInfo.activeProcessorCount
    ) { progress.update($0) }
    progress.finish()
    tellUnusable(in: file.elements)
    if let plot { try draw(found, of: file.elements, until: end, orientation: table, to: plot) }
    if plot != "-" { try printRows(found, of: file.elements) }
    try file.failIfIncomplete()
  }

  private func printRows(_ found: [FoundPass], of elements: [ElementSet]) throws {
    var printer = RowPrinter(
      columns: ["catalog_number", "name", "aos", "los", "culmination", "max_elevation_deg"]
        + (details ? Self.detailColumns : []), format: format.output)
    for one in found {
      let (set, pass) = (elements[one.satellite], one.pass)
      let row: [Cell] = [
        .integer(set.catalogNumber), .text(set.name), .text(pass.aos.formatted(fractionDigits: 3)),
        .text(pass.los.formatted(fractionDigits: 3)),
        .text(pass.culmination.formatted(fractionDigits: 3)),
        .number(pass.maxElevationDeg, decimals: 4),
      ]
      try printer.add(row + (details ? Self.detailCells(pass) : []))
    }
    printer.finish(empty: "no passes above \(mask) degrees in this window")
  }

  private static let detailColumns = [
    "aos_azimuth_deg", "culmination_azimuth_deg", "los_azimuth_deg", "duration_s", "cut_at_start",
    "cut_at_end", "sunlit", "visible", "visible_from", "visible_to",
  ]

  private static func detailCells(_ pass: Pass) -> [Cell] {
    let seen = pass.light?.visible ?? []
    func time(_ utc: UTC?) -> Cell {
      utc.map { .text($0.formatted(fractionDigits: 3)) } ?? .missing
    }
    return [
      .number(pass.aosAzimuthDeg, decimals: 3), .number(pass.culminationAzimuthDeg, decimals: 3),
      .number(pass.losAzimuthDeg, decimals: 3), .number(pass.durationSeconds, decimals: 3),
      .flag(pass.startsBeforeWindow), .flag(pass.endsAfterWindow),
      .flag(pass.light?.isSunlit ?? false), .flag(!seen.isEmpty),
      time(seen.first?.lowerBound), time(seen.last?.upperBound),
    ]
  }

  /// An element set without a theory has no passes, which must not look like a satellite that stays down.
  private func tellUnusable(in elements: [ElementSet]) {
    let unusable = elements.filter { (try? Satellite($0)) == nil }
    for set in unusable.prefix(5) {
      writeError("\(set.name) (\(set.catalogNumber)): its elements describe no orbit; left out\n")
    }
    if unusable.count > 5 { writeError("and \(unusable.count - 5) more\n") }
  }

  private func draw(
    _ found: [FoundPass], of elements: [ElementSet], until end: UTC,
    orientation: EarthOrientationTable?, to destination: String
  ) throws {
    let drawing = PassPlot(
      passes: found, elements: elements, site: site.place, window: start.utc...end, maskDeg: mask,
      orientation: orientation)
    guard destination != "-" else { return writeOutput(drawing.text) }
    do {
      try Data(drawing.svg.utf8).write(to: URL(fileURLWithPath: destination))
    } catch {
      throw InputError(
        description: "\(destination): can't be written: check the folder and its permissions")
    }
    writeError("\(destination): \(drawing.caption)\n")
  }
}
