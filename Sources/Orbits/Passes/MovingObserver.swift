#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// An observer whose place depends on time: a ship, an aircraft, another vehicle near the ground.
public struct MovingObserver: Sendable {
  /// Where it is at an instant.
  public let place: @Sendable (UTC) -> Geodetic

  /// Creates an observer from its place as a smooth function of time.
  public init(place: @escaping @Sendable (UTC) -> Geodetic) { self.place = place }

  /// Creates an observer that goes from waypoint to waypoint along great circles, each leg at an
  /// even speed and rate of climb; it rests at the first before its time, and at the last after it.
  ///
  /// `nil` where there is no waypoint, or where the times do not increase.
  public init?(waypoints: [(time: UTC, place: Geodetic)]) {
    guard let first = waypoints.first,
      zip(waypoints, waypoints.dropFirst()).allSatisfy({ $0.time < $1.time })
    else { return nil }
    self.init { time in
      guard let next = waypoints.firstIndex(where: { $0.time > time }) else {
        return waypoints[waypoints.count - 1].place
      }
      guard next > 0 else { return first.place }
      let (from, to) = (waypoints[next - 1], waypoints[next])
      return Self.between(
        from.place, to.place,
        share: time.seconds(since: from.time) / to.time.seconds(since: from.time))
    }
  }

  private static func between(_ a: Geodetic, _ b: Geodetic, share: Double) -> Geodetic {
    let (up, other) = (Observer(a).up, Observer(b).up)
    let cosine = max(-1, min(1, dot(up, other)))
    let along = other - cosine * up
    let sine = length(along)
    var place = a
    if sine > 1e-12 {
      let turned = SinCos(share * atan2(sine, cosine))
      let direction = turned.cos * up + (turned.sin / sine) * along
      place.latitudeDeg = asin(max(-1, min(1, direction.z))) * 180 / Double.pi
      place.longitudeDeg = atan2(direction.y, direction.x) * 180 / Double.pi
    }
    place.altitudeKm = a.altitudeKm + share * (b.altitudeKm - a.altitudeKm)
    return place
  }
}

/// From where a sky is watched.
enum Viewpoint: Sendable {
  case fixed(Observer)
  case moving(MovingObserver)

  /// An observer at one instant, with how it moves and tilts in ITRF.
  struct View {
    var observer: Observer
    var velocityKmS = Vector3.zero
    var upPerSecond = Vector3.zero
  }

  func view(at time: UTC) -> View {
    switch self {
    case .fixed(let observer): return View(observer: observer)
    case .moving(let moving):
      let before = Observer(moving.place(time.adding(seconds: -0.5)))
      let after = Observer(moving.place(time.adding(seconds: 0.5)))
      return View(
        observer: Observer(moving.place(time)),
        velocityKmS: after.positionKm - before.positionKm, upPerSecond: after.up - before.up)
    }
  }
}
