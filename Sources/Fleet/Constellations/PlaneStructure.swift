import Orbits

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Finds out which satellites share an orbital plane, and which are neighbours there.
///
/// Element sets have epochs of their own, hours or days apart, while planes precess by degrees a day
/// and satellites move by a slot in minutes. So all are first brought to the newest epoch with the
/// secular rates of J2 (Vallado, Fundamentals of Astrodynamics, 4th ed., section 9.6.1).
enum PlaneStructure {
  /// Groups satellites into `planes` planes by their RAAN at the newest epoch.
  ///
  /// Planes are taken as evenly spread over `spreadDeg` to begin with; each then moves to the mean of
  /// its satellites, and each satellite to the nearest plane, until nothing changes, so that planes
  /// need not be even. Satellites that are not on station, rising, sinking or drifting from plane to
  /// plane, are left out: their neighbours change, so that they hold no links. Within a plane,
  /// satellites are in
  /// order of argument of latitude. Slot j of every plane is one near in phase to slot j of plane 0, so
  /// that links between slots of one number are short across the last plane and the first as well.
  ///
  /// - Returns: For each plane, indices into `satellites`; a plane may be empty, and not every satellite
  ///   need be in one.
  static func byRaan(
    _ satellites: [ElementSet], planes: Int, spreadDeg: Double
  ) -> [[Int]] {
    guard planes > 0, let epoch = satellites.map(\.epoch).max() else { return [] }
    let places = satellites.map { place(of: $0, at: epoch) }
    let groups = grouped(places.map(\.raanDeg), into: planes, spreadDeg: spreadDeg)
    var origin: Double?
    return groups.map { members in
      let onStation = onStation(
        members, satellites: satellites, places: places, spacingDeg: spreadDeg / Double(planes))
      let sorted = onStation.sorted {
        (places[$0].latitudeArgumentDeg, $0) < (places[$1].latitudeArgumentDeg, $1)
      }
      guard let first = sorted.first else { return [] }
      let phases = sorted.map { places[$0].latitudeArgumentDeg }
      let start = nearest(to: origin ?? phases[0], among: phases)
      origin = origin ?? places[first].latitudeArgumentDeg
      return Array(sorted[start...] + sorted[..<start])
    }
  }

  /// Those of a plane's members that share its mean motion to a thousandth (5 degrees a day of drift
  /// along the orbit), its inclination to half a degree, and its node to a quarter of the spacing.
  private static func onStation(
    _ members: [Int], satellites: [ElementSet], places: [OrbitPlace], spacingDeg: Double
  ) -> [Int] {
    guard let motion = median(members.map { satellites[$0].meanMotionRevPerDay }),
      let inclination = median(members.map { satellites[$0].inclinationDeg }),
      // The median of what the nodes are off an arbitrary one needs no care for 360 degrees.
      let off = median(members.map { difference(places[$0].raanDeg, places[members[0]].raanDeg) })
    else { return [] }
    let node = places[members[0]].raanDeg + off
    return members.filter {
      abs(satellites[$0].meanMotionRevPerDay / motion - 1) < 0.001
        && abs(satellites[$0].inclinationDeg - inclination) < 0.5
        && abs(difference(places[$0].raanDeg, node)) < spacingDeg / 4
    }
  }

  private static func median(_ values: [Double]) -> Double? {
    values.isEmpty ? nil : values.sorted()[values.count / 2]
  }

  /// The planes of a Walker shell, their slots numbered so that slot j of every plane is within half
  /// a slot of slot j of plane 0.
  ///
  /// Walker's F shifts each plane against the one before; all round the Earth that adds up to F slots.
  /// Were slots numbered from each plane's own first satellite, the last plane's links to the first
  /// would span F slots, often through the Earth. Here the shift is taken up on the way.
  static func rows(of walker: WalkerShell) -> [[Int]] {
    guard case .walker(let phasing) = walker.phasing, walker.raanSpreadDeg == 360 else {
      return walker.planeIndices
    }
    return walker.planeIndices.enumerated().map { plane, slots in
      let shift = Int((phasing * Double(plane) / Double(walker.planes)).rounded()) % slots.count
      return Array(slots[(slots.count - shift)...] + slots[..<(slots.count - shift)])
    }
  }

  /// Where a satellite of a near-circular orbit is: its plane and its phase in it.
  struct OrbitPlace {
    var raanDeg: Double
    /// Argument of perigee plus mean anomaly, in [0, 360).
    var latitudeArgumentDeg: Double
    var inclinationDeg: Double
    /// The semi-major axis, kilometres.
    var radiusKm: Double
  }

