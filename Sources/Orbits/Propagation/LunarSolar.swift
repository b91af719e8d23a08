#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A distant body (moon or sun) as the deep-space theory sees it: a mean motion, an eccentricity, and
/// where its orbit stands against the equator at epoch (Hujsak, Spacetrack Report No. 1, 1979).
struct ThirdBody {
  let meanMotion: Double
  let eccentricity: Double
  let strength: Double
  /// Argument of perigee, inclination and node of the body's orbit; the node counts from the satellite's.
  let perigee: SinCos
  let inclination: SinCos
  let relativeNode: SinCos
  /// Mean anomaly of the body at the satellite's epoch.
  let meanAnomaly: Double

  /// The sun at `day` days after 1899-12-31T12:00, for a satellite with ascending node `node`.
  static func sun(day: Double, node: SinCos) -> ThirdBody {
    ThirdBody(
      meanMotion: 1.19459e-5, eccentricity: 0.01675, strength: 2.9864797e-6,
      perigee: SinCos(sin: -0.98088458, cos: 0.1945905),
      inclination: SinCos(sin: 0.39785416, cos: 0.91744867), relativeNode: node,
      meanAnomaly: wrapped(6.2565837 + 0.017201977 * day))
  }

  /// The moon at `day` days after 1899-12-31T12:00, for a satellite with ascending node `node`.
  static func moon(day: Double, node: SinCos) -> ThirdBody {
    // The moon's node regresses on the ecliptic in 18.6 years; from it, its orbit on the equator.
    let eclipticNode = wrapped(4.5236020 - 9.2422029e-4 * day)
    let regression = SinCos(eclipticNode)
    let cosI = 0.91375164 - 0.03568096 * regression.cos
    let sinI = (1 - cosI * cosI).squareRoot()
    let sinNode = 0.089683511 * regression.sin / sinI
    let cosNode = (1 - sinNode * sinNode).squareRoot()
    let gamma = 5.8351514 + 0.0019443680 * day
    let shift = atan2(
      0.39785416 * regression.sin / sinI,
      cosNode * regression.cos + 0.91744867 * sinNode * regression.sin)
    return ThirdBody(
      meanMotion: 1.5835218e-4, eccentricity: 0.05490, strength: 4.7968065e-7,
      perigee: SinCos(gamma + shift - eclipticNode),
      inclination: SinCos(sin: sinI, cos: cosI),
      relativeNode: SinCos(
        sin: node.sin * cosNode - node.cos * sinNode, cos: cosNode * node.cos + sinNode * node.sin),
      meanAnomaly: wrapped(4.7199672 + 0.22997150 * day - gamma))
  }
}

/// What one body does to one satellite: secular rates, and the amplitudes of its periodic terms.
struct BodyEffect: Sendable {
  // Secular rates per minute. The two angle rates still lack their division by sin i.
  let eccentricityRate: Double
  let inclinationRate: Double
  let anomalyRate: Double
  let perigeeRate: Double
  let nodeRate: Double

  // Amplitudes: the suffix tells the function of the body's true anomaly they multiply.
  let e2: Double
  let e3: Double
  let i2: Double
  let i3: Double
  let l2: Double
  let l3: Double
  let l4: Double
  let gh2: Double
  let gh3: Double
  let gh4: Double
  let h2: Double
  let h3: Double
  let bodyMeanAnomaly: Double
  let bodyMeanMotion: Double
  let bodyEccentricity: Double
}

extension BodyEffect {
  /// Averages the body's attraction over the satellite's orbit.
  init(
    _ body: ThirdBody, meanMotion: Double, eccentricity e: Double, inclination: Double,
    perigee w: SinCos
  ) {
    let i = SinCos(inclination)
    let z = BodyGeometry(body, eccentricity: e, inclination: i, perigee: w)
    let eSquared = e * e
    let beta = (1 - eSquared).squareRoot()
    let s3 = body.strength / meanMotion
    let s2 = -0.5 * s3 / beta
    let s4 = s3 * beta
    let s1 = -15 * e * s4
    let n = body.meanMotion

    eccentricityRate = s1 * n * z.s5
    inclinationRate = s2 * n * (z.z11 + z.z13)
    anomalyRate = -n * s3 * (z.z1 + z.z3 - 14 - 6 * eSquared)
    perigeeRate = s4 * n * (z.z31 + z.z33 - 6)
    // Near the equator the node is ill defined, and the theory leaves its rate out.
    let nearEquator = inclination < 5.2359877e-2 || inclination > Double.pi - 5.2359877e-2
    nodeRate = nearEquator ? 0 : -n * s2 * (z.z21 + z.z23)

    e2 = 2 * s1 * z.s6
    e3 = 2 * s1 * z.s7
    i2 = 2 * s2 * z.z12
    i3 = 2 * s2 * (z.z13 - z.z11)
    l2 = -2 * s3 * z.z2
    l3 = -2 * s3 * (z.z3 - z.z1)
    l4 = -2 * s3 * (-21 - 9 * eSquared) * body.eccentricity
    gh2 = 2 * s4 * z.z32
    gh3 = 2 * s4 * (z.z33 - z.z31)
    gh4 = -18 * s4 * body.eccentricity
    h2 = -2 * s2 * z.z22
    h3 = -2 * s2 * (z.z23 - z.z21)
    bodyMeanAnomaly = body.meanAnomaly
    bodyMeanMotion = n
    bodyEccentricity = body.eccentricity
  }

