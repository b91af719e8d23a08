import Network
import Orbits

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Two satellites that a +Grid would link although the Earth comes between them.
struct SightLine {
  var from: String
  var to: String
  /// The longest distance between them in a revolution, kilometres.
  var distanceKm: Double
  /// The longest that stays 80 km above the ground, kilometres.
  var limitKm: Double

  /// A laser beam must pass above the atmosphere (Kassing et al., "Exploring the 'Internet from
  /// space' with Hypatia", IMC 2020), kilometres.
  private static let clearanceKm = 80.0
  /// In how many places along a revolution a pair is looked at.
  private static let steps = 8

  /// The first pair of +Grid neighbours in `shell` that lose sight of each other, if any.
  static func firstBlocked(in shell: Constellation.Shell) -> SightLine? {
    guard let epoch = shell.satellites.map(\.epoch).max() else { return nil }
    let places = shell.satellites.map { PlaneStructure.place(of: $0, at: epoch) }
    for (number, plane) in shell.planes.enumerated() {
      let next = (number + 1) % shell.planes.count
      let isLinked = next != 0 || (shell.planesWrap && shell.planes.count > 2)
      for (slot, satellite) in plane.enumerated() {
        var neighbours = plane.count > 1 ? [plane[(slot + 1) % plane.count]] : []
        if isLinked, slot < shell.planes[next].count { neighbours.append(shell.planes[next][slot]) }
        for neighbour in neighbours {
          let (distance, limit) = longest(places[satellite], places[neighbour])
          guard distance > limit else { continue }
          return SightLine(
            from: shell.satellites[satellite].name, to: shell.satellites[neighbour].name,
            distanceKm: distance, limitKm: limit)
        }
      }
    }
    return nil
  }

  private static func longest(
    _ a: PlaneStructure.OrbitPlace, _ b: PlaneStructure.OrbitPlace
  ) -> (distanceKm: Double, limitKm: Double) {
    let distance = (0..<steps).map { step in
      let turn = Double(step) * 360 / Double(steps)
      return length(position(a, turnedDeg: turn) - position(b, turnedDeg: turn))
    }.max()
    let radius = min(a.radiusKm, b.radiusKm)
    let grazing = PlaneStructure.earthRadiusKm + clearanceKm
    let limit = 2 * max(0, radius * radius - grazing * grazing).squareRoot()
    return (distance ?? 0, limit)
  }

  /// Where the satellite is after `turnedDeg` more of its circular orbit, inertial, kilometres.
  private static func position(
    _ place: PlaneStructure.OrbitPlace, turnedDeg: Double
  ) -> Vector3 {
    let u = (place.latitudeArgumentDeg + turnedDeg) * .pi / 180
    let node = place.raanDeg * .pi / 180
    let inclination = place.inclinationDeg * .pi / 180
    return place.radiusKm
      * Vector3(
        cos(node) * cos(u) - sin(node) * sin(u) * cos(inclination),
        sin(node) * cos(u) + cos(node) * sin(u) * cos(inclination),
        sin(u) * sin(inclination))
  }
}
