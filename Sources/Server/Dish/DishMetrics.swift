import Dish
import Network

/// The terminals' part of the metrics page, under the names that dashboards know from the Go exporters
/// (`starlink_dish_*`).
///
/// Those exporters give bits per second as `*_throughput_bytes`. Here bytes are bytes and say per what:
/// `*_throughput_bytes_per_second`; the old names, with bits, are there only where the manifest asks.
struct DishMetrics {
  /// One terminal.
  struct Dish {
    var uplink: String
    var reading: TerminalReadings.Reading
    var hasLegacyMetrics: Bool
  }

  /// Bounds of what a terminal's own words may take up.
  private static let maximumAlerts = 64
  private static let maximumLabelLength = 64

  let dishes: [Dish]

  init(_ terminals: NodeTerminals) {
    let readings = terminals.readings.all
    dishes = terminals.terminals.map {
      Dish(
        uplink: $0.uplink.name, reading: readings[$0.uplink.name] ?? TerminalReadings.Reading(),
        hasLegacyMetrics: $0.settings.hasLegacyMetrics)
    }
  }

  func write(to out: inout PrometheusText) {
    guard !dishes.isEmpty else { return }
    gauge(&out, "up", "Whether the last query of the terminal was answered.") { $0.isUp ? 1 : 0 }
    gauge(&out, "scrape_duration_seconds", "How long the terminal's last answers took.") {
      $0.isUp ? $0.scrapeSeconds : nil
    }
    device(&out)
    link(&out)
    throughput(&out)
    obstruction(&out)
    gauge(&out, "power_watt_current", "Electrical power drawn now.") { $0.power?.newest }
    gauge(&out, "power_watt_avg_15min", "Electrical power drawn, mean over 15 minutes.") {
      $0.power?.mean
    }
    alerts(&out)
  }

  private func device(_ out: inout PrometheusText) {
    family(&out, "info", "Hardware, software and identity of the terminal.") { reading in
      guard let device = reading.status?.device else { return [] }
      let labels = [
        ("device_id", device.id), ("hardware_version", device.hardwareVersion),
        ("software_version", device.softwareVersion), ("country_code", device.countryCode),
        ("utc_offset", device.utcOffsetSeconds.map(String.init)),
      ]
      return [(labels.map { ($0, Self.label($1 ?? "")) }, 1)]
    }
    status(&out, "uptime_seconds", "Time since the terminal started.", \.uptimeSeconds)
    status(&out, "boot_count", "How often the terminal has started.") {
      $0.device?.bootCount.map(Double.init)
    }
    status(&out, "eth_speed", "Speed of the cable to the terminal, Mbit/s.") {
      $0.ethernetMbps.map(Double.init)
    }
    status(&out, "gps_valid", "1 while the terminal knows its place by GPS.") {
      $0.gps?.isValid.map(Self.number)
    }
    status(&out, "gps_sats", "GPS satellites in use.") { $0.gps?.satellites.map(Double.init) }
    family(&out, "mobility_class", "1 for the movement that the contract allows.") { reading in
      guard let name = reading.status?.mobilityClass else { return [] }
      return [([("mobility_class", Self.label(name))], 1)]
    }
  }

  private func link(_ out: inout PrometheusText) {
    status(&out, "state", "0 unknown or out, 1 booting, 2 searching, 3 connected.") {
      ["BOOTING": 1, "SEARCHING": 2, "CONNECTED": 3][$0.state] ?? 0
    }
    status(
      &out, "first_nonempty_slot_seconds", "Time until the first slot with a satellite.",
      \.secondsToFirstNonemptySlot)
    status(
      &out, "pop_ping_drop_ratio", "Share of pings to the PoP that were lost.", \.popPingDropRate)
    status(&out, "pop_ping_latency_seconds", "Round trip to the PoP.") {
      $0.popPingLatencyMs.flatMap { $0 >= 0 ? $0 / 1000 : nil }
    }
    status(
      &out, "bore_sight_azimuth_deg", "Where the antenna points, from north through east.",
      \.boresightAzimuthDeg)
    status(
      &out, "bore_sight_elevation_deg", "Where the antenna points, above the horizon.",
      \.boresightElevationDeg)
    family(&out, "outage_duration", "How long the outage under way has lasted, seconds.") {
      guard let outage = $0.status?.outage, let seconds = outage.durationSeconds else { return [] }
      return [([("cause", Self.label(outage.cause))], seconds)]
    }
  }

