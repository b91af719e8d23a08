import Orbits

/// The part of the network that does not change with time: who exists, and which satellites are linked.
///
/// Satellites are numbered through all constellations in the order of the fleet; sites are numbered
/// in theirs. Everything that depends on time is computed from a topology and a ``Sky``.
public struct Topology: Sendable {
  /// The constellations, in order.
  public let constellations: [Constellation]
  /// The sites, in order.
  public let sites: [Site]
  /// Fiber between sites.
  public let fibers: [Fiber]
  /// Zones of satellites with computers.
  public let zones: [OrbitalZone]

  /// Satellite names by number.
  public let satelliteNames: [String]
  /// The numbers of each constellation's satellites.
  public let satelliteRanges: [Range<Int>]
  /// Neighbours over inter-satellite links: `linkTargets[linkStarts[i]..<linkStarts[i + 1]]`.
  let linkStarts: [Int32]
  let linkTargets: [Int32]
  /// The links' plane and slot structure.
  let grid: PlaneGrid
  /// For each zone, the numbers of its satellites.
  public let zoneHosts: [[Int]]
  let batches: [SatelliteBatch]
  let epochs: [UTC]
  let siteIndex: [String: Int]
  let satelliteIndex: [String: Int]
  let fiberNeighbours: [[FiberNeighbour]]
  let sitePositions: [Vector3]

  struct FiberNeighbour: Sendable {
    var site: Int
    /// Length in kilometres of vacuum that take light as long.
    var vacuumKm: Double
  }

  /// Compiles a topology. Names must be unique and references must exist, as a validated fleet has them.
  public init(
    constellations: [Constellation], sites: [Site], fibers: [Fiber] = [],
    zones: [OrbitalZone] = []
  ) {
    self.constellations = constellations
    self.sites = sites
    self.fibers = fibers
    self.zones = zones

    var names: [String] = []
    var ranges: [Range<Int>] = []
    var epochs: [UTC] = []
    for constellation in constellations {
      let first = names.count
      for shell in constellation.shells {
        names += shell.satellites.map(\.name)
        epochs += shell.satellites.map(\.epoch)
      }
      ranges.append(first..<names.count)
    }
    self.satelliteNames = names
    self.satelliteRanges = ranges
    self.epochs = epochs
    self.batches = constellations.map { SatelliteBatch($0.shells.flatMap(\.satellites)) }

    self.grid = PlaneGrid(constellations)
    (self.linkStarts, self.linkTargets) = grid.neighbours

    let siteIndex = Dictionary(
      sites.enumerated().map { ($0.element.name, $0.offset) }, uniquingKeysWith: { a, _ in a })
    self.siteIndex = siteIndex
    self.satelliteIndex = Dictionary(
      names.enumerated().map { ($0.element, $0.offset) }, uniquingKeysWith: { a, _ in a })
    self.zoneHosts = zones.map { zone in
      Self.hosts(of: zone, constellations: constellations, ranges: ranges)
    }

    // Gateways, PoPs and regions stand still; a moving terminal's entry is its first position and unused.
    let places = sites.map { $0.track.position(at: UTC(nanosecondsSince1970: 0)) }
    self.sitePositions = places.map(\.itrfKm)
    var fiberNeighbours = [[FiberNeighbour]](repeating: [], count: sites.count)
    for fiber in fibers {
      guard let a = siteIndex[fiber.from], let b = siteIndex[fiber.to] else { continue }
      let km = Self.fiberVacuumKm(places[a], places[b], stretch: fiber.stretch)
      fiberNeighbours[a].append(FiberNeighbour(site: b, vacuumKm: km))
      fiberNeighbours[b].append(FiberNeighbour(site: a, vacuumKm: km))
    }
    self.fiberNeighbours = fiberNeighbours
  }

  /// The site of that name.
  public func site(named name: String) -> Site? { siteIndex[name].map { sites[$0] } }

  /// How old the oldest element set used is at `time`, seconds; at least 0.
  public func elementAgeSeconds(at time: UTC) -> Double {
    max(0, epochs.min().map { time.seconds(since: $0) } ?? 0)
  }

  /// Fiber along the great circle, as kilometres of vacuum that take light as long.
  static func fiberVacuumKm(_ a: Geodetic, _ b: Geodetic, stretch: Double) -> Double {
    GreatCircle.distanceKm(a, b) * stretch * Fiber.refractiveIndex
  }

  /// Propagation one way through the shortest fiber that is laid between two sites, milliseconds; `nil` where
  /// there is none.
  public func fiberMs(from: String, to: String) -> Double? {
    guard let a = siteIndex[from], let b = siteIndex[to] else { return nil }
    return fiberVacuumKm(from: a, to: b).map { Light.milliseconds(km: $0) }
  }

  /// The shortest fiber that is laid between two sites, as kilometres of vacuum that take light as long.
  func fiberVacuumKm(from a: Int, to b: Int) -> Double? {
    fiberNeighbours[a].lazy.filter { $0.site == b }.map(\.vacuumKm).min()
  }

  private static func hosts(
    of zone: OrbitalZone, constellations: [Constellation], ranges: [Range<Int>]
  ) -> [Int] {
    guard let number = constellations.firstIndex(where: { $0.name == zone.constellation }) else {
      return []
    }
    var hosts: [Int] = []
    var base = ranges[number].lowerBound
    for shell in constellations[number].shells {
      if zone.shell == nil || zone.shell == shell.name {
        let planes =
          shell.planes.isEmpty ? [Array(shell.satellites.indices)] : shell.planes
        for plane in stride(from: 0, to: planes.count, by: max(1, zone.everyPlanes)) {
          for slot in stride(from: 0, to: planes[plane].count, by: max(1, zone.everySlots)) {
            hosts.append(base + planes[plane][slot])
          }
        }
      }
      base += shell.satellites.count
    }
    return hosts
  }
}
