import Network
import Orbits

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How high a geostationary satellite stands over a place, on a round Earth: good to a quarter of a
/// degree, enough to find mistakes.
enum GeostationaryView {
  /// Lower than this the forecast does not use one, degrees.
  static let maskDeg = 5.0
  /// The radius of the geostationary orbit, kilometres.
  private static let radiusKm = 42_164.17

  /// The elevation of a geostationary satellite over `longitudeDeg` as seen from `place`, degrees.
  static func elevationDeg(longitudeDeg: Double, from place: Geodetic) -> Double {
    let below = Geodetic(latitudeDeg: 0, longitudeDeg: longitudeDeg)
    let angle = GreatCircle.distanceKm(place, below) / GreatCircle.earthRadiusKm
    return atan2(cos(angle) - GreatCircle.earthRadiusKm / radiusKm, sin(angle)) * 180 / .pi
  }
}
