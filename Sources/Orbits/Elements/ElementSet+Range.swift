extension ElementSet {
  /// What is outside the range that an element set can have, or `nil`.
  var rangeError: (message: String, cure: String)? {
    let cure = "correct the value, or download the element set again"
    if !(eccentricity >= 0 && eccentricity < 1) {
      return ("the eccentricity \(eccentricity) is not in the range 0 to 1", cure)
    }
    if !(meanMotionRevPerDay > 0 && meanMotionRevPerDay.isFinite) {
      return ("the mean motion \(meanMotionRevPerDay) is not positive", cure)
    }
    if !(inclinationDeg >= 0 && inclinationDeg <= 180) {
      return ("the inclination \(inclinationDeg) is not in the range 0 to 180 degrees", cure)
    }
    let angles = [raanDeg, argumentOfPerigeeDeg, meanAnomalyDeg]
    if let wild = angles.first(where: { !(abs($0) <= 36_000) }) {
      return ("the angle \(wild) is not in degrees of a turn", cure)
    }
    if ephemerisType == 4 {
      return (
        "ephemeris type 4 is SGP4-XP, another theory, which SGP4 would place kilometres off",
        "use the object's ordinary element set (ephemeris type 0)"
      )
    }
    return nil
  }
}
