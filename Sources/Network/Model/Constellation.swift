import Orbits

/// Satellites that carry traffic together.
public struct Constellation: Sendable {
  /// The inter-satellite links a constellation has.
  public enum InterSatelliteLinks: String, Sendable, CaseIterable {
    /// Bent pipe: what goes up comes straight down.
    case none
    /// Two in-plane and two cross-plane neighbours each, always up.
    case plusGrid
  }

  /// When a site on the ground may use a satellite.
  public enum AccessRule: Sendable, Equatable {
    /// The satellite stands at least this many degrees above the horizon.
    case minElevationDeg(Double)
    /// The satellite is at most this far away, kilometres (the rule of the public filings' cone radius).
    case maxSlantRangeKm(Double)
  }

  /// Satellites of one altitude and inclination. Inter-satellite links stay within a shell.
  public struct Shell: Sendable {
    /// The shell's name, unique in its constellation.
    public var name: String
    /// The satellites; the element set's name is the name of the node in paths.
    public var satellites: [ElementSet]
    /// `planes[p][j]` is the index in ``satellites`` of slot j of plane p; neighbouring planes are
    /// neighbouring rows, the last neighbours the first. Empty where the structure is not known.
    public var planes: [[Int]]
    /// Whether plane `planes.count - 1` neighbours plane 0 (not so for a Walker star, whose planes
    /// spread over 180 degrees and counter-rotate at the seam).
    public var planesWrap: Bool

    /// Creates a shell.
    public init(
      name: String, satellites: [ElementSet], planes: [[Int]] = [], planesWrap: Bool = true
    ) {
      self.name = name
      self.satellites = satellites
      self.planes = planes
      self.planesWrap = planesWrap
    }
  }

  /// The constellation's name; unique in a fleet.
  public var name: String
  /// Its shells.
  public var shells: [Shell]
  /// Its inter-satellite links.
  public var links: InterSatelliteLinks
  /// Who may use it from the ground.
  public var access: AccessRule

  /// Creates a constellation.
  public init(
    name: String, shells: [Shell], links: InterSatelliteLinks, access: AccessRule
  ) {
    self.name = name
    self.shells = shells
    self.links = links
    self.access = access
  }
}

/// Satellites of a constellation that carry computers and so can host backends.
public struct OrbitalZone: Sendable, Equatable {
  /// The zone's name; unique in a fleet, and distinct from every site's.
  public var name: String
  /// The constellation's name.
  public var constellation: String
  /// The shell's name; `nil` means every shell.
  public var shell: String?
  /// Every how many planes there are hosts, at least 1.
  public var everyPlanes: Int
  /// Every how many slots in such a plane there is a host, at least 1.
  public var everySlots: Int

  /// Creates a zone.
  public init(
    name: String, constellation: String, shell: String? = nil, everyPlanes: Int = 1,
    everySlots: Int = 1
  ) {
    self.name = name
    self.constellation = constellation
    self.shell = shell
    self.everyPlanes = everyPlanes
    self.everySlots = everySlots
  }
}
