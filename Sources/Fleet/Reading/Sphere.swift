import Orbits

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The round Earth, good to half a percent: enough to find mistakes.
enum Sphere {
  /// Mean radius (IUGG), kilometres.
  private static let radiusKm = 6_371.0088
  /// The radius of a geostationary orbit, kilometres.
  private static let geostationaryRadiusKm = 42_164.0

  /// The angle at the Earth's centre between two places, degrees.
  static func centralAngleDeg(_ a: Geodetic, _ b: Geodetic) -> Double {
    let (u, v) = (unitVector(a), unitVector(b))
    // Twice the arcsine of half the chord keeps its digits for near places.
    return 2 * asin(min(1, length(u - v) / 2)) * 180 / .pi
  }

  /// The great-circle distance between two places, kilometres.
  static func distanceKm(_ a: Geodetic, _ b: Geodetic) -> Double {
    centralAngleDeg(a, b) * .pi / 180 * radiusKm
  }

  /// Whether a geostationary satellite over `longitudeDeg` stands above the horizon of `place`.
  static func sees(geostationaryLongitudeDeg longitudeDeg: Double, from place: Geodetic) -> Bool {
    let below = Geodetic(latitudeDeg: 0, longitudeDeg: longitudeDeg)
    return cos(centralAngleDeg(place, below) * .pi / 180) > radiusKm / geostationaryRadiusKm
  }

  private static func unitVector(_ place: Geodetic) -> Vector3 {
    let latitude = place.latitudeDeg * .pi / 180
    let longitude = place.longitudeDeg * .pi / 180
    return Vector3(cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude))
  }
}
