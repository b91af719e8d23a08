import ArgumentParser
import Fleet
import Network
import Orbits

/// `perigee sky`: what stands above a site now.
struct SkyCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sky",
    abstract: "Show the satellites that a site of a fleet can use, highest first.",
    discussion: """
      `serving` marks the satellite of the current slot.

      EXAMPLES
        perigee sky examples/tristan-da-cunha.yaml --site tristan
        perigee sky examples/polar-station.yaml --site troll --at 2026-11-25T12:00:00Z --output json
      """)

  @Argument(help: "The fleet's manifest.")
  var fleet: String

  @Option(help: "The site; the gateway's own where not given.")
  var site: String?

  @Option(help: "The time (ISO 8601, UTC), or now.")
  var at: TimeArgument = .now

  @OptionGroup var format: OutputOptions

  func run() throws {
    let file = try FleetFile(path: fleet)
    guard let name = site ?? file.fleet.gateway?.site else {
      throw InputError(description: "\(fleet) names no gateway site: give --site NAME")
    }
    try file.requirePlace(name, option: "--site")
    let topology = file.topology
    let view = SkyView(topology, site: name, at: at.utc)
    var printer = RowPrinter(
      columns: [
        "satellite", "constellation", "elevation_deg", "azimuth_deg", "range_km", "serving",
      ], format: format.output)
    for sighting in view.sightings {
      try printer.add([
        .text(sighting.satellite), .text(sighting.constellation),
        .number(sighting.look.elevationDeg, decimals: 2),
        .number(sighting.look.azimuthDeg, decimals: 2),
        .number(sighting.look.rangeKm, decimals: 1), .flag(sighting.isServing),
      ])
    }
    printer.finish(empty: "no usable satellite above \(name) at \(at.utc)")
  }
}
