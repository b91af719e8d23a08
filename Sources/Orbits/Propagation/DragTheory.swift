#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The coefficients of atmospheric drag in a power-law density profile (Lane and Hoots, Spacetrack
/// Report No. 2, 1979; in the form of Spacetrack Report No. 3, section 6).
struct DragTheory {
  let c1: Double
  let c3: Double
  let c4: Double
  let c5: Double
  let eta: Double
  /// The coefficient of the mean anomaly's change with the cube of (1 + eta cos M).
  let anomaly: Double
  let axis2: Double
  let axis3: Double
  let axis4: Double
  let longitude3: Double
  let longitude4: Double
  let longitude5: Double
  /// Perigee under 220 km, where the polynomial is cut short.
  let perigeeIsLow: Bool

  init(
    orbit: BrouwerOrbit, eccentricity e: Double, inclination i: SinCos, bstar: Double,
    perigee: Double
  ) {
    let n = orbit.meanMotion
    let a = orbit.semiMajorAxis
    let atmosphere = Atmosphere(perigeeRadius: a * (1 - e))
    perigeeIsLow = a * (1 - e) < 220 / WGS72.radiusKm + 1

    let eta2 = 1 - e * e
    let xi = 1 / (a - atmosphere.s)
    let eta = a * e * xi
    let etaSquared = eta * eta
    let eEta = e * eta
    let psi2 = abs(1 - etaSquared)
    let q = atmosphere.q4 * xi * xi * xi * xi
    let qPsi = q / pow(psi2, 3.5)
    let con41 = 3 * i.cos * i.cos - 1
    let x1mth2 = 1 - i.cos * i.cos

    let c2 =
      qPsi * n
      * (a * (1 + 1.5 * etaSquared + eEta * (4 + etaSquared))
        + 0.375 * WGS72.j2 * xi / psi2 * con41 * (8 + 3 * etaSquared * (8 + etaSquared)))
    let c1 = bstar * c2
    c3 = e > 1e-4 ? -2 * q * xi * WGS72.j3OverJ2 * n * i.sin / e : 0
    let zonal =
      -3 * con41 * (1 - 2 * eEta + etaSquared * (1.5 - 0.5 * eEta))
      + 0.75 * x1mth2 * (2 * etaSquared - eEta * (1 + etaSquared)) * cos(2 * perigee)
    c4 =
      2 * n * qPsi * a * eta2
      * (eta * (2 + 0.5 * etaSquared) + e * (0.5 + 2 * etaSquared)
        - WGS72.j2 * xi / (a * psi2) * zonal)
    c5 = 2 * qPsi * a * eta2 * (1 + 2.75 * (etaSquared + eEta) + eEta * etaSquared)
    anomaly = e > 1e-4 ? -2.0 / 3.0 * q * bstar / eEta : 0

    let c1Squared = c1 * c1
    let d2 = 4 * a * xi * c1Squared
    let step = d2 * xi * c1 / 3
    let d3 = (17 * a + atmosphere.s) * step
    let d4 = 0.5 * step * a * xi * (221 * a + 31 * atmosphere.s) * c1
    axis2 = d2
    axis3 = d3
    axis4 = d4
    longitude3 = d2 + 2 * c1Squared
    longitude4 = 0.25 * (3 * d3 + c1 * (12 * d2 + 10 * c1Squared))
    longitude5 =
      0.2 * (3 * d4 + 12 * c1 * d3 + 6 * d2 * d2 + 15 * c1Squared * (2 * d2 + c1Squared))
    self.c1 = c1
    self.eta = eta
  }
}

/// The parameters s and (q0 - s)^4 of the density profile, in earth radii.
private struct Atmosphere {
  let s: Double
  let q4: Double

  /// Low perigees move the profile's base down, so that it stays below the orbit.
  init(perigeeRadius: Double) {
    let perigeeKm = (perigeeRadius - 1) * WGS72.radiusKm
    let baseKm = perigeeKm < 98 ? 20 : (perigeeKm < 156 ? perigeeKm - 78 : 78)
    let thickness = (120 - baseKm) / WGS72.radiusKm
    s = baseKm / WGS72.radiusKm + 1
    q4 = thickness * thickness * thickness * thickness
  }
}
