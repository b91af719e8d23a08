/// Satellites of one altitude and inclination in evenly spaced planes, as the public filings describe
/// them (J. G. Walker, "Circular orbit patterns providing continuous whole earth coverage", 1970).
public struct WalkerShell: Hashable, Sendable {
  /// How large the orbits are.
  public enum Orbit: Hashable, Sendable {
    /// Mean altitude above the WGS72 equatorial radius (6,378.135 km), kilometres.
    ///
    /// The radius plus this is Brouwer's mean semi-major axis, the one the satellite flies at; the
    /// Kozai mean motion that element sets carry is worked out from it.
    case altitudeKm(Double)
    /// Kozai mean motion as it stands in an element set, revolutions per day.
    case meanMotionRevPerDay(Double)
  }

  /// How satellites of neighbouring planes are shifted against one another.
  public enum Phasing: Hashable, Sendable {
    /// Walker's F: each plane is ahead of the one before by 360 F / (number of satellites) degrees.
    case walker(F: Double)
    /// Odd planes are ahead by half the spacing in a plane (as in Hypatia's satgenpy).
    case alternating
  }

  /// The shell's name; satellites are called `name-p0s0` and so on.
  public var name: String
  /// How many planes.
  public var planes: Int
  /// How many satellites each plane holds.
  public var satellitesPerPlane: Int
  /// How large the orbits are.
  public var orbit: Orbit
  /// Inclination, degrees.
  public var inclinationDeg: Double
  /// How neighbouring planes are shifted.
  public var phasing: Phasing
  /// The arc over which the ascending nodes spread: 360 for a Walker delta, 180 for a Walker star, degrees.
  public var raanSpreadDeg: Double
  /// Right ascension of the first plane's ascending node, degrees.
  public var firstRaanDeg: Double
  /// Eccentricity; the default is the smallest a TLE can carry.
  public var eccentricity: Double

  /// Creates a shell.
  public init(
    name: String, planes: Int, satellitesPerPlane: Int, orbit: Orbit, inclinationDeg: Double,
    phasing: Phasing, raanSpreadDeg: Double = 360, firstRaanDeg: Double = 0,
    eccentricity: Double = 1e-7
  ) {
    self.name = name
    self.planes = planes
    self.satellitesPerPlane = satellitesPerPlane
    self.orbit = orbit
    self.inclinationDeg = inclinationDeg
    self.phasing = phasing
    self.raanSpreadDeg = raanSpreadDeg
    self.firstRaanDeg = firstRaanDeg
    self.eccentricity = eccentricity
  }

  /// How many satellites the shell holds.
  public var count: Int { max(0, planes) * max(0, satellitesPerPlane) }

  /// The Kozai mean motion that the shell's element sets carry, revolutions per day.
  public var meanMotionRevPerDay: Double {
    switch orbit {
    case .meanMotionRevPerDay(let value): return value
    case .altitudeKm(let altitude):
      let radPerMinute = BrouwerOrbit.kozaiMeanMotion(
        semiMajorAxis: 1 + altitude / WGS72.radiusKm, eccentricity: eccentricity,
        cosInclination: SinCos(inclinationDeg * Double.pi / 180).cos)
      return radPerMinute * 1_440 / (2 * Double.pi)
    }
  }

  /// `planeIndices[p][j]` is where slot j of plane p stands in ``elementSets(epoch:firstCatalogNumber:)``.
  public var planeIndices: [[Int]] {
    let perPlane = max(0, satellitesPerPlane)
    return (0..<max(0, planes)).map { p in Array(p * perPlane..<(p + 1) * perPlane) }
  }

  /// The shell's element sets at `epoch`, plane after plane.
  ///
  /// Slot j of plane p has the index p S + j, the argument of perigee 0, no drag, and a mean anomaly of
  /// 360 j / S degrees plus the phasing's shift. Catalogue numbers count up from `firstCatalogNumber`.
  public func elementSets(epoch: UTC, firstCatalogNumber: Int) -> [ElementSet] {
    let meanMotion = meanMotionRevPerDay
    var sets: [ElementSet] = []
    sets.reserveCapacity(count)
    for p in 0..<max(0, planes) {
      let raan = inOneTurn(firstRaanDeg + raanSpreadDeg * Double(p) / Double(planes))
      for j in 0..<max(0, satellitesPerPlane) {
        let anomaly = 360 * Double(j) / Double(satellitesPerPlane) + shiftDeg(ofPlane: p)
        sets.append(
          ElementSet(
            name: "\(name)-p\(p)s\(j)", catalogNumber: firstCatalogNumber + sets.count,
            epoch: epoch, meanMotionRevPerDay: meanMotion, eccentricity: eccentricity,
            inclinationDeg: inclinationDeg, raanDeg: raan, argumentOfPerigeeDeg: 0,
            meanAnomalyDeg: inOneTurn(anomaly)))
      }
    }
    return sets
  }

  /// How far plane `p` is ahead of plane 0, degrees of mean anomaly.
  private func shiftDeg(ofPlane p: Int) -> Double {
    switch phasing {
    case .walker(let f): 360 * f * Double(p) / Double(count)
    case .alternating: p.isMultiple(of: 2) ? 0 : 180 / Double(satellitesPerPlane)
    }
  }
}

/// An angle in degrees brought into [0, 360).
private func inOneTurn(_ degrees: Double) -> Double {
  degrees - 360 * (degrees / 360).rounded(.down)
}
