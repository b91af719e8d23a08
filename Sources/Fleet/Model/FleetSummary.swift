import Network

/// How much a fleet declares, counted.
public struct FleetSummary: Sendable, Equatable {
  /// One constellation, counted.
  public struct ConstellationCount: Sendable, Equatable {
    /// The constellation's name.
    public var name: String
    /// How many shells it has.
    public var shells: Int
    /// How many planes, where the structure is known.
    public var planes: Int
    /// How many satellites.
    public var satellites: Int
    /// Its inter-satellite links.
    public var links: Constellation.InterSatelliteLinks
  }

  /// The fleet's name.
  public var name: String
  /// The constellations, in the order of the manifest.
  public var constellations: [ConstellationCount]
  /// How many sites of each kind there are.
  public var sites: [Site.Kind: Int]
  /// How many of the sites move.
  public var movingSites: Int
  /// How many uplinks all terminals have together.
  public var uplinks: Int
  /// How many fibers there are.
  public var fibers: Int
  /// How many orbital zones there are.
  public var zones: Int
  /// How many backends there are.
  public var backends: Int
  /// How many of the backends the node starts itself.
  public var managedBackends: Int
  /// The names of all models served, sorted, each once.
  public var models: [String]

  /// All satellites together.
  public var satellites: Int { constellations.reduce(0) { $0 + $1.satellites } }
}

extension Fleet {
  /// How much the fleet declares.
  public var summary: FleetSummary {
    FleetSummary(
      name: name,
      constellations: constellations.map { constellation in
        FleetSummary.ConstellationCount(
          name: constellation.name, shells: constellation.shells.count,
          planes: constellation.shells.reduce(0) { $0 + $1.planes.count },
          satellites: constellation.shells.reduce(0) { $0 + $1.satellites.count },
          links: constellation.links)
      },
      sites: Dictionary(sites.map { ($0.kind, 1) }, uniquingKeysWith: +),
      movingSites: sites.count { if case .waypoints = $0.track { true } else { false } },
      uplinks: sites.reduce(0) { $0 + $1.uplinks.count },
      fibers: fibers.count, zones: zones.count, backends: backends.count,
      managedBackends: backends.count { if case .managed = $0.source { true } else { false } },
      models: Set(backends.flatMap { $0.models.map(\.name) }).sorted())
  }
}
