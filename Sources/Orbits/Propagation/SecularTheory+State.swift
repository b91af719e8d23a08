/// The powers of time in the drag polynomial: what secular drag does to the size, the shape and the longitude.
struct DragEffect {
  /// Factor of the square root of the semi-major axis.
  var axis: Double
  /// Decrease of the eccentricity.
  var eccentricity: Double
  /// Advance of the mean longitude, in units of the mean motion.
  var longitude: Double
}

extension SecularTheory {
  /// The TEME state of a near-earth satellite `t` minutes after epoch, or an error code.
  ///
  /// Pure: depends on nothing but the constants and `t`, and allocates nothing.
  @inline(__always)
  func nearEarthState(minutesSinceEpoch t: Double, into state: inout TEMEState) -> UInt8 {
    var m = meanAnomaly + meanAnomalyRate * t
    var w = perigee + perigeeRate * t
    var drag = shortDrag(t)
    if !usesShortDrag {
      let anomaly = SinCos(m)
      let cube = 1 + eta * anomaly.cos
      let shift = perigeeDrag * t + anomalyDrag * (cube * cube * cube - anomalyDragAtEpoch)
      m += shift
      w -= shift
      let sinM = anomaly.rotated(by: shift).sin
      let t2 = t * t
      drag.axis -= t2 * (axis2 + t * (axis3 + t * axis4))
      drag.eccentricity += bstarC5 * (sinM - sinMeanAnomalyAtEpoch)
      drag.longitude += t2 * t * (longitude3 + t * (longitude4 + t * longitude5))
    }
    let axis = semiMajorAxis * drag.axis * drag.axis
    guard let e = Self.bounded(eccentricity: eccentricity - drag.eccentricity) else { return 1 }
    let mean = MeanElements(
      semiMajorAxis: axis, meanMotion: WGS72.xke / (axis * axis.squareRoot()), eccentricity: e,
      node: node + nodeRate * t + nodeQuadratic * t * t, perigee: w,
      meanAnomaly: m + meanMotion * drag.longitude, inclination: inclinationSinCos)
    return mean.state(inclinationTerms, into: &state)
  }

  /// The mean semi-major axis, earth radii, and an upper bound of the mean eccentricity of a near-earth
  /// orbit `t` minutes after epoch.
  func secularShape(minutesSinceEpoch t: Double) -> (semiMajorAxis: Double, eccentricity: Double) {
    var drag = shortDrag(t)
    if !usesShortDrag { drag.axis -= t * t * (axis2 + t * (axis3 + t * axis4)) }
    return (
      semiMajorAxis * drag.axis * drag.axis,
      max(0, eccentricity - drag.eccentricity) + 2 * abs(bstarC5)
    )
  }

  /// The drag that every orbit feels: linear in the axis and the eccentricity, quadratic in longitude.
  @inline(__always)
  func shortDrag(_ t: Double) -> DragEffect {
    DragEffect(axis: 1 - c1 * t, eccentricity: bstarC4 * t, longitude: longitude2 * t * t)
  }

  /// The eccentricity as the periodic terms can take it, or `nil` where drag drove it out of range.
  @inline(__always)
  static func bounded(eccentricity e: Double) -> Double? {
    guard e < 1, e >= -0.001 else { return nil }
    return max(e, 1e-6)
  }
}
