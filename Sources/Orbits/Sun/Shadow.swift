#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// How much of the sun a satellite sees past the earth.
public enum Shadow: String, Hashable, Sendable {
  /// All of it.
  case none
  /// A part: the earth covers some of the disc.
  case penumbra
  /// Nothing.
  case umbra
}

/// The earth's disc before the sun's, as a satellite sees them: conical shadows.
///
/// The earth is the WGS84 ellipsoid: space is stretched along its axis until it is a sphere, which
/// keeps every line of sight a line, so the touching of the sun's centre is exact. No atmosphere:
/// refraction and haze move the edges by seconds.
struct ShadowGeometry {
  /// The angle between the directions to the sun's centre and the earth's, radians.
  let separation: Double
  /// The sun's angular radius, radians.
  let sunRadius: Double
  /// The earth's angular radius, radians.
  let earthRadius: Double

  /// From a satellite's and the sun's places, kilometres, in one frame whose third axis is the earth's.
  init(satelliteKm: Vector3, sunKm: Vector3) {
    let stretch = Vector3(1, 1, 1 / (1 - WGS84.flattening))
    let satellite = satelliteKm * stretch
    let toSun = sunKm * stretch - satellite
    let radius = length(satellite)
    let distance = length(toSun)
    separation = acos(max(-1, min(1, -dot(satellite, toSun) / (radius * distance))))
    sunRadius = asin(min(1, Sun.radiusKm / length(sunKm - satelliteKm)))
    earthRadius = asin(min(1, WGS84.radiusKm / radius))
  }

  /// Positive outside the penumbra, radians; vanishes where the discs touch from outside.
  var clearOfPenumbra: Double { separation - earthRadius - sunRadius }
  /// Positive outside the umbra, radians; vanishes where the earth just covers the sun.
  var clearOfUmbra: Double { separation - earthRadius + sunRadius }
  /// Positive while the sun's centre is seen.
  var clearOfCentre: Double { separation - earthRadius }

  var shadow: Shadow {
    clearOfUmbra < 0 ? .umbra : clearOfPenumbra < 0 ? .penumbra : .none
  }
}

extension TEMEState {
  /// The earth's shadow on a satellite in this state at `time`, which must be the instant of the state.
  public func shadow(at time: UTC) -> Shadow {
    ShadowGeometry(satelliteKm: positionKm, sunKm: Sun.temePositionKm(at: time)).shadow
  }

  /// The angle between the orbit's plane and the sun, degrees in [-90, 90]; positive where the sun is
  /// on the side of the orbit's angular momentum.
  public func betaAngleDeg(at time: UTC) -> Double {
    let sun = Sun.temePositionKm(at: time)
    let (r, v) = (positionKm, velocityKmS)
    let normal = Vector3(
      r.y * v.z - r.z * v.y, r.z * v.x - r.x * v.z, r.x * v.y - r.y * v.x)
    let sine = dot(normal, sun) / (length(normal) * length(sun))
    return asin(max(-1, min(1, sine))) * 180 / Double.pi
  }
}
