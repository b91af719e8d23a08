#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

extension DeepSpaceTheory {
  /// The TEME state `t` minutes after epoch, or an error code.
  ///
  /// Pure: depends on nothing but the constants and `t`, and allocates nothing.
  func state(_ orbit: SecularTheory, minutesSinceEpoch t: Double, into state: inout TEMEState)
    -> UInt8
  {
    let drag = orbit.shortDrag(t)
    let node =
      orbit.node + orbit.nodeRate * t + orbit.nodeQuadratic * t * t + nodeRate * t
    let perigee = orbit.perigee + orbit.perigeeRate * t + perigeeRate * t
    var m = orbit.meanAnomaly + orbit.meanAnomalyRate * t + anomalyRate * t
    var n = orbit.meanMotion
    if let resonance {
      let slow = resonance.integrated(to: t)
      let sidereal = wrapped(siderealAngleAtEpoch + t * Resonance.earthRotationRate)
      switch resonance.kind {
      case .synchronous: m = slow.longitude - node - perigee + sidereal
      case .halfDay: m = slow.longitude - 2 * node + 2 * sidereal
      }
      n = slow.meanMotion
    }
    guard n > 0 else { return 2 }
    let axis = pow(WGS72.xke / n, 2.0 / 3.0) * drag.axis * drag.axis
    let secularE = orbit.eccentricity + eccentricityRate * t - drag.eccentricity
    guard let e = SecularTheory.bounded(eccentricity: secularE) else { return 1 }

    let changed = periodic(
      Angles(
        eccentricity: e, inclination: orbit.inclination + inclinationRate * t,
        node: wrapped(node), perigee: wrapped(perigee),
        meanAnomaly: wrapped(m + orbit.meanMotion * drag.longitude)), minutesSinceEpoch: t)
    guard changed.eccentricity >= 0, changed.eccentricity <= 1 else { return 3 }
    let i = SinCos(changed.inclination)
    let mean = MeanElements(
      semiMajorAxis: axis, meanMotion: WGS72.xke / (axis * axis.squareRoot()),
      eccentricity: changed.eccentricity, node: changed.node, perigee: changed.perigee,
      meanAnomaly: changed.meanAnomaly, inclination: i)
    return mean.state(InclinationTerms(i), into: &state)
  }

  /// The elements that moon and sun change periodically.
  private struct Angles {
    var eccentricity: Double
    var inclination: Double
    var node: Double
    var perigee: Double
    var meanAnomaly: Double
  }

  /// Adds the periodic terms of moon and sun.
  ///
  /// Below 0.2 rad of inclination the node's changes grow without bound while the orbit's plane
  /// hardly moves; there Lyddane's change of variables (Astronomical Journal 68, 1963) adds them to
  /// the plane's normal instead.
  private func periodic(_ mean: Angles, minutesSinceEpoch t: Double) -> Angles {
    let change = sun.periodic(minutesSinceEpoch: t) + moon.periodic(minutesSinceEpoch: t)
    var a = mean
    a.inclination += change.inclination
    a.eccentricity += change.eccentricity
    let i = SinCos(a.inclination)
    if a.inclination >= 0.2 {
      let nodal = change.node / i.sin
      a.perigee += change.perigee - i.cos * nodal
      a.node += nodal
      a.meanAnomaly += change.longitude
    } else {
      let node = SinCos(a.node)
      let alpha = i.sin * node.sin + change.node * node.cos + change.inclination * i.cos * node.sin
      let beta = i.sin * node.cos - change.node * node.sin + change.inclination * i.cos * node.cos
      let longitude =
        a.meanAnomaly + a.perigee + i.cos * a.node
        + change.longitude + change.perigee - change.inclination * a.node * i.sin
      var turned = atan2(alpha, beta)
      if abs(a.node - turned) > Double.pi {
        turned += turned < a.node ? 2 * Double.pi : -2 * Double.pi
      }
      a.node = turned
      a.meanAnomaly += change.longitude
      a.perigee = longitude - a.meanAnomaly - i.cos * turned
    }
    if a.inclination < 0 {
      a.inclination = -a.inclination
      a.node += Double.pi
      a.perigee -= Double.pi
    }
    return a
  }
}
