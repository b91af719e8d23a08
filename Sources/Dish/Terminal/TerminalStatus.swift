/// What a terminal says of the moment. Everything is optional: what a terminal's software does not define
/// is `nil`.
public struct TerminalStatus: Sendable {
  /// The terminal itself.
  public struct Device: Sendable, Equatable {
    /// Its identity, such as `ut01000000-00000000-00000000`.
    public var id: String?
    /// The hardware, such as `rev4_panda_prod2`.
    public var hardwareVersion: String?
    /// The software.
    public var softwareVersion: String?
    /// Two letters of ISO 3166.
    public var countryCode: String?
    /// Local time less UTC, seconds.
    public var utcOffsetSeconds: Int?
    /// How often it has started.
    public var bootCount: Int?
    /// The generation number of its software.
    public var generation: Int?
  }

  /// What stands in the way of its view.
  public struct Obstruction: Sendable, Equatable {
    /// The share of its sky in which something stands, 0 to 1.
    public var fraction: Double?
    /// The share of time during which something stood in the way, 0 to 1.
    public var timeFraction: Double?
    /// For how long it has looked, seconds.
    public var validSeconds: Double?
    /// Whether something stands in the way now.
    public var isCurrentlyObstructed: Bool?
    /// The mean length of longer obstructions, seconds; NaN where there were none.
    public var prolongedDurationSeconds: Double?
    /// The mean time between longer obstructions, seconds; NaN where there were none.
    public var prolongedIntervalSeconds: Double?
    /// Whether those two mean anything.
    public var isProlongedValid: Bool?
    /// How many places of its sky it has looked at.
    public var validPatches: Int?
  }

  /// One thing that the terminal warns of.
  public struct Alert: Sendable, Equatable {
    /// Its name in the terminal's definitions, such as `thermal_throttle`.
    public var name: String
    /// Its number in the terminal's definitions.
    public var number: Int
    /// Whether the warning stands.
    public var isRaised: Bool
  }

  /// Its GPS receiver.
  public struct GPS: Sendable, Equatable {
    /// Whether it knows where it is.
    public var isValid: Bool?
    /// How many satellites it uses.
    public var satellites: Int?
    /// Whether it was told not to use them.
    public var isInhibited: Bool?
  }

  /// The terminal itself.
  public var device: Device?
  /// Since when it runs, seconds.
  public var uptimeSeconds: Double?
  /// Seconds until the first slot in which it has a satellite.
  public var secondsToFirstNonemptySlot: Double?
  /// The share of pings to the PoP that were lost in the last second.
  public var popPingDropRate: Double?
  /// The round trip to the PoP, milliseconds; -1 where no ping came back.
  public var popPingLatencyMs: Double?
  /// Traffic to the site, bits per second.
  public var downlinkBitsPerSecond: Double?
  /// Traffic from the site, bits per second.
  public var uplinkBitsPerSecond: Double?
  /// What stands in the way of its view.
  public var obstruction: Obstruction?
  /// Every warning that its software knows, raised or not.
  public var alerts: [Alert]
  /// Why it has no connection, where it has none.
  public var outage: TerminalOutage?
  /// Its GPS receiver.
  public var gps: GPS?
  /// Where the antenna points: azimuth from north through east, degrees.
  public var boresightAzimuthDeg: Double?
  /// Where the antenna points: elevation, degrees.
  public var boresightElevationDeg: Double?
  /// The speed of the cable to it, Mbit/s.
  public var ethernetMbps: Int?
  /// What movement its contract allows, such as `STATIONARY`.
  public var mobilityClass: String?
  /// Whether it was told to fold itself away.
  public var isStowRequested: Bool?
  /// Whether it hears anything.
  public var isSNRAboveNoiseFloor: Bool?

  /// What the terminal does, in one word: `CONNECTED`, `SEARCHING`, or the cause of its outage.
  public var state: String {
    guard let outage else { return "CONNECTED" }
    return outage.cause == "NO_SCHEDULE" ? "SEARCHING" : outage.cause
  }

  init(_ message: DynamicMessage) {
    device = message.message("device_info").map(Device.init)
    uptimeSeconds = message.message("device_state")?.number("uptime_s")
    secondsToFirstNonemptySlot = message.number("seconds_to_first_nonempty_slot")
    popPingDropRate = message.number("pop_ping_drop_rate")
    popPingLatencyMs = message.number("pop_ping_latency_ms")
    downlinkBitsPerSecond = message.number("downlink_throughput_bps")
    uplinkBitsPerSecond = message.number("uplink_throughput_bps")
    obstruction = message.message("obstruction_stats").map(Obstruction.init)
    alerts = message.message("alerts").map(Alert.all) ?? []
    outage = message.message("outage").map(TerminalOutage.init)
    gps = message.message("gps_stats").map(GPS.init)
    boresightAzimuthDeg = message.number("boresight_azimuth_deg")
    boresightElevationDeg = message.number("boresight_elevation_deg")
    ethernetMbps = message.integer("eth_speed_mbps")
    mobilityClass = message.enumerationName("mobility_class").map(String.init(fromPeer:))
    isStowRequested = message.flag("stow_requested")
    isSNRAboveNoiseFloor = message.flag("is_snr_above_noise_floor")
  }
}

extension TerminalStatus.Device {
  fileprivate init(_ message: DynamicMessage) {
    id = message.text("id").map(String.init(fromPeer:))
    hardwareVersion = message.text("hardware_version").map(String.init(fromPeer:))
    softwareVersion = message.text("software_version").map(String.init(fromPeer:))
    countryCode = message.text("country_code").map(String.init(fromPeer:))
    utcOffsetSeconds = message.integer("utc_offset_s")
    bootCount = message.integer("bootcount")
    generation = message.integer("generation_number")
  }
}

extension TerminalStatus.Obstruction {
  fileprivate init(_ message: DynamicMessage) {
    fraction = message.number("fraction_obstructed")
    timeFraction = message.number("time_obstructed")
    validSeconds = message.number("valid_s")
    isCurrentlyObstructed = message.flag("currently_obstructed")
    prolongedDurationSeconds = message.number("avg_prolonged_obstruction_duration_s")
    prolongedIntervalSeconds = message.number("avg_prolonged_obstruction_interval_s")
    isProlongedValid = message.flag("avg_prolonged_obstruction_valid")
    validPatches = message.integer("patches_valid")
  }
}

extension TerminalStatus.Alert {
  fileprivate static func all(_ message: DynamicMessage) -> [Self] {
    message.type.fields.compactMap { field in
      message.flag(field.name).map {
        Self(name: String(fromPeer: field.name), number: field.number, isRaised: $0)
      }
    }
  }
}

extension TerminalStatus.GPS {
  fileprivate init(_ message: DynamicMessage) {
    isValid = message.flag("gps_valid")
    satellites = message.integer("gps_sats")
    isInhibited = message.flag("inhibit_gps")
  }
}
