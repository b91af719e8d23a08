#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The mean elements of one instant: secular effects, drag and, in deep space, moon, sun and
/// resonances are in them; what the earth's zonal harmonics do within a revolution is not yet.
struct MeanElements {
  var semiMajorAxis: Double
  var meanMotion: Double
  var eccentricity: Double
  var node: Double
  var perigee: Double
  var meanAnomaly: Double
  var inclination: SinCos
}

extension MeanElements {
  /// Adds long- and short-period terms and gives the state, or an error code of AIAA 2006-6753.
  ///
  /// The sines of the corrected angles come by rotation of known ones, never through `atan2`.
  @inline(__always)
  func state(_ terms: InclinationTerms, into state: inout TEMEState) -> UInt8 {
    // Long-period terms: the eccentricity vector (axn, ayn) and the argument of latitude u.
    let w = SinCos(perigee)
    let axn = eccentricity * w.cos
    let longPeriod = 1 / (semiMajorAxis * (1 - eccentricity * eccentricity))
    let ayn = eccentricity * w.sin + longPeriod * terms.aycof
    let u = wrapped(meanAnomaly + perigee + longPeriod * terms.xlcof * axn)
    let anomaly = EccentricLongitude(u: u, axn: axn, ayn: ayn).sinCos

    // The ellipse in its plane.
    let eCosE = axn * anomaly.cos + ayn * anomaly.sin
    let eSinE = axn * anomaly.sin - ayn * anomaly.cos
    let e2 = axn * axn + ayn * ayn
    let p = semiMajorAxis * (1 - e2)
    guard p >= 0 else { return 4 }
    let r = semiMajorAxis * (1 - eCosE)
    let inverseR = 1 / r
    let radialRate = semiMajorAxis.squareRoot() * eSinE * inverseR
    let transverseRate = p.squareRoot() * inverseR
    let beta = (1 - e2).squareRoot()
    let skew = eSinE / (1 + beta)
    let aOverR = semiMajorAxis * inverseR
    let latitude = SinCos(
      sin: aOverR * (anomaly.sin - ayn - axn * skew), cos: aOverR * (anomaly.cos - axn + ayn * skew)
    )

    // Short-period terms of J2.
    let sin2u = 2 * latitude.sin * latitude.cos
    let cos2u = 1 - 2 * latitude.sin * latitude.sin
    let inverseP = 1 / p
    let k1 = 0.5 * WGS72.j2 * inverseP
    let k2 = k1 * inverseP
    let radius =
      r * (1 - 1.5 * k2 * beta * terms.con41) + 0.5 * k1 * terms.x1mth2 * cos2u
    let su = latitude.rotated(by: -0.25 * k2 * terms.x7thm1 * sin2u)
    let omega = SinCos(node).rotated(by: 1.5 * k2 * inclination.cos * sin2u)
    let i = inclination.rotated(by: 1.5 * k2 * inclination.cos * inclination.sin * cos2u)
    let k1n = meanMotion * k1 / WGS72.xke
    let radialVelocity = radialRate - k1n * terms.x1mth2 * sin2u
    let transverseVelocity =
      transverseRate + k1n * (terms.x1mth2 * cos2u + 1.5 * terms.con41)

    // Orientation: unit vectors along the radius and across it.
    let mx = -omega.sin * i.cos
    let my = omega.cos * i.cos
    let along = Vector3(
      mx * su.sin + omega.cos * su.cos, my * su.sin + omega.sin * su.cos, i.sin * su.sin)
    let across = Vector3(
      mx * su.cos - omega.cos * su.sin, my * su.cos - omega.sin * su.sin, i.sin * su.cos)
    guard radius >= 1, (along.sum() + radialVelocity + transverseVelocity).isFinite
    else { return 6 }
    state.positionKm = radius * WGS72.radiusKm * along
    state.velocityKmS =
      WGS72.velocityUnitKmS * (radialVelocity * along + transverseVelocity * across)
    return 0
  }
}

/// The solution of Kepler's equation in the form u = F + ayn cos F - axn sin F, where F is the
/// eccentric anomaly plus the argument of perigee.
struct EccentricLongitude {
  let sinCos: SinCos

  /// Newton's method with steps limited to 0.95 rad, at most ten.
  ///
  /// A step below 1e-8 leaves an error of about its square, so it is the last.
  @inline(__always)
  init(u: Double, axn: Double, ayn: Double) {
    var f = u
    var known = SinCos(f)
    for _ in 0..<10 {
      let slope = 1 - known.cos * axn - known.sin * ayn
      let residual = u - ayn * known.cos + axn * known.sin - f
      let step = min(0.95, max(-0.95, residual / slope))
      f += step
      known = known.rotated(by: step)
      if abs(step) < 1e-8 { break }
    }
    sinCos = known
  }
}
