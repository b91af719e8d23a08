#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The size of an orbit in Brouwer's sense, in earth radii and radians per minute.
///
/// Element sets publish Kozai's mean motion; the theory works with Brouwer's, which differs by the
/// mean effect of J2 (Hoots and Roehrich, Spacetrack Report No. 3, section 5).
struct BrouwerOrbit {
  /// Mean motion, radians per minute.
  let meanMotion: Double
  /// Semi-major axis, earth radii.
  let semiMajorAxis: Double

  /// Recovers Brouwer's mean motion from Kozai's.
  init(kozaiMeanMotion n: Double, eccentricity: Double, cosInclination: Double) {
    let shift = Self.relativeShift(
      kozaiMeanMotion: n, eccentricity: eccentricity, cosInclination: cosInclination)
    meanMotion = n / (1 + shift)
    semiMajorAxis = pow(WGS72.xke / meanMotion, 2.0 / 3.0)
  }

  /// The Kozai mean motion, radians per minute, of an orbit with this Brouwer semi-major axis in
  /// earth radii: the inverse of ``init(kozaiMeanMotion:eccentricity:cosInclination:)``.
  ///
  /// A fixed-point iteration; the shift is of order J2, so each step gains three digits.
  static func kozaiMeanMotion(
    semiMajorAxis: Double, eccentricity: Double, cosInclination: Double
  ) -> Double {
    let brouwer = WGS72.xke / (semiMajorAxis * semiMajorAxis.squareRoot())
    var kozai = brouwer
    for _ in 0..<8 {
      kozai =
        brouwer
        * (1
          + relativeShift(
            kozaiMeanMotion: kozai, eccentricity: eccentricity, cosInclination: cosInclination))
    }
    return kozai
  }

  /// (Kozai - Brouwer) / Brouwer.
  private static func relativeShift(
    kozaiMeanMotion n: Double, eccentricity: Double, cosInclination: Double
  ) -> Double {
    let eta2 = 1 - eccentricity * eccentricity
    let j2Term =
      0.75 * WGS72.j2 * (3 * cosInclination * cosInclination - 1) / (eta2 * eta2.squareRoot())
    let a1 = pow(WGS72.xke / n, 2.0 / 3.0)
    let d1 = j2Term / (a1 * a1)
    let a0 = a1 * (1 - d1 * d1 - d1 * (1.0 / 3.0 + 134 * d1 * d1 / 81))
    return j2Term / (a0 * a0)
  }
}
