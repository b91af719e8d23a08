#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The sun's apparent place by a short series.
///
/// Within 0.005 degrees and 3e-5 of its distance of astropy's ephemeris from 2000 to 2029 (measured
/// by the tests): at low orbits 0.1 s of an eclipse's time. After J. Meeus, "Astronomical
/// Algorithms", chapter 25, with the largest terms that the planets and the moon cause, from the
/// same author's "Astronomical Formulae for Calculators", chapter 18.
public enum Sun {
  /// The sun's radius, kilometres (IAU 2015 nominal).
  public static let radiusKm = 695_700.0
  /// The astronomical unit, kilometres.
  public static let astronomicalUnitKm = 149_597_870.7

  /// The sun's place as seen from the earth's centre at an instant, in TEME of date, kilometres.
  public static func temePositionKm(at time: UTC) -> Vector3 {
    let degree = Double.pi / 180
    let t = TT(time).centuriesSinceJ2000
    let meanLongitude = 280.46646 + t * (36_000.76983 + t * 0.0003032)
    let anomaly = (357.52911 + t * (35_999.05029 - 0.0001537 * t)) * degree
    let e = 0.016708634 - t * (0.000042037 + 0.0000001267 * t)
    let centre =
      (1.914602 - t * (0.004817 + 0.000014 * t)) * sin(anomaly)
      + (0.019993 - 0.000101 * t) * sin(2 * anomaly) + 0.000289 * sin(3 * anomaly)
    let pull = Perturbation(centuriesSince1900: t + 1)
    let distance =
      1.000001018 * (1 - e * e) / (1 + e * cos(anomaly + centre * degree)) + pull.distance

    // Nutation: the true equator is TEME's plane, but its origin is the mean equinox.
    let node = (125.04452 - 1_934.136261 * t) * degree
    let twiceSun = 2 * meanLongitude * degree
    let inLongitude = (-17.20 * sin(node) - 1.32 * sin(twiceSun)) / 3_600
    let inObliquity = (9.20 * cos(node) + 0.57 * cos(twiceSun)) / 3_600
    let obliquity = SinCos((23.43929111 - 0.0130042 * t + inObliquity) * degree)
    // The sun is seen where it was 8.3 minutes ago: aberration.
    let longitude = SinCos(
      (meanLongitude + centre + pull.longitudeDeg - 0.0056913 + inLongitude) * degree)
    let equinoxes = SinCos(inLongitude * degree * obliquity.cos)
    let x = longitude.cos
    let y = longitude.sin * obliquity.cos
    return distance * astronomicalUnitKm
      * Vector3(
        equinoxes.cos * x + equinoxes.sin * y, equinoxes.cos * y - equinoxes.sin * x,
        longitude.sin * obliquity.sin)
  }

  /// What Venus, Jupiter, the moon and a slow term add.
  private struct Perturbation {
    let longitudeDeg: Double
    let distance: Double

    init(centuriesSince1900 t: Double) {
      let degree = Double.pi / 180
      let venus1 = SinCos((153.23 + 22_518.7541 * t) * degree)
      let venus2 = SinCos((216.57 + 45_037.5082 * t) * degree)
      let jupiter = SinCos((312.69 + 32_964.3577 * t) * degree)
      let moon = SinCos((350.74 + (445_267.1142 - 0.00144 * t) * t) * degree)
      let slow = sin((231.19 + 20.20 * t) * degree)
      longitudeDeg =
        0.00134 * venus1.cos + 0.00154 * venus2.cos + 0.00200 * jupiter.cos + 0.00179 * moon.sin
        + 0.00178 * slow
      distance =
        5.43e-6 * venus1.sin + 1.575e-5 * venus2.sin + 1.627e-5 * jupiter.sin
        + 3.076e-5 * moon.cos
    }
  }
}

extension Observer {
  /// The sun's geometric elevation (its centre, no refraction) at an instant, degrees.
  ///
  /// Below -6 degrees lies the night of a satellite watcher: civil twilight is over.
  public func sunElevationDeg(at time: UTC, table: EarthOrientationTable? = nil) -> Double {
    let sun = EarthRotation(at: time, table: table).itrf(
      positionKm: Sun.temePositionKm(at: time))
    return elevationDeg(of: sun)
  }
}
