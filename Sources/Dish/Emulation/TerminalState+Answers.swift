import Orbits

extension TerminalState {
  /// The answer to `get_status`.
  var status: DynamicMessage {
    var out = TerminalAPI.message("DishGetStatusResponse")
    out["device_info"] = .message(deviceInfo)
    var device = TerminalAPI.message("DeviceState")
    device["uptime_s"] = .unsigned(UInt64(max(0, lastTime.seconds(since: bootedAt))))
    out["device_state"] = .message(device)
    out["obstruction_stats"] = .message(obstructionStats)
    out["alerts"] = .message(TerminalAPI.message("DishAlerts"))
    out["gps_stats"] = .message(gpsStats)
    out["eth_speed_mbps"] = .integer(1_000)
    out["mobility_class"] = .integer(isMobile ? 2 : 0)
    out["boresight_elevation_deg"] = .real(90)
    guard let latest else { return out }
    out["pop_ping_drop_rate"] = .real(latest.dropRate)
    out["pop_ping_latency_ms"] = .real(latest.latencyMs ?? -1)
    out["downlink_throughput_bps"] = .real(latest.downlinkBitsPerSecond)
    out["uplink_throughput_bps"] = .real(latest.uplinkBitsPerSecond)
    out["is_snr_above_noise_floor"] = .flag(latest.outage == nil)
    out["outage"] = currentOutage.map { .message($0.message) }
    return out
  }

  /// The answer to `get_history`.
  var history: DynamicMessage {
    var out = TerminalAPI.message("DishGetHistoryResponse")
    out["current"] = .unsigned(UInt64(count))
    func column(_ name: String, _ value: (TerminalSample) -> Double) {
      out[all: name] = ring.map { .real(value($0)) }
    }
    column("pop_ping_drop_rate", \.dropRate)
    column("pop_ping_latency_ms") { $0.latencyMs ?? 0 }
    column("downlink_throughput_bps", \.downlinkBitsPerSecond)
    column("uplink_throughput_bps", \.uplinkBitsPerSecond)
    column("power_in", \.powerW)
    out[all: "outages"] = outages.map { .message($0.message) }
    return out
  }

  /// The answer to `dish_get_obstruction_map`.
  var obstructionMap: DynamicMessage {
    var out = TerminalAPI.message("DishGetObstructionMapResponse")
    out["num_rows"] = .unsigned(UInt64(SeenSky.size))
    out["num_cols"] = .unsigned(UInt64(SeenSky.size))
    out[all: "snr"] = sky.snr.map { .real(Double($0)) }
    out["min_elevation_deg"] = .real(SeenSky.minElevationDeg)
    out["max_theta_deg"] = .real(SeenSky.maxThetaDeg)
    out["map_reference_frame"] = .integer(1)
    return out
  }

  /// The answer to `get_location`; `nil` where the terminal may not tell.
  var locationAnswer: DynamicMessage? {
    guard let location else { return nil }
    var place = TerminalAPI.message("LLAPosition")
    place["lat"] = .real(location.latitudeDeg)
    place["lon"] = .real(location.longitudeDeg)
    place["alt"] = .real(location.altitudeKm * 1_000)
    var out = TerminalAPI.message("GetLocationResponse")
    out["lla"] = .message(place)
    out["source"] = .integer(4)
    out["sigma_m"] = .real(3)
    return out
  }

  private var deviceInfo: DynamicMessage {
    var out = TerminalAPI.message("DeviceInfo")
    out["id"] = .text(identity.id)
    out["hardware_version"] = .text(identity.hardwareVersion)
    out["software_version"] = .text(identity.softwareVersion)
    out["country_code"] = .text(identity.countryCode)
    out["bootcount"] = .integer(1)
    return out
  }

  private var obstructionStats: DynamicMessage {
    var out = TerminalAPI.message("DishObstructionStats")
    out["valid_s"] = .real(Double(count))
    out["patches_valid"] = .unsigned(UInt64(sky.seenCount))
    out["avg_prolonged_obstruction_interval_s"] = .real(.nan)
    return out
  }

  private var gpsStats: DynamicMessage {
    var out = TerminalAPI.message("DishGpsStats")
    out["gps_valid"] = .flag(true)
    out["gps_sats"] = .unsigned(12)
    return out
  }
}

extension TerminalState.Outage {
  fileprivate var message: DynamicMessage {
    var out = TerminalAPI.message("DishOutage")
    out["cause"] = .integer(Int64(cause.rawValue))
    out["start_timestamp_ns"] = .integer(GPSTime.nanoseconds(at: start))
    out["duration_ns"] = .unsigned(UInt64(seconds) * 1_000_000_000)
    return out
  }
}
