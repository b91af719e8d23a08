#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// What moon, sun and resonance do to a satellite of 225 minutes or more: SDP4's part of the theory.
struct DeepSpaceTheory: Sendable {
  let sun: BodyEffect
  let moon: BodyEffect
  // Secular rates of both bodies together, per minute.
  let eccentricityRate: Double
  let inclinationRate: Double
  let anomalyRate: Double
  let perigeeRate: Double
  let nodeRate: Double
  /// Greenwich sidereal angle at epoch, radians.
  let siderealAngleAtEpoch: Double
  let resonance: Resonance?

  /// Derives the deep-space constants from the secular theory of the same element set.
  init(_ orbit: SecularTheory, epoch: UTC) {
    // The reference adds the date up in one double, rounding the epoch to 20 microseconds. On orbits as
    // eccentric as 0.97 that shows as millimetres, so the published vectors ask for the same rounding.
    let date = epoch.julianDate.day + epoch.julianDate.fraction
    let day = date - 2_415_020
    let node = SinCos(orbit.node)
    let w = SinCos(orbit.perigee)
    func effect(of body: ThirdBody) -> BodyEffect {
      BodyEffect(
        body, meanMotion: orbit.meanMotion, eccentricity: orbit.eccentricity,
        inclination: orbit.inclination, perigee: w)
    }
    sun = effect(of: .sun(day: day, node: node))
    moon = effect(of: .moon(day: day, node: node))
    eccentricityRate = sun.eccentricityRate + moon.eccentricityRate
    inclinationRate = sun.inclinationRate + moon.inclinationRate
    anomalyRate = sun.anomalyRate + moon.anomalyRate
    let i = orbit.inclinationSinCos
    let nodal = i.sin == 0 ? 0 : (sun.nodeRate + moon.nodeRate) / i.sin
    nodeRate = nodal
    perigeeRate = sun.perigeeRate + moon.perigeeRate - i.cos * nodal
    siderealAngleAtEpoch = Self.siderealAngle(julianDate: date)
    resonance = Resonance(
      orbit, anomalyRate: anomalyRate, perigeeRate: perigeeRate, nodeRate: nodeRate,
      siderealAngle: siderealAngleAtEpoch)
  }

  /// Greenwich mean sidereal time of 1982, radians, with the reference's rounding: 10 microseconds of it
  /// turn the resonant harmonics so far that a Molniya orbit is a millimetre off after a day.
  private static func siderealAngle(julianDate: Double) -> Double {
    let t = (julianDate - 2_451_545) / 36_525
    let seconds =
      67_310.54841 + t * (876_600 * 3_600 + 8_640_184.812866 + t * (0.093104 - t * 6.2e-6))
    return wrapped(seconds * (Double.pi / 180 / 240))
  }
}

extension Resonance {
  /// The resonance of an orbit, or `nil` where its period keeps no step with the earth.
  init?(
    _ orbit: SecularTheory, anomalyRate: Double, perigeeRate: Double, nodeRate: Double,
    siderealAngle: Double
  ) {
    let n = orbit.meanMotion
    let inverseAxis = pow(n / WGS72.xke, 2.0 / 3.0)
    if n > 0.0034906585, n < 0.0052359877 {
      kind = .synchronous(
        SynchronousForce(
          meanMotion: n, inverseAxis: inverseAxis, eccentricity: orbit.eccentricity,
          inclination: orbit.inclinationSinCos))
      longitudeAtEpoch = wrapped(
        orbit.meanAnomaly + orbit.node + orbit.perigee - siderealAngle)
      driftRate =
        orbit.meanAnomalyRate + orbit.perigeeRate + orbit.nodeRate - Self.earthRotationRate
        + anomalyRate + perigeeRate + nodeRate - n
    } else if n >= 8.26e-3, n <= 9.24e-3, orbit.eccentricity >= 0.5 {
      kind = .halfDay(
        HalfDayForce(
          d: HalfDayCoefficients(
            meanMotion: n, inverseAxis: inverseAxis, eccentricity: orbit.eccentricity,
            inclination: orbit.inclinationSinCos),
          perigeeAtEpoch: orbit.perigee, perigeeRate: orbit.perigeeRate))
      longitudeAtEpoch = wrapped(orbit.meanAnomaly + 2 * orbit.node - 2 * siderealAngle)
      driftRate =
        orbit.meanAnomalyRate + anomalyRate
        + 2 * (orbit.nodeRate + nodeRate - Self.earthRotationRate) - n
    } else {
      return nil
    }
    meanMotionAtEpoch = n
  }
}
