import Orbits

/// The world that claims are checked in: a first shell like Starlink's, cities as terminals, and cloud regions
/// with a gateway each, which is more than any operator has.
public struct ClaimWorld: Sendable {
  /// The ways from a city, by the names of their uplinks.
  enum Way: String {
    /// The satellites.
    case leo
    /// Fiber to the nearest region, as long as fiber usually is.
    case fiber
    /// Fiber to the nearest region along the great circle, which nobody has.
    case straightFiber
    /// Fiber to the one region for all.
    case farFiber
  }

  /// A city and the region nearest to it.
  struct City: Sendable {
    let name: String
    let place: Geodetic
    let region: String
    let regionKm: Double
  }

  /// Route length of fiber over great-circle distance.
  public static let fiberStretch = 1.5
  /// The shell's altitude, kilometres.
  static let altitudeKm = 550.0
  /// The shell: that of Starlink's first filings.
  public static let shell = WalkerShell(
    name: "leo", planes: 72, satellitesPerPlane: 22, orbit: .altitudeKm(altitudeKm),
    inclinationDeg: 53,
    phasing: .walker(F: 17))
  /// The lowest usable elevation, degrees.
  public static let minElevationDeg = 25.0
  /// The region that stands for "one region far away".
  public static let farRegion = "aws/us-east-1"
  /// The zone of one orbital node in eight satellites, and that of a node in every satellite.
  static let (zone, everywhere) = ("orbit", "orbit-everywhere")

  /// The region for all: ``farRegion`` where it is among the regions.
  let farRegion: String
  /// How many regions there are to choose from.
  let regionCount: Int
  let topology: Topology
  let cities: [City]

  /// Builds the world. A city's nearest region and the far one are the destinations; `regions` must not be empty.
  public init(
    cities: [NamedPlace] = NamedPlace.largestCities,
    regions: [NamedPlace] = NamedPlace.cloudRegions,
    epoch: UTC
  ) {
    let far = regions.first { $0.name == Self.farRegion } ?? regions[0]
    farRegion = far.name
    regionCount = regions.count
    self.cities = cities.map { city in
      let region = city.nearest(of: regions) ?? far
      return City(
        name: city.name, place: city.place, region: region.name,
        regionKm: GreatCircle.distanceKm(city.place, region.place))
    }
    let used = Set(self.cities.map(\.region)).union([far.name])
    let gateways = regions.filter { used.contains($0.name) }.map { region in
      Site(name: region.name, kind: .gateway, track: .fixed(region.place))
    }
    let terminals = self.cities.map { city in
      Site(
        name: city.name, kind: .terminal, track: .fixed(city.place),
        uplinks: Self.uplinks(to: city.region, far: far.name))
    }
    topology = Topology(
      constellations: [
        Constellation(
          name: "leo",
          shells: [
            Constellation.Shell(
              name: "550",
              satellites: Self.shell.elementSets(epoch: epoch, firstCatalogNumber: 1),
              planes: Self.shell.planeIndices)
          ], links: .plusGrid, access: .minElevationDeg(Self.minElevationDeg))
      ],
      sites: terminals + gateways,
      zones: [
        OrbitalZone(name: Self.zone, constellation: "leo", everyPlanes: 4, everySlots: 2),
        OrbitalZone(name: Self.everywhere, constellation: "leo"),
      ])
  }

  /// How many satellites there are.
  var satelliteCount: Int { topology.satelliteNames.count }

  /// How many of them are nodes of ``zone``, the first of the zones.
  var nodeCount: Int { topology.zoneHosts[0].count }

  private static func uplinks(to region: String, far: String) -> [Uplink] {
    func uplink(_ way: Way, _ medium: Uplink.Medium) -> Uplink {
      Uplink(
        name: way.rawValue, medium: medium, up: .megabitsPerSecond(100),
        down: .megabitsPerSecond(100))
    }
    return [
      uplink(.leo, .leo(constellation: "leo")),
      uplink(.fiber, .fiber(landsAt: region, stretch: fiberStretch)),
      uplink(.straightFiber, .fiber(landsAt: region, stretch: 1)),
      uplink(.farFiber, .fiber(landsAt: far, stretch: fiberStretch)),
    ]
  }
}