  /// The periodic terms `t` minutes after epoch.
  @inline(__always)
  func periodic(minutesSinceEpoch t: Double) -> PeriodicTerms {
    let m = bodyMeanAnomaly + bodyMeanMotion * t
    let f = SinCos(m + 2 * bodyEccentricity * sin(m))
    let f2 = 0.5 * f.sin * f.sin - 0.25
    let f3 = -0.5 * f.sin * f.cos
    return PeriodicTerms(
      eccentricity: e2 * f2 + e3 * f3,
      inclination: i2 * f2 + i3 * f3,
      longitude: l2 * f2 + l3 * f3 + l4 * f.sin,
      perigee: gh2 * f2 + gh3 * f3 + gh4 * f.sin,
      node: h2 * f2 + h3 * f3)
  }
}

/// Periodic changes from moon and sun; `perigee` and `node` still carry their factors of sin i.
struct PeriodicTerms {
  var eccentricity: Double
  var inclination: Double
  var longitude: Double
  var perigee: Double
  var node: Double

  static func + (a: PeriodicTerms, b: PeriodicTerms) -> PeriodicTerms {
    PeriodicTerms(
      eccentricity: a.eccentricity + b.eccentricity, inclination: a.inclination + b.inclination,
      longitude: a.longitude + b.longitude, perigee: a.perigee + b.perigee, node: a.node + b.node)
  }
}

/// The coefficients z and s of the averaged attraction, in the report's numbering.
private struct BodyGeometry {
  let z1, z2, z3, z11, z12, z13, z21, z22, z23, z31, z32, z33: Double
  let s5, s6, s7: Double

  init(_ body: ThirdBody, eccentricity e: Double, inclination i: SinCos, perigee w: SinCos) {
    let g = body.perigee
    let k = body.inclination
    let h = body.relativeNode
    // Direction cosines of the body's apsidal frame in the satellite's nodal frame.
    let a1 = g.cos * h.cos + g.sin * k.cos * h.sin
    let a3 = -g.sin * h.cos + g.cos * k.cos * h.sin
    let a7 = -g.cos * h.sin + g.sin * k.cos * h.cos
    let a8 = g.sin * k.sin
    let a9 = g.sin * h.sin + g.cos * k.cos * h.cos
    let a10 = g.cos * k.sin
    let a2 = i.cos * a7 + i.sin * a8
    let a4 = i.cos * a9 + i.sin * a10
    let a5 = -i.sin * a7 + i.cos * a8
    let a6 = -i.sin * a9 + i.cos * a10
    // The same in the satellite's apsidal frame.
    let x1 = a1 * w.cos + a2 * w.sin
    let x2 = a3 * w.cos + a4 * w.sin
    let x3 = -a1 * w.sin + a2 * w.cos
    let x4 = -a3 * w.sin + a4 * w.cos
    let x5 = a5 * w.sin
    let x6 = a6 * w.sin
    let x7 = a5 * w.cos
    let x8 = a6 * w.cos

    let ee = e * e
    let beta2 = 1 - ee
    z31 = 12 * x1 * x1 - 3 * x3 * x3
    z32 = 24 * x1 * x2 - 6 * x3 * x4
    z33 = 12 * x2 * x2 - 3 * x4 * x4
    z1 = 2 * (3 * (a1 * a1 + a2 * a2) + z31 * ee) + beta2 * z31
    z2 = 2 * (6 * (a1 * a3 + a2 * a4) + z32 * ee) + beta2 * z32
    z3 = 2 * (3 * (a3 * a3 + a4 * a4) + z33 * ee) + beta2 * z33
    z11 = -6 * a1 * a5 + ee * (-24 * x1 * x7 - 6 * x3 * x5)
    z12 =
      -6 * (a1 * a6 + a3 * a5)
      + ee * (-24 * (x2 * x7 + x1 * x8) - 6 * (x3 * x6 + x4 * x5))
    z13 = -6 * a3 * a6 + ee * (-24 * x2 * x8 - 6 * x4 * x6)
    z21 = 6 * a2 * a5 + ee * (24 * x1 * x5 - 6 * x3 * x7)
    z22 =
      6 * (a4 * a5 + a2 * a6)
      + ee * (24 * (x2 * x5 + x1 * x6) - 6 * (x4 * x7 + x3 * x8))
    z23 = 6 * a4 * a6 + ee * (24 * x2 * x6 - 6 * x4 * x8)
    s5 = x1 * x3 + x2 * x4
    s6 = x2 * x3 + x1 * x4
    s7 = x2 * x4 - x1 * x3
  }
}
