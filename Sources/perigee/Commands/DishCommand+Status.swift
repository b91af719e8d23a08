import ArgumentParser
import Dish
import Orbits

/// `perigee dish status`: the moment.
struct DishStatusCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "status",
    abstract: "What the terminal says of the moment, and where it is if it may tell.",
    discussion: """
      EXAMPLES
        perigee dish status
        perigee dish status 127.0.0.1:9200 --output json
      """)

  @OptionGroup var dish: DishOptions

  @OptionGroup var format: OutputOptions

  func run() async throws {
    let (status, location) = try await dish.ask { client throws(TerminalError) in
      let status = try await client.status()
      // Not every terminal has the question; its status is no less worth for it.
      let location = try? await client.location()
      return (status, location)
    }
    let fields = Self.fields(status, location)
    var printer: RowPrinter
    if format.output == .table {
      printer = RowPrinter(columns: ["what", "value"], format: .table)
      for (name, cell) in fields {
        if case .missing = cell { continue }
        try printer.add([.text(name), .text(cell.plain)])
      }
    } else {
      printer = RowPrinter(columns: fields.map(\.name), format: format.output)
      try printer.add(fields.map(\.cell))
    }
    printer.finish()
  }

  private static func fields(
    _ status: TerminalStatus, _ location: TerminalLocation?
  ) -> [(name: String, cell: Cell)] {
    func number(_ value: Double?, _ decimals: Int = 1) -> Cell {
      value.map { .number($0, decimals: decimals) } ?? .missing
    }
    func text(_ value: String?) -> Cell { value.map { .text($0) } ?? .missing }
    func flag(_ value: Bool?) -> Cell { value.map { .flag($0) } ?? .missing }
    func integer(_ value: Int?) -> Cell { value.map { .integer($0) } ?? .missing }
    let raised = status.alerts.filter(\.isRaised).map(\.name)
    return [
      ("state", .text(status.state)),
      ("outage_s", number(status.outage?.durationSeconds)),
      ("alerts", .text(raised.isEmpty ? "none" : raised.joined(separator: " "))),
      ("pop_ping_latency_ms", number(status.popPingLatencyMs)),
      ("pop_ping_drop_rate", number(status.popPingDropRate, 3)),
      ("downlink_mbps", number(status.downlinkBitsPerSecond.map { $0 / 1e6 }, 3)),
      ("uplink_mbps", number(status.uplinkBitsPerSecond.map { $0 / 1e6 }, 3)),
      ("seconds_to_first_nonempty_slot", number(status.secondsToFirstNonemptySlot)),
      ("obstructed_now", flag(status.obstruction?.isCurrentlyObstructed)),
      ("obstructed_fraction", number(status.obstruction?.fraction, 4)),
      ("boresight_azimuth_deg", number(status.boresightAzimuthDeg)),
      ("boresight_elevation_deg", number(status.boresightElevationDeg)),
      ("gps_valid", flag(status.gps?.isValid)),
      ("gps_satellites", integer(status.gps?.satellites)),
      ("latitude_deg", number(location?.place.latitudeDeg, 5)),
      ("longitude_deg", number(location?.place.longitudeDeg, 5)),
      ("altitude_m", number(location.map { $0.place.altitudeKm * 1000 })),
      ("uptime_s", number(status.uptimeSeconds, 0)),
      ("ethernet_mbps", integer(status.ethernetMbps)),
      ("mobility_class", text(status.mobilityClass)),
      ("id", text(status.device?.id)),
      ("hardware", text(status.device?.hardwareVersion)),
      ("software", text(status.device?.softwareVersion)),
      ("country", text(status.device?.countryCode)),
      ("boot_count", integer(status.device?.bootCount)),
    ]
  }
}
