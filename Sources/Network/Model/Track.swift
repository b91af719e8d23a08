import Orbits

/// Where a site is as time goes by.
public enum Track: Sendable, Equatable {
  /// A site that stays.
  case fixed(Geodetic)
  /// A site that moves along great circles between waypoints, at constant speed on each leg; it
  /// waits at the first before its time and at the last after it.
  case waypoints([Waypoint])

  /// A place and the instant of being there.
  public struct Waypoint: Sendable, Equatable {
    /// The instant of arrival.
    public var time: UTC
    /// The place.
    public var position: Geodetic

    /// Creates a waypoint.
    public init(time: UTC, position: Geodetic) {
      self.time = time
      self.position = position
    }
  }
}
