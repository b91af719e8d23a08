import Orbits

extension Track {
  /// Where the site is at `time`.
  public func position(at time: UTC) -> Geodetic {
    switch self {
    case .fixed(let place):
      return place
    case .waypoints(let waypoints):
      guard let first = waypoints.first, let last = waypoints.last else {
        return Geodetic(latitudeDeg: 0, longitudeDeg: 0)
      }
      guard time > first.time else { return first.position }
      guard let next = waypoints.firstIndex(where: { $0.time > time }) else { return last.position }
      let from = waypoints[next - 1]
      let to = waypoints[next]
      let share = time.seconds(since: from.time) / to.time.seconds(since: from.time)
      return GreatCircle.point(from: from.position, to: to.position, share: share)
    }
  }
}
