#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The shortest way that satellites of one altitude could offer: straight up and down at the lowest usable
/// elevation, and a free arc at the height of the orbits in between. No grid of satellites beats it.
public struct IdealPath: Sendable, Equatable {
  /// The orbits' altitude above the mean radius of the Earth, kilometres.
  public var altitudeKm: Double
  /// The lowest elevation at which a terminal uses a satellite, degrees.
  public var minElevationDeg: Double

  /// Creates an ideal path.
  public init(altitudeKm: Double, minElevationDeg: Double) {
    self.altitudeKm = altitudeKm
    self.minElevationDeg = minElevationDeg
  }

  /// Propagation one way between places that far apart on the ground, milliseconds.
  public func oneWayMs(groundKm: Double) -> Double {
    let radius = GreatCircle.earthRadiusKm
    let orbit = radius + altitudeKm
    let angle = groundKm / radius
    let elevation = minElevationDeg * .pi / 180
    // A slant is shorter than the arc above it, so the lowest elevation is best.
    let slantAngle = min(acos(radius * cos(elevation) / orbit) - elevation, angle / 2)
    let slant =
      (radius * radius + orbit * orbit - 2 * radius * orbit * cos(slantAngle)).squareRoot()
    return Light.milliseconds(km: 2 * slant + orbit * (angle - 2 * slantAngle))
  }

  /// The farthest distance on the ground that a budget of propagation one way reaches, kilometres; 0 where it
  /// does not even reach the satellite and come back.
  public func reachKm(withinMs budgetMs: Double) -> Double {
    guard oneWayMs(groundKm: 0) < budgetMs else { return 0 }
    var (low, high) = (0.0, GreatCircle.earthRadiusKm * .pi)
    guard oneWayMs(groundKm: high) > budgetMs else { return high }
    for _ in 0..<60 {
      let middle = (low + high) / 2
      if oneWayMs(groundKm: middle) < budgetMs { low = middle } else { high = middle }
    }
    return low
  }
}