  private func throughput(_ out: inout PrometheusText) {
    let directions: [(name: String, what: String, bits: (TerminalStatus) -> Double?)] = [
      ("downlink", "to", \.downlinkBitsPerSecond), ("uplink", "from", \.uplinkBitsPerSecond),
    ]
    for (name, what, bits) in directions {
      status(
        &out, "\(name)_throughput_bytes_per_second", "Traffic \(what) the site, bytes per second."
      ) { bits($0).map { $0 / 8 } }
    }
    guard dishes.contains(where: \.hasLegacyMetrics) else { return }
    for (name, what, bits) in directions {
      let help = "Traffic \(what) the site in BITS per second, under the name that others give it."
      family(&out, "\(name)_throughput_bytes", help, of: dishes.filter(\.hasLegacyMetrics)) {
        $0.status.flatMap(bits).map { [([], $0)] } ?? []
      }
    }
  }

  private func obstruction(_ out: inout PrometheusText) {
    func gauge(
      _ name: String, _ help: String, _ value: @escaping (TerminalStatus.Obstruction) -> Double?
    ) {
      status(&out, name, help) { $0.obstruction.flatMap(value) }
    }
    gauge("currently_obstructed", "1 while something stands in the way.") {
      $0.isCurrentlyObstructed.map(Self.number)
    }
    gauge("fraction_obstruction_ratio", "Share of the sky that is obstructed.", \.fraction)
    gauge("time_obstructed", "Share of time that was obstructed.", \.timeFraction)
    gauge("valid_seconds", "For how long the terminal has looked.", \.validSeconds)
    gauge("patches_valid", "Places of the sky that have been looked at.") {
      $0.validPatches.map(Double.init)
    }
    gauge(
      "prolonged_obstruction_duration_seconds", "Mean length of longer obstructions.",
      \.prolongedDurationSeconds)
    gauge(
      "prolonged_obstruction_interval_seconds", "Mean time between longer obstructions.",
      \.prolongedIntervalSeconds)
  }

  /// One family for each warning that any of the terminals knows.
  private func alerts(_ out: inout PrometheusText) {
    let known = Set(dishes.flatMap { $0.reading.status?.alerts.map(\.name) ?? [] })
    for name in known.sorted().filter(Self.isPlain).prefix(Self.maximumAlerts) {
      status(&out, "alert_\(Self.exporterNames[name] ?? name)", "1 while the terminal warns so.") {
        $0.alerts.first { $0.name == name }.map { Self.number($0.isRaised) }
      }
    }
  }

  /// The warnings whose names in the exporters are not those of the terminal's fields.
  private static let exporterNames = [
    "slow_ethernet_speeds": "slow_eth_speeds", "is_power_save_idle": "power_save_idle",
  ]

  private static func isPlain(_ name: String) -> Bool {
    (1...maximumLabelLength).contains(name.utf8.count)
      && name.utf8.allSatisfy { (97...122).contains($0) || (48...57).contains($0) || $0 == 95 }
  }

  private static func label(_ text: String) -> String { String(text.prefix(maximumLabelLength)) }

  private static func number(_ flag: Bool) -> Double { flag ? 1 : 0 }

  private func status(
    _ out: inout PrometheusText, _ name: String, _ help: String,
    _ value: (TerminalStatus) -> Double?
  ) {
    gauge(&out, name, help) { $0.status.flatMap(value) }
  }

  private func gauge(
    _ out: inout PrometheusText, _ name: String, _ help: String,
    _ value: (TerminalReadings.Reading) -> Double?
  ) {
    family(&out, name, help) { value($0).map { [([], $0)] } ?? [] }
  }

  /// A family with what each terminal has for it; none where none has anything. A terminal that no longer
  /// answers says nothing but that.
  private func family(
    _ out: inout PrometheusText, _ name: String, _ help: String, of chosen: [Dish]? = nil,
    _ samples: (TerminalReadings.Reading) -> [(labels: [(String, String)], value: Double)]
  ) {
    let all = (chosen ?? dishes).flatMap { dish in
      (dish.reading.isUp || name == "up" ? samples(dish.reading) : [])
        .filter { !$0.value.isNaN }.map { (dish.uplink, $0) }
    }
    guard !all.isEmpty else { return }
    out.family("starlink_dish_\(name)", .gauge, help)
    for (uplink, sample) in all {
      out.sample("starlink_dish_\(name)", [("uplink", uplink)] + sample.labels, sample.value)
    }
  }
}
