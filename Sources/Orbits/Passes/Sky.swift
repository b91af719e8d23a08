/// A satellite's way through one observer's sky, as functions of the seconds since a start.
protocol Sky {
  var start: UTC { get }

  /// The moment `time` seconds after the start, or `nil` where the satellite has no state.
  mutating func moment(at time: Double) -> SkyMoment?

  /// Azimuth and elevation `time` seconds after the start.
  mutating func lookAngles(at time: Double) -> LookAngles?

  /// Hears where the mask was crossed, and how.
  mutating func crossed(_ moment: SkyMoment)

  /// Hears where the elevation turned.
  mutating func turned(_ moment: SkyMoment)
}

extension Sky {
  mutating func crossed(_ moment: SkyMoment) {}
  mutating func turned(_ moment: SkyMoment) {}
}

/// What is known of one moment.
struct SkyMoment {
  /// Seconds since the start.
  var time: Double
  /// Kilometres by which the satellite is above the mask, measured along the zenith; its sign is that
  /// of elevation minus mask.
  var clearance: Double
  /// Change of the clearance, kilometres per second.
  var clearanceRate: Double
  /// Positive while the elevation grows; a smooth function that vanishes at each culmination.
  var climb: Double
  /// Seconds for which the satellite certainly stays below the mask, before and after.
  var safeLeap: Double

  var isUp: Bool { clearance >= 0 }

  /// From the line of sight and its rate, both in ITRF.
  @inline(__always)
  init(
    time: Double, line: Vector3, rate: Vector3, up: Vector3, upPerSecond: Vector3 = .zero,
    sinMask: Double
  ) {
    let range = length(line)
    let height = dot(line, up)
    let rise = dot(rate, up) + dot(line, upPerSecond)
    let receding = dot(line, rate) / max(range, 1e-9)
    self.time = time
    clearance = height - sinMask * range
    clearanceRate = rise - sinMask * receding
    climb = rise * range - height * receding
    safeLeap = 0
  }
}
