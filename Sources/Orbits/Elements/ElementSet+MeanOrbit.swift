extension ElementSet {
  /// Heights of the mean orbit's nearest and farthest point above the equatorial radius of WGS72
  /// (6378.135 km), kilometres, by Kepler's third law. Good to tens of kilometres: to say what kind of
  /// orbit it is, not where the satellite is.
  public var meanOrbit: (perigeeKm: Double, apogeeKm: Double) {
    // The gravitational parameter of WGS72 in km^3/min^2.
    let mu = 398_600.8 * 3_600
    let motion = meanMotionRevPerDay * 2 * .pi / 1_440
    let axisKm = cubeRoot(mu / (motion * motion))
    return (axisKm * (1 - eccentricity) - 6_378.135, axisKm * (1 + eccentricity) - 6_378.135)
  }

  /// Newton's iteration, from above.
  private func cubeRoot(_ value: Double) -> Double {
    var root = max(1, value)
    for _ in 0..<200 {
      let next = (2 * root + value / (root * root)) / 3
      if !(next < root) { break }
      root = next
    }
    return root
  }
}
