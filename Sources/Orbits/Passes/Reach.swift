#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How far from an observer, as an angle at the earth's centre, a satellite can reach the mask; and
/// how fast that angle can shrink.
struct Reach {
  private let zenith: Vector3
  private let reachRad: Double
  private let secondsPerRad: Double

  /// Bounds for a satellite that never rises above `apogeeKm` from the earth's centre and whose place on
  /// the turning earth never moves faster than `radPerSecond`.
  init(observer: Observer, maskDeg: Double, apogeeKm: Double, radPerSecond: Double) {
    let site = length(observer.positionKm)
    zenith = observer.positionKm / site
    // The zenith is at most 0.2 degrees off the direction from the centre.
    let mask = (maskDeg - 0.2) * Double.pi / 180
    reachRad = acos(min(1, site / apogeeKm * cos(mask))) - mask
    secondsPerRad = 1 / radPerSecond
  }

  /// Bounds for the span of time between the given minutes from epoch, through which drag changes the
  /// orbit one way. `nil` in deep space, where moon and sun change it to and fro.
  init?(satellite: Satellite, minutes: [Double], observer: Observer, maskDeg: Double) {
    guard satellite.deepSpace == nil else { return nil }
    let orbits = minutes.map { satellite.orbit.secularShape(minutesSinceEpoch: $0) }
    let a = orbits.map(\.semiMajorAxis).reduce(0, max) * WGS72.radiusKm
    let e = orbits.map(\.eccentricity).reduce(0, max)
    guard a.isFinite, e < 0.9 else { return nil }
    // Kepler's second law at the lowest radius a state can have: a lower satellite has decayed.
    let perigee = a * (1 - e)
    let lowest = perigee < 8_400 ? WGS72.radiusKm : 0.97 * perigee
    let momentum = (WGS72.muKm3S2 * a).squareRoot() * 1.05
    // Short-period terms move a satellite by some 10 km.
    self.init(
      observer: observer, maskDeg: maskDeg, apogeeKm: a * (1 + e) + 50,
      radPerSecond: momentum / (lowest * lowest) + EarthRotation.radPerSecond)
  }

  /// The seconds that pass at least before a satellite at an ITRF position reaches the mask.
  @inline(__always)
  func safeSeconds(at position: Vector3) -> Double {
    safeSeconds(at: position, inverseRadius: 1 / length(position))
  }

  @inline(__always)
  func safeSeconds(at position: Vector3, inverseRadius: Double) -> Double {
    // acos(1 - y) by its series, all terms of which are positive: cut short it is a lower bound.
    let y = max(0, 1 - dot(position, zenith) * inverseRadius)
    let angle =
      (2 * y).squareRoot() * (1 + y * (1 / 12.0 + y * (3 / 160.0 + y * (5 / 896.0))))
    return max(0, angle - reachRad) * secondsPerRad
  }
}
