import OrbitsKernel

extension OrbitsSecular {
  /// The kernels' form of the secular theory; in deep space with the rates of moon and sun added.
  init(_ orbit: SecularTheory, _ deepSpace: DeepSpaceTheory? = nil) {
    self.init()
    meanAnomaly = orbit.meanAnomaly
    perigee = orbit.perigee
    node = orbit.node
    eccentricity = orbit.eccentricity
    meanMotion = orbit.meanMotion
    rootAxis = orbit.semiMajorAxis.squareRoot()
    meanAnomalyRate = orbit.meanAnomalyRate + (deepSpace?.anomalyRate ?? 0)
    perigeeRate = orbit.perigeeRate + (deepSpace?.perigeeRate ?? 0)
    nodeRate = orbit.nodeRate + (deepSpace?.nodeRate ?? 0)
    nodeQuadratic = orbit.nodeQuadratic
    c1 = orbit.c1
    bstarC4 = orbit.bstarC4
    longitude2 = orbit.meanMotion * orbit.longitude2
    sinInclination = orbit.inclinationSinCos.sin
    cosInclination = orbit.inclinationSinCos.cos
    // The short form of the drag polynomial is the long one with zeros.
    guard !orbit.usesShortDrag else { return }
    axis2 = orbit.axis2
    axis3 = orbit.axis3
    axis4 = orbit.axis4
    longitude3 = orbit.meanMotion * orbit.longitude3
    longitude4 = orbit.meanMotion * orbit.longitude4
    longitude5 = orbit.meanMotion * orbit.longitude5
    bstarC5 = orbit.bstarC5
    perigeeDrag = orbit.perigeeDrag
    anomalyDrag = orbit.anomalyDrag
    eta = orbit.eta
    anomalyDragAtEpoch = orbit.anomalyDragAtEpoch
    sinMeanAnomalyAtEpoch = orbit.sinMeanAnomalyAtEpoch
  }
}

extension OrbitsDeepSpace {
  /// The kernels' form of the deep-space theory.
  init(_ orbit: SecularTheory, _ theory: DeepSpaceTheory) {
    self.init()
    secular = OrbitsSecular(orbit, theory)
    eccentricityRate = theory.eccentricityRate
    inclination = orbit.inclination
    inclinationRate = theory.inclinationRate
    siderealAngle = theory.siderealAngleAtEpoch
    sun = OrbitsBody(theory.sun)
    moon = OrbitsBody(theory.moon)
    switch theory.resonance?.kind {
    case .synchronous: (isResonant, nodes, perigees, siderealAngles) = (1, 1, 1, 1)
    case .halfDay: (isResonant, nodes, perigees, siderealAngles) = (1, 2, 0, 2)
    case nil: break
    }
  }
}

extension OrbitsBody {
  fileprivate init(_ effect: BodyEffect) {
    self.init(
      meanAnomaly: effect.bodyMeanAnomaly, meanMotion: effect.bodyMeanMotion,
      twiceEccentricity: 2 * effect.bodyEccentricity, e2: effect.e2, e3: effect.e3, i2: effect.i2,
      i3: effect.i3, l2: effect.l2, l3: effect.l3, l4: effect.l4, gh2: effect.gh2, gh3: effect.gh3,
      gh4: effect.gh4, h2: effect.h2, h3: effect.h3)
  }
}
