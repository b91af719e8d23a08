/// The part of a terminal's API that the emulated terminal speaks, with the names and numbers that
/// terminals use.
enum TerminalAPI {
  static let package = "SpaceX.API.Device"
  static let fileName = "spacex/api/device/device.proto"
  static let request = name("Request")
  static let response = name("Response")
  static let handlePath = "/\(name("Device"))/Handle"

  static let schema = Schema(
    messages: requests + answers + status + history, enumerations: enumerations,
    services: [
      Schema.Service(
        name("Device"), [Schema.Service.Method("Handle", input: request, output: response)])
    ])

  /// What server reflection tells.
  static let fileDescriptor = schema.fileDescriptor(named: fileName, package: package)

  static func name(_ name: String) -> String { "\(package).\(name)" }

  /// An empty message of ours.
  static func message(_ type: String) -> DynamicMessage {
    DynamicMessage(
      type: schema.messages[name(type)] ?? Schema.Message(name(type), []), schema: schema)
  }

  private typealias Field = Schema.Field

  private static func define(_ type: String, _ fields: [Field]) -> Schema.Message {
    Schema.Message(name(type), fields)
  }

  private static func one(
    _ number: Int, _ name: String, _ type: String, oneof: String? = nil
  ) -> Field {
    Field(number, name, .message, of: Self.name(type), oneof: oneof)
  }

  private static let requests: [Schema.Message] = {
    let kinds: [(Int, String, String)] = [
      (1001, "reboot", "RebootRequest"), (1004, "get_status", "GetStatusRequest"),
      (1007, "get_history", "GetHistoryRequest"), (1017, "get_location", "GetLocationRequest"),
      (2002, "dish_stow", "DishStowRequest"),
      (2008, "dish_get_obstruction_map", "DishGetObstructionMapRequest"),
      (2011, "dish_get_config", "DishGetConfigRequest"),
      (2013, "dish_power_save", "DishPowerSaveRequest"),
      (2014, "dish_inhibit_gps", "DishInhibitGpsRequest"),
    ]
    return [
      define(
        "Request",
        [Field(1, "id", .uint64)] + kinds.map { one($0.0, $0.1, $0.2, oneof: "request") })
    ] + kinds.map { define($0.2, []) }
  }()

  private static let answers: [Schema.Message] = [
    define(
      "Response",
      [
        Field(1, "id", .uint64), Field(3, "api_version", .uint64),
        one(1017, "get_location", "GetLocationResponse", oneof: "response"),
        one(2004, "dish_get_status", "DishGetStatusResponse", oneof: "response"),
        one(2006, "dish_get_history", "DishGetHistoryResponse", oneof: "response"),
        one(2008, "dish_get_obstruction_map", "DishGetObstructionMapResponse", oneof: "response"),
      ]),
    define(
      "GetLocationResponse",
      [
        one(1, "lla", "LLAPosition"),
        Field(3, "source", .enumeration, of: name("PositionSource")),
        Field(4, "sigma_m", .double),
      ]),
    define(
      "LLAPosition", [Field(1, "lat", .double), Field(2, "lon", .double), Field(3, "alt", .double)]),
    define(
      "DishGetObstructionMapResponse",
      [
        Field(1, "num_rows", .uint32), Field(2, "num_cols", .uint32),
        Field(3, "snr", .float, repeated: true), Field(4, "min_elevation_deg", .float),
        Field(5, "max_theta_deg", .float),
        Field(6, "map_reference_frame", .enumeration, of: name("ObstructionMapReferenceFrame")),
      ]),
  ]

