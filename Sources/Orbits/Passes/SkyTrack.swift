#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A satellite's way through one observer's sky, as functions of the seconds since a start.
struct SkyTrack {
  let satellite: Satellite
  let observer: Observer
  let start: UTC
  let sinMask: Double
  let reach: Reach?
  let minutesAtStart: Double

  init(satellite: Satellite, observer: Observer, start: UTC, end: UTC, maskDeg: Double) {
    let mask = min(90, maskDeg)
    let epoch = satellite.elements.epoch
    self.satellite = satellite
    self.observer = observer
    self.start = start
    sinMask = SinCos(mask * Double.pi / 180).sin
    minutesAtStart = start.minutes(since: epoch)
    reach = Reach(
      satellite: satellite, minutes: [minutesAtStart, end.minutes(since: epoch), 0],
      observer: observer, maskDeg: mask)
  }

  /// What is known of one moment.
  struct Moment {
    /// Seconds since the start.
    var time: Double
    /// Kilometres by which the satellite is above the mask, measured along the zenith; its sign is that
    /// of elevation minus mask.
    var clearance: Double
    /// Change of the clearance, kilometres per second.
    var clearanceRate: Double
    /// Positive while the elevation grows; a smooth function that vanishes at each culmination.
    var climb: Double
    /// Seconds for which the satellite certainly stays below the mask.
    var safeLeap: Double

    var isUp: Bool { clearance >= 0 }
  }

  /// The moment `time` seconds after the start, or `nil` where the satellite has no state.
  func moment(at time: Double) -> Moment? {
    guard let state = itrf(at: time) else { return nil }
    let line = state.positionKm - observer.positionKm
    let range = length(line)
    let height = dot(line, observer.up)
    let rise = dot(state.velocityKmS, observer.up)
    let alongLine = dot(line, state.velocityKmS)
    let clearance = height - sinMask * range
    return Moment(
      time: time, clearance: clearance,
      clearanceRate: rise - sinMask * alongLine / max(range, 1e-9),
      climb: rise * range - height * alongLine / max(range, 1e-9),
      safeLeap: clearance < 0 ? reach?.safeSeconds(at: state.positionKm) ?? 0 : 0)
  }

  /// Azimuth and elevation `time` seconds after the start.
  func lookAngles(at time: Double) -> LookAngles? {
    itrf(at: time).map { observer.lookAngles(to: $0) }
  }

  private func itrf(at time: Double) -> ITRFState? {
    guard let state = try? satellite.state(minutesSinceEpoch: minutesAtStart + time / 60)
    else { return nil }
    return state.itrf(at: start.adding(seconds: time))
  }

  /// The seconds between two looks: a thirtieth of a revolution at perigee speed, in which the elevation
  /// turns at most once.
  var step: Double {
    let e = satellite.orbit.eccentricity
    let a = satellite.orbit.semiMajorAxis
    let perigeeRate = WGS72.xke / (a * a.squareRoot()) * (1 + e).squareRoot() / pow(1 - e, 1.5)
    return max(20, 60 * 2 * Double.pi / perigeeRate / 30)
  }
}

/// How far from an observer, as an angle at the earth's centre, a satellite can reach the mask; and
/// how fast that angle can shrink.
struct Reach {
  private let zenith: Vector3
  private let reachRad: Double
  private let radPerSecond: Double

  /// Bounds for the span of time between the given minutes from epoch, through which drag changes the
  /// orbit one way. `nil` in deep space, where moon and sun change it to and fro.
  init?(satellite: Satellite, minutes: [Double], observer: Observer, maskDeg: Double) {
    guard satellite.deepSpace == nil else { return nil }
    let orbits = minutes.map { satellite.orbit.secularShape(minutesSinceEpoch: $0) }
    let a = orbits.map(\.semiMajorAxis).reduce(0, max) * WGS72.radiusKm
    let e = orbits.map(\.eccentricity).reduce(0, max)
    guard a.isFinite, e < 0.9 else { return nil }
    // Short-period terms move a satellite by some 10 km.
    let apogee = a * (1 + e) + 50
    let site = length(observer.positionKm)
    zenith = observer.positionKm / site
    // The zenith is at most 0.2 degrees off the direction from the centre.
    let mask = (maskDeg - 0.2) * Double.pi / 180
    reachRad = acos(min(1, site / apogee * cos(mask))) - mask
    // Kepler's second law at the lowest radius a state can have: a lower satellite has decayed.
    let perigee = a * (1 - e)
    let lowest = perigee < 8_400 ? WGS72.radiusKm : 0.97 * perigee
    let momentum = (WGS72.muKm3S2 * a).squareRoot() * 1.05
    radPerSecond = momentum / (lowest * lowest) + EarthRotation.radPerSecond
  }

  /// The seconds that pass at least before a satellite at an ITRF position reaches the mask.
  @inline(__always)
  func safeSeconds(at position: Vector3) -> Double {
    let angle = acos(max(-1, min(1, dot(position, zenith) / length(position))))
    return max(0, angle - reachRad) / radPerSecond
  }
}
