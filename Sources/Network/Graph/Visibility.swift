import Orbits

/// Which satellites a place may use, by an access rule.
struct Visibility {
  let observer: Observer
  private let rule: Constellation.AccessRule
  private let sineOfMask: Double

  init(from place: Geodetic, rule: Constellation.AccessRule) {
    self.observer = Observer(place)
    self.rule = rule
    if case .minElevationDeg(let degrees) = rule {
      self.sineOfMask = sineDeg(degrees)
    } else {
      self.sineOfMask = 0
    }
  }

  /// What every usable satellite meets, for eight at a time.
  var bound: Bound {
    switch rule {
    case .minElevationDeg(let degrees):
      // A metre for rounding.
      let margin = degrees >= 0 ? -0.001 : -.infinity
      return .above(observer.up, heightKm: dot(observer.up, observer.positionKm) + margin)
    case .maxSlantRangeKm(let limit):
      return .within(observer.positionKm, squaredKm: (limit + 0.001) * (limit + 0.001))
    }
  }

  /// A necessary condition that is cheap to test.
  enum Bound {
    /// Beyond a plane.
    case above(Vector3, heightKm: Double)
    /// In a sphere.
    case within(Vector3, squaredKm: Double)

    @inline(__always)
    func holds(_ x: Lanes, _ y: Lanes, _ z: Lanes) -> SIMDMask<Lanes.MaskStorage> {
      switch self {
      case .above(let up, let heightKm):
        return x * up.x + y * up.y + z * up.z .>= heightKm
      case .within(let centre, let squaredKm):
        let (dx, dy, dz) = (x - centre.x, y - centre.y, z - centre.z)
        return dx * dx + dy * dy + dz * dz .<= squaredKm
      }
    }
  }

  /// The slant range in kilometres where the satellite may be used, otherwise `nil`.
  @inline(__always)
  func slantRangeKm(to satellite: Vector3) -> Double? {
    let line = satellite - observer.positionKm
    let range = length(line)
    switch rule {
    case .minElevationDeg:
      return dot(line, observer.up) >= sineOfMask * range ? range : nil
    case .maxSlantRangeKm(let limit):
      return range <= limit ? range : nil
    }
  }
}