  private static let status: [Schema.Message] = [
    define(
      "DishGetStatusResponse",
      [
        one(1, "device_info", "DeviceInfo"), one(2, "device_state", "DeviceState"),
        Field(1002, "seconds_to_first_nonempty_slot", .float),
        Field(1003, "pop_ping_drop_rate", .float),
        one(1004, "obstruction_stats", "DishObstructionStats"), one(1005, "alerts", "DishAlerts"),
        Field(1007, "downlink_throughput_bps", .float),
        Field(1008, "uplink_throughput_bps", .float), Field(1009, "pop_ping_latency_ms", .float),
        Field(1010, "stow_requested", .bool), Field(1011, "boresight_azimuth_deg", .float),
        Field(1012, "boresight_elevation_deg", .float), one(1014, "outage", "DishOutage"),
        one(1015, "gps_stats", "DishGpsStats"), Field(1016, "eth_speed_mbps", .int32),
        Field(1017, "mobility_class", .enumeration, of: name("UserMobilityClass")),
        Field(1018, "is_snr_above_noise_floor", .bool),
      ]),
    define(
      "DeviceInfo",
      [
        Field(1, "id", .string), Field(2, "hardware_version", .string),
        Field(3, "software_version", .string), Field(4, "country_code", .string),
        Field(5, "utc_offset_s", .int32), Field(8, "bootcount", .int32),
        Field(12, "generation_number", .int64),
      ]),
    define("DeviceState", [Field(1, "uptime_s", .uint64)]),
    define(
      "DishObstructionStats",
      [
        Field(1, "fraction_obstructed", .float), Field(4, "valid_s", .float),
        Field(5, "currently_obstructed", .bool),
        Field(6, "avg_prolonged_obstruction_duration_s", .float),
        Field(7, "avg_prolonged_obstruction_interval_s", .float),
        Field(8, "avg_prolonged_obstruction_valid", .bool), Field(9, "time_obstructed", .float),
        Field(10, "patches_valid", .uint32),
      ]),
    define(
      "DishGpsStats",
      [
        Field(1, "gps_valid", .bool), Field(2, "gps_sats", .uint32),
        Field(3, "no_sats_after_ttff", .bool), Field(4, "inhibit_gps", .bool),
      ]),
    define("DishAlerts", alerts.map { Field($0.0, $0.1, .bool) }),
  ]

  private static let alerts: [(Int, String)] = [
    (1, "motors_stuck"), (2, "thermal_shutdown"), (3, "thermal_throttle"),
    (4, "unexpected_location"), (5, "mast_not_near_vertical"), (6, "slow_ethernet_speeds"),
    (7, "roaming"), (8, "install_pending"), (9, "is_heating"),
    (10, "power_supply_thermal_throttle"), (11, "is_power_save_idle"), (14, "dbf_telem_stale"),
    (16, "low_motor_current"), (17, "lower_signal_than_predicted"),
    (18, "slow_ethernet_speeds_100"), (19, "obstruction_map_reset"), (20, "dish_water_detected"),
    (21, "router_water_detected"), (22, "upsu_router_port_slow"),
  ]

  private static let history: [Schema.Message] = [
    define(
      "DishGetHistoryResponse",
      [
        Field(1, "current", .uint64), Field(1001, "pop_ping_drop_rate", .float, repeated: true),
        Field(1002, "pop_ping_latency_ms", .float, repeated: true),
        Field(1003, "downlink_throughput_bps", .float, repeated: true),
        Field(1004, "uplink_throughput_bps", .float, repeated: true),
        Field(1009, "outages", .message, of: name("DishOutage"), repeated: true),
        Field(1010, "power_in", .float, repeated: true),
      ]),
    define(
      "DishOutage",
      [
        Field(1, "cause", .enumeration, of: name("DishOutage.Cause")),
        Field(2, "start_timestamp_ns", .int64), Field(3, "duration_ns", .uint64),
        Field(4, "did_switch", .bool),
      ]),
  ]

  private static let enumerations = [
    Schema.Enumeration(
      name("DishOutage.Cause"),
      TerminalSample.OutageCause.allCases.map { (number: $0.rawValue, name: $0.name) }),
    Schema.Enumeration(
      name("UserMobilityClass"), [(0, "STATIONARY"), (1, "NOMADIC"), (2, "MOBILE")]),
    Schema.Enumeration(
      name("ObstructionMapReferenceFrame"),
      [(0, "FRAME_UNKNOWN"), (1, "FRAME_EARTH"), (2, "FRAME_UT")]),
    Schema.Enumeration(
      name("PositionSource"),
      [(0, "AUTO"), (1, "NONE"), (2, "UT_INFO"), (3, "EXTERNAL"), (4, "GPS")]),
  ]
}
