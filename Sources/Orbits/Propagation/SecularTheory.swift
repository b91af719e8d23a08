#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What the theory knows of one satellite before any time is given: the epoch's elements, the secular
/// rates that the zonal harmonics cause, and the polynomial of atmospheric drag.
///
/// Units: earth radii, minutes, radians. After Hoots and Roehrich, Spacetrack Report No. 3 (1980),
/// and Vallado et al., AIAA 2006-6753. Plain doubles side by side, so that an array of these
/// is one stretch of memory.
struct SecularTheory: Sendable {
  // The epoch's elements, with Brouwer's mean motion and semi-major axis.
  let meanAnomaly: Double
  let perigee: Double
  let node: Double
  let eccentricity: Double
  let inclination: Double
  let meanMotion: Double
  let semiMajorAxis: Double
  let inclinationSinCos: SinCos

  // Rates from J2, J2 squared and J4, radians per minute.
  let meanAnomalyRate: Double
  let perigeeRate: Double
  let nodeRate: Double

  // Drag: coefficients of powers of time, named by what they act on.
  let c1: Double
  let bstarC4: Double
  let bstarC5: Double
  let nodeQuadratic: Double
  let axis2: Double
  let axis3: Double
  let axis4: Double
  let longitude2: Double
  let longitude3: Double
  let longitude4: Double
  let longitude5: Double
  let perigeeDrag: Double
  let anomalyDrag: Double
  let eta: Double
  let anomalyDragAtEpoch: Double
  let sinMeanAnomalyAtEpoch: Double
  /// Low perigees (under 220 km) and deep space use the short form of the drag polynomial.
  let usesShortDrag: Bool

  /// What the short-period terms need of the inclination.
  let inclinationTerms: InclinationTerms

  /// Whether the orbit takes 225 minutes or longer, so that moon, sun and resonances matter.
  var isDeepSpace: Bool { 2 * Double.pi / meanMotion >= 225 }
}

/// Functions of the inclination in the long- and short-period terms.
struct InclinationTerms: Sendable {
  /// 3 cos^2 i - 1
  let con41: Double
  /// 1 - cos^2 i
  let x1mth2: Double
  /// 7 cos^2 i - 1
  let x7thm1: Double
  /// The long-period coefficient of the eccentricity vector's second component.
  let aycof: Double
  /// The long-period coefficient of the mean longitude.
  let xlcof: Double

  @inline(__always)
  init(_ i: SinCos) {
    let cos2 = i.cos * i.cos
    con41 = 3 * cos2 - 1
    x1mth2 = 1 - cos2
    x7thm1 = 7 * cos2 - 1
    aycof = -0.5 * WGS72.j3OverJ2 * i.sin
    // The true divisor vanishes at an inclination of 180 degrees.
    let divisor = abs(i.cos + 1) > 1.5e-12 ? 1 + i.cos : 1.5e-12
    xlcof = -0.25 * WGS72.j3OverJ2 * i.sin * (3 + 5 * i.cos) / divisor
  }
}

extension SecularTheory {
  /// Derives the constants of an element set.
  ///
  /// - Throws: ``PropagationError`` with code 1, 2 or 5 where the elements describe no closed orbit.
  init(_ elements: ElementSet) throws(PropagationError) {
    let degree = Double.pi / 180
    let e = elements.eccentricity
    guard e >= 0, e < 1 else { throw .eccentricityOutOfRange }
    let kozai = elements.meanMotionRevPerDay * 2 * Double.pi / 1_440
    guard kozai > 0 else { throw .meanMotionNotPositive }
    let angles = Vector4(
      elements.inclinationDeg, elements.raanDeg, elements.argumentOfPerigeeDeg,
      elements.meanAnomalyDeg)
    guard (angles.sum() + elements.bstar + kozai).isFinite else { throw .outsideTheory }

    let i = SinCos(elements.inclinationDeg * degree)
    let orbit = BrouwerOrbit(kozaiMeanMotion: kozai, eccentricity: e, cosInclination: i.cos)
    guard orbit.meanMotion > 0, orbit.semiMajorAxis.isFinite else { throw .outsideTheory }
    let rates = ZonalRates(orbit: orbit, eccentricity: e, inclination: i)
    let drag = DragTheory(
      orbit: orbit, eccentricity: e, inclination: i, bstar: elements.bstar,
      perigee: elements.argumentOfPerigeeDeg * degree)

    meanAnomaly = elements.meanAnomalyDeg * degree
    perigee = elements.argumentOfPerigeeDeg * degree
    node = elements.raanDeg * degree
    eccentricity = e
    inclination = elements.inclinationDeg * degree
    meanMotion = orbit.meanMotion
    semiMajorAxis = orbit.semiMajorAxis
    inclinationSinCos = i
    meanAnomalyRate = rates.meanAnomaly
    perigeeRate = rates.perigee
    nodeRate = rates.node

    c1 = drag.c1
    bstarC4 = elements.bstar * drag.c4
    bstarC5 = elements.bstar * drag.c5
    nodeQuadratic = 3.5 * (1 - e * e) * rates.nodeFirstOrder * drag.c1
    axis2 = drag.axis2
    axis3 = drag.axis3
    axis4 = drag.axis4
    longitude2 = 1.5 * drag.c1
    longitude3 = drag.longitude3
    longitude4 = drag.longitude4
    longitude5 = drag.longitude5
    perigeeDrag = elements.bstar * drag.c3 * cos(perigee)
    anomalyDrag = drag.anomaly
    eta = drag.eta
    let atEpoch = 1 + drag.eta * cos(meanAnomaly)
    anomalyDragAtEpoch = atEpoch * atEpoch * atEpoch
    sinMeanAnomalyAtEpoch = sin(meanAnomaly)
    let period = 2 * Double.pi / orbit.meanMotion
    usesShortDrag = drag.perigeeIsLow || period >= 225
    inclinationTerms = InclinationTerms(i)
  }
}

/// Four doubles to check at once.
private typealias Vector4 = SIMD4<Double>

/// Secular rates of the mean anomaly, the perigee and the node from the even zonal harmonics.
private struct ZonalRates {
  let meanAnomaly: Double
  let perigee: Double
  let node: Double
  /// The part of the node's rate that is of first order in J2.
  let nodeFirstOrder: Double

  init(orbit: BrouwerOrbit, eccentricity e: Double, inclination i: SinCos) {
    let n = orbit.meanMotion
    let eta2 = 1 - e * e
    let p = orbit.semiMajorAxis * eta2
    let inverseP2 = 1 / (p * p)
    let cos2 = i.cos * i.cos
    let cos4 = cos2 * cos2
    let first = 1.5 * WGS72.j2 * inverseP2 * n
    let second = 0.5 * first * WGS72.j2 * inverseP2
    let fourth = -0.46875 * WGS72.j4 * inverseP2 * inverseP2 * n
    meanAnomaly =
      n + 0.5 * first * eta2.squareRoot() * (3 * cos2 - 1)
      + 0.0625 * second * eta2.squareRoot() * (13 - 78 * cos2 + 137 * cos4)
    perigee =
      -0.5 * first * (1 - 5 * cos2) + 0.0625 * second * (7 - 114 * cos2 + 395 * cos4)
      + fourth * (3 - 36 * cos2 + 49 * cos4)
    nodeFirstOrder = -first * i.cos
    node =
      nodeFirstOrder
      + (0.5 * second * (4 - 19 * cos2) + 2 * fourth * (3 - 7 * cos2)) * i.cos
  }
}
