import ArgumentParser
import Network
import Orbits

/// `perigee route`: one path, hop by hop.
struct RouteCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "route",
    abstract: "Show the path between two sites at a time, hop by hop.",
    discussion: """
      EXAMPLES
        perigee route examples/tristan-da-cunha.yaml --from tristan --to eu-central-1
        perigee route examples/tristan-da-cunha.yaml --from tristan --to orbit --uplink starlink
      """)

  @OptionGroup var path: PathOptions

  @Option(help: "The time (ISO 8601, UTC), or now.")
  var at: TimeArgument = .now

  @OptionGroup var format: OutputOptions

  func run() throws {
    let file = try path.load()
    let topology = file.topology
    let state = NetworkState(topology, slot: Slot(containing: at.utc))
    let forecaster = Forecaster(topology)
    guard
      let best = forecaster.bestPath(from: path.from, to: path.to, over: path.uplink, state: state)
    else {
      throw Failure(
        description: "no path from \(path.from) to \(path.to) in the slot of \(at.utc): "
          + "try `perigee forecast \(path.fleet) --from \(path.from) --to \(path.to)` for when there is one"
      )
    }

    var printer = RowPrinter(
      columns: ["hop", "node", "lat_deg", "lon_deg", "alt_km", "leg_ms", "total_ms"],
      format: format.output)
    var total = 0.0
    for (index, node) in best.path.nodes.enumerated() {
      var leg = 0.0
      if index > 0 {
        leg = topology.propagationMs(along: best.path.leg(endingAt: index), sky: state.sky)
        total += leg
      }
      let place = topology.place(of: node, sky: state.sky)
      try printer.add([
        .integer(index), .text(topology.name(of: node)),
        .number(place.latitudeDeg, decimals: 3), .number(place.longitudeDeg, decimals: 3),
        .number(place.altitudeKm, decimals: 1), .number(leg, decimals: 3),
        .number(total, decimals: 3),
      ])
    }
    printer.finish()
    if format.output == .table {
      print(
        """

        propagation  \(fixed(total, decimals: 1)) ms one way, \(fixed(2 * total, decimals: 1)) ms round trip
        expected     \(fixed(best.oneWayMs, decimals: 1)) ms one way, \
        \(fixed(2 * best.oneWayMs, decimals: 1)) ms round trip (with access, processing and mean jitter)
        holds until  \(Slot(containing: at.utc).end)
        """)
    }
  }
}
