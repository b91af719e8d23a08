#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The WGS84 ellipsoid (NIMA TR8350.2).
enum WGS84 {
  /// Semi-major axis, kilometres.
  static let radiusKm = 6_378.137
  /// Flattening.
  static let flattening = 1 / 298.257_223_563
  /// Semi-minor axis, kilometres.
  static let polarRadiusKm = radiusKm * (1 - flattening)
}

extension Geodetic {
  /// The place at an ITRF position in kilometres: exact to a micrometre from the earth's core to
  /// beyond the geostationary ring.
  ///
  /// Finds the nearest point of the ellipse in the meridian plane: with t the Lagrange multiplier of
  /// that problem, (a p / (t + a^2))^2 + (b z / (t + b^2))^2 = 1 falls and is convex for t > -b^2, so
  /// Newton's method started left of the root climbs to it and cannot miss (D. Eberly, "Distance
  /// from a Point to an Ellipse", 2013). On the axis the longitude is 0; at the centre the nearest
  /// points are the poles, and the north one is given.
  public init(itrfKm position: Vector3) {
    let degree = 180 / Double.pi
    let a = 1.0
    let b = 1 - WGS84.flattening
    let p = (position.x * position.x + position.y * position.y).squareRoot() / WGS84.radiusKm
    let z = abs(position.z) / WGS84.radiusKm
    let foot = EllipseFoot(p: p, z: z, a: a, b: b)
    self.init(
      latitudeDeg: position.z < 0 ? -foot.latitude * degree : foot.latitude * degree,
      longitudeDeg: p > 0 ? atan2(position.y, position.x) * degree : 0,
      altitudeKm: foot.height * WGS84.radiusKm)
  }

  /// The ITRF position of this place, kilometres.
  public var itrfKm: Vector3 {
    let latitude = SinCos(latitudeDeg * Double.pi / 180)
    let longitude = SinCos(longitudeDeg * Double.pi / 180)
    let e2 = WGS84.flattening * (2 - WGS84.flattening)
    let normal = WGS84.radiusKm / (1 - e2 * latitude.sin * latitude.sin).squareRoot()
    let fromAxis = (normal + altitudeKm) * latitude.cos
    return Vector3(
      fromAxis * longitude.cos, fromAxis * longitude.sin,
      (normal * (1 - e2) + altitudeKm) * latitude.sin)
  }
}

/// The foot of the perpendicular from a point of the first quadrant to an ellipse: its latitude in
/// radians, and the signed distance.
private struct EllipseFoot {
  let latitude: Double
  let height: Double

  init(p: Double, z: Double, a: Double, b: Double) {
    let a2 = a * a
    let b2 = b * b
    let gap = a2 - b2
    // s = t + b^2, so that nothing is lost to cancellation near the centre, where it is small.
    var s = max(b * z, a * p - gap)
    guard s > 0 else {
      // On the equator's plane near the centre the root falls on the function's own pole.
      let x = min(a, a2 * p / gap)
      let y = b * max(0, 1 - x * x / a2).squareRoot()
      latitude = atan2(y / b2, x / a2)
      height = -((x - p) * (x - p) + y * y).squareRoot()
      return
    }
    for _ in 0..<60 {
      let u = a * p / (s + gap)
      let v = b * z / s
      let excess = u * u + v * v - 1
      let step = 0.5 * excess / (u * u / (s + gap) + v * v / s)
      s += step
      if abs(step) < 1e-16 * s || excess <= 0 { break }
    }
    let nx = p / (s + gap)
    let ny = z / s
    latitude = atan2(ny, nx)
    height = (s - b2) * (nx * nx + ny * ny).squareRoot()
  }
}
