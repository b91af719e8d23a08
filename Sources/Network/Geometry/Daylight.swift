import Orbits

/// Which satellites the sun shines on at an instant.
///
/// The Earth's shadow is taken for a cylinder of its equatorial radius: at low orbits the edges are
/// right within some ten seconds, which is less than a slot.
struct Daylight: Sendable {
  private let toSun: Vector3

  init(at time: UTC) {
    let sun = EarthRotation(at: time).itrf(positionKm: Sun.temePositionKm(at: time))
    toSun = sun / length(sun)
  }

  private static let earthRadiusKm = 6_378.137

  /// Whether a satellite at an ITRF position, kilometres, is lit.
  func reaches(_ positionKm: Vector3) -> Bool {
    let along = dot(positionKm, toSun)
    let across = positionKm - along * toSun
    return along > 0 || length(across) > Self.earthRadiusKm
  }
}
