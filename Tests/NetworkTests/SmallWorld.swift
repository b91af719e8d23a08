import Orbits

@testable import Network

/// A small world for tests: an island with every kind of uplink, a few gateways, a region.
enum SmallWorld {
  static let epoch = UTC(year: 2026, month: 1, day: 1)

  static func shell(
    planes: Int = 24, perPlane: Int = 24, altitudeKm: Double = 550, inclinationDeg: Double = 53
  ) -> Constellation.Shell {
    let walker = WalkerShell(
      name: "w", planes: planes, satellitesPerPlane: perPlane, orbit: .altitudeKm(altitudeKm),
      inclinationDeg: inclinationDeg, phasing: .walker(F: 1))
    return Constellation.Shell(
      name: "1", satellites: walker.elementSets(epoch: epoch, firstCatalogNumber: 1),
      planes: walker.planeIndices)
  }

  static func site(
    _ name: String, _ kind: Site.Kind, _ latitude: Double, _ longitude: Double,
    uplinks: [Uplink] = []
  ) -> Site {
    Site(
      name: name, kind: kind,
      track: .fixed(Geodetic(latitudeDeg: latitude, longitudeDeg: longitude)), uplinks: uplinks)
  }

  static let leo = Uplink(
    name: "leo", medium: .leo(constellation: "leo"), up: .megabitsPerSecond(20),
    down: .megabitsPerSecond(200), pricePerGB: 0.5)
  static let geo = Uplink(
    name: "geo", medium: .geo(longitudeDeg: -15, teleport: "madeira"), up: .megabitsPerSecond(1),
    down: .megabitsPerSecond(4), pricePerGB: 5)
  static let fiber = Uplink(
    name: "fiber", medium: .fiber(landsAt: "pop", stretch: 1.5), up: .megabitsPerSecond(100),
    down: .megabitsPerSecond(100))

  static func topology(
    links: Constellation.InterSatelliteLinks = .plusGrid, shell: Constellation.Shell = shell(),
    islandLatitude: Double = -37.07, islandLongitude: Double = -12.31, maskDeg: Double = 25
  ) -> Topology {
    Topology(
      constellations: [
        Constellation(
          name: "leo", shells: [shell], links: links, access: .minElevationDeg(maskDeg))
      ],
      sites: [
        site(
          "island", .terminal, islandLatitude, islandLongitude, uplinks: [leo, geo, fiber]),
        site("lagos", .gateway, 6.45, 3.59), site("cape", .gateway, -33.93, 18.42),
        site("madeira", .gateway, 32.65, -16.91), site("pop", .pop, 50.11, 8.68),
        site("region", .region, 50.0, 8.6),
      ],
      fibers: [
        Fiber(from: "lagos", to: "pop", stretch: 1.4),
        Fiber(from: "cape", to: "pop", stretch: 1.4),
        Fiber(from: "madeira", to: "pop", stretch: 1.4),
        Fiber(from: "pop", to: "region", stretch: 1.1),
      ],
      zones: [OrbitalZone(name: "orbit", constellation: "leo", everyPlanes: 4, everySlots: 6)])
  }
}
