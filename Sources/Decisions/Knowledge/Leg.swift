/// Where a forecast leads: one way out of the site, and a place beyond it.
public struct Leg: Hashable, Sendable {
  /// The uplink's name.
  public var uplink: String
  /// The destination's name: a site or an orbital zone.
  public var destination: String

  /// Creates a leg.
  public init(uplink: String, destination: String) {
    self.uplink = uplink
    self.destination = destination
  }
}
