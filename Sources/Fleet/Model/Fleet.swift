import Network

/// The declared world: everything a manifest says, read and checked.
///
/// A value of this type refers to nothing that does not exist: every name that one resource uses for
/// another has been resolved, every number is in range. What it does not know is the state of things.
public struct Fleet: Sendable {
  /// The fleet's name.
  public var name: String
  /// The node's own settings; `nil` in a manifest that is only for forecasts.
  public var gateway: GatewaySettings?
  /// The constellations, their shells expanded to element sets.
  public var constellations: [Constellation]
  /// Satellites that can host backends.
  public var zones: [OrbitalZone]
  /// The places.
  public var sites: [Site]
  /// The fiber between sites.
  public var fibers: [Fiber]
  /// What answers inference requests.
  public var backends: [Backend]
  /// The seed of every random choice made for this fleet, such as emulated loss.
  public var seed: UInt64

  /// Creates a fleet as given; only ``load(yaml:file:readFile:)`` checks.
  public init(
    name: String, gateway: GatewaySettings? = nil, constellations: [Constellation] = [],
    zones: [OrbitalZone] = [], sites: [Site] = [], fibers: [Fiber] = [],
    backends: [Backend] = [], seed: UInt64 = 1
  ) {
    self.name = name
    self.gateway = gateway
    self.constellations = constellations
    self.zones = zones
    self.sites = sites
    self.fibers = fibers
    self.backends = backends
    self.seed = seed
  }

  /// The site called `name`.
  public func site(named name: String) -> Site? { sites.first { $0.name == name } }

  /// The constellation called `name`.
  public func constellation(named name: String) -> Constellation? {
    constellations.first { $0.name == name }
  }
}