  /// The equatorial radius of WGS72, which element sets are made for, kilometres.
  static let earthRadiusKm = 6_378.135

  /// Where `element` is at `epoch`, by its mean elements and the secular rates of J2.
  static func place(of element: ElementSet, at epoch: UTC) -> OrbitPlace {
    let days = epoch.seconds(since: element.epoch) / 86_400
    let meanMotion = element.meanMotionRevPerDay * 360
    let radians = element.meanMotionRevPerDay * 2 * .pi / 86_400
    // The gravitational parameter and J2 are those of WGS72.
    let semiMajorAxisKm = cbrt(398_600.8 / (radians * radians))
    let parameterKm = semiMajorAxisKm * (1 - element.eccentricity * element.eccentricity)
    let ratio = earthRadiusKm / parameterKm
    let j2 = 1.5 * 1.082616e-3 * ratio * ratio * meanMotion
    let cosine = cos(element.inclinationDeg * .pi / 180)
    let perigeeRate = j2 * (2.5 * cosine * cosine - 0.5)
    return OrbitPlace(
      raanDeg: wrapped(element.raanDeg - j2 * cosine * days),
      latitudeArgumentDeg: wrapped(
        element.argumentOfPerigeeDeg + element.meanAnomalyDeg + (meanMotion + perigeeRate) * days),
      inclinationDeg: element.inclinationDeg, radiusKm: semiMajorAxisKm)
  }

  /// Angles grouped around `count` centres in order, by k-means on the circle.
  private static func grouped(
    _ anglesDeg: [Double], into count: Int, spreadDeg: Double
  ) -> [[Int]] {
    let spacing = spreadDeg / Double(count)
    var centres = firstCentres(anglesDeg, count: count, spacing: spacing)
    var groups: [[Int]] = []
    for _ in 0..<20 {
      var next = [[Int]](repeating: [], count: count)
      for (index, angle) in anglesDeg.enumerated() {
        next[nearest(to: angle, among: centres)].append(index)
      }
      if next == groups { break }
      groups = next
      for (index, members) in groups.enumerated() where !members.isEmpty {
        let offsets = members.map { difference(anglesDeg[$0], centres[index]) }
        centres[index] = wrapped(centres[index] + offsets.reduce(0, +) / Double(offsets.count))
      }
    }
    return groups
  }

  /// Centres `spacing` apart that fit the angles best: the grid's offset is the mean of the angles
  /// modulo the spacing; where the grid covers less than the circle, it lies where most angles are.
  private static func firstCentres(
    _ anglesDeg: [Double], count: Int, spacing: Double
  ) -> [Double] {
    let turns = anglesDeg.map { $0 / spacing * 2 * .pi }
    let mean = atan2(
      turns.reduce(0) { $0 + sin($1) }, turns.reduce(0) { $0 + cos($1) })
    let offset = mean / (2 * .pi) * spacing
    let cells = Int((360 / spacing).rounded())
    guard cells > count else { return (0..<count).map { wrapped(offset + Double($0) * spacing) } }
    var occupancy = [Int](repeating: 0, count: cells)
    for angle in anglesDeg {
      let cell = Int((wrapped(angle - offset) / spacing).rounded()) % cells
      occupancy[cell] += 1
    }
    let start = (0..<cells).max { a, b in
      window(occupancy, from: a, count: count) < window(occupancy, from: b, count: count)
    }
    return (0..<count).map { wrapped(offset + Double((start ?? 0) + $0) * spacing) }
  }

  private static func window(_ occupancy: [Int], from start: Int, count: Int) -> Int {
    (0..<count).reduce(0) { $0 + occupancy[(start + $1) % occupancy.count] }
  }

  private static func nearest(to angleDeg: Double, among anglesDeg: [Double]) -> Int {
    var best = 0
    for index in anglesDeg.indices
    where abs(difference(anglesDeg[index], angleDeg)) < abs(difference(anglesDeg[best], angleDeg)) {
      best = index
    }
    return best
  }

  /// `a - b` in [-180, 180).
  private static func difference(_ a: Double, _ b: Double) -> Double {
    wrapped(a - b + 180) - 180
  }

  /// An angle in [0, 360).
  private static func wrapped(_ angleDeg: Double) -> Double {
    let rest = fmod(angleDeg, 360)
    return rest < 0 ? rest + 360 : rest
  }
}
