import Orbits

/// Which satellites a place may use, by an access rule.
struct Visibility {
  private let observer: Observer
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

  /// The sine of the satellite's elevation.
  func sineOfElevation(of satellite: Vector3) -> Double {
    let line = satellite - observer.positionKm
    return dot(line, observer.up) / length(line)
  }
}
