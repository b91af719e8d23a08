import Orbits

/// A named place on the ground, at sea or in the air that links start from, land at or pass through.
public struct Site: Sendable, Equatable {
  /// What a site does in the network, which decides what may pass through it.
  public enum Kind: String, Sendable, CaseIterable {
    /// Where people are: paths start or end here and never pass through.
    case terminal
    /// A gateway earth station: feeder links to satellites, fiber to the rest.
    case gateway
    /// A point of presence, where an operator's network meets the Internet.
    case pop
    /// A cloud region, where backends run.
    case region
    /// A ground station with its own antenna; carries feeder links as a gateway does.
    case groundStation

    /// Whether satellites may land traffic here.
    public var hasFeederLinks: Bool { self == .gateway || self == .groundStation }
  }

  /// The name that paths, metrics and the manifest use; unique in a fleet.
  public var name: String
  /// What the site does.
  public var kind: Kind
  /// Where it is, now and later.
  public var track: Track
  /// The ways out of a terminal, in the order of the manifest; empty for other kinds.
  public var uplinks: [Uplink]
  /// The constellations a gateway's antennas talk to; `nil` means all of them.
  public var constellations: [String]?

  /// Creates a site.
  public init(
    name: String, kind: Kind, track: Track, uplinks: [Uplink] = [],
    constellations: [String]? = nil
  ) {
    self.name = name
    self.kind = kind
    self.track = track
    self.uplinks = uplinks
    self.constellations = constellations
  }

  /// Whether the site has antennas for a constellation: a terminal for those of its LEO uplinks, a
  /// gateway or a ground station for those it serves, others for none.
  public func hasAntennas(for constellation: String) -> Bool {
    if kind == .terminal {
      return uplinks.contains { $0.medium == .leo(constellation: constellation) }
    }
    return kind.hasFeederLinks && constellations?.contains(constellation) ?? true
  }
}
