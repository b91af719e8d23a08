import Orbits

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Distances and points along the surface of a sphere with the Earth's mean radius.
public enum GreatCircle {
  /// The Earth's mean radius, kilometres (IUGG R1).
  public static let earthRadiusKm = 6371.0088

  /// The distance between two places along the surface, kilometres (haversine formula).
  public static func distanceKm(_ a: Geodetic, _ b: Geodetic) -> Double {
    2 * earthRadiusKm * asin(haversineRoot(a, b))
  }

  /// The place `share` (0 to 1) of the way from `a` to `b` along the surface; altitude is linear.
  public static func point(from a: Geodetic, to b: Geodetic, share: Double) -> Geodetic {
    let altitude = a.altitudeKm + (b.altitudeKm - a.altitudeKm) * share
    let angle = 2 * asin(haversineRoot(a, b))
    guard angle > 1e-12 else {
      return Geodetic(
        latitudeDeg: a.latitudeDeg, longitudeDeg: a.longitudeDeg, altitudeKm: altitude)
    }
    let p =
      unit(a) * (sin((1 - share) * angle) / sin(angle)) + unit(b)
      * (sin(share * angle) / sin(angle))
    return Geodetic(
      latitudeDeg: atan2(p.z, (p.x * p.x + p.y * p.y).squareRoot()) * 180 / .pi,
      longitudeDeg: atan2(p.y, p.x) * 180 / .pi, altitudeKm: altitude)
  }

  private static func haversineRoot(_ a: Geodetic, _ b: Geodetic) -> Double {
    let toRad = Double.pi / 180
    let halfLatitude = sin((b.latitudeDeg - a.latitudeDeg) * toRad / 2)
    let halfLongitude = sin((b.longitudeDeg - a.longitudeDeg) * toRad / 2)
    let h =
      halfLatitude * halfLatitude
      + cos(a.latitudeDeg * toRad) * cos(b.latitudeDeg * toRad) * halfLongitude * halfLongitude
    return min(1, h.squareRoot())
  }

  private static func unit(_ place: Geodetic) -> Vector3 {
    let latitude = place.latitudeDeg * .pi / 180
    let longitude = place.longitudeDeg * .pi / 180
    return Vector3(cos(latitude) * cos(longitude), cos(latitude) * sin(longitude), sin(latitude))
  }
}
