import Fleet
import Network
import Orbits

/// A small fleet: an island with fiber, LEO and GEO; a region with two backends; nothing real needed.
enum TestFleet {
  static func site(
    _ name: String, _ kind: Site.Kind, _ latitude: Double, _ longitude: Double,
    uplinks: [Uplink] = []
  ) -> Site {
    Site(
      name: name, kind: kind,
      track: .fixed(Geodetic(latitudeDeg: latitude, longitudeDeg: longitude)), uplinks: uplinks)
  }

  /// A link without jitter and loss, so that a test waits for nothing but light.
  static let clean = AccessModel(delayMs: 1, jitterMs: 0, loss: 0)

  static let fiber = Uplink(
    name: "fiber", medium: .fiber(landsAt: "pop", stretch: 1.2), up: .megabitsPerSecond(100),
    down: .megabitsPerSecond(100), access: clean, link: LinkModel(steady: clean))
  static let geo = Uplink(
    name: "geo", medium: .geo(longitudeDeg: 10, teleport: "teleport"), up: .megabitsPerSecond(10),
    down: .megabitsPerSecond(10), pricePerGB: 5, access: clean, link: LinkModel(steady: clean))
  static let leo = Uplink(
    name: "leo", medium: .leo(constellation: "leo"), up: .megabitsPerSecond(20),
    down: .megabitsPerSecond(200), pricePerGB: 0.5, access: clean, link: LinkModel(steady: clean))

  static func make(
    uplinks: [Uplink], backends: [Backend], keys: [SecretReference] = []
  ) -> Fleet {
    let walker = WalkerShell(
      name: "w", planes: 24, satellitesPerPlane: 24, orbit: .altitudeKm(550), inclinationDeg: 60,
      phasing: .walker(F: 1))
    let shell = Constellation.Shell(
      name: "1",
      satellites: walker.elementSets(
        epoch: UTC(year: 2026, month: 1, day: 1), firstCatalogNumber: 1),
      planes: walker.planeIndices)
    return Fleet(
      name: "test", gateway: GatewaySettings(site: "island", listenPort: 0, keys: keys),
      constellations: [
        Constellation(
          name: "leo", shells: [shell], links: .plusGrid, access: .minElevationDeg(20))
      ],
      sites: [
        site("island", .terminal, 53, 3, uplinks: uplinks), site("gw", .gateway, 50, 6),
        site("teleport", .gateway, 47.9, 11.1), site("pop", .pop, 50.1, 8.7),
        site("region", .region, 50.1, 8.6),
      ],
      fibers: [
        Fiber(from: "gw", to: "pop", stretch: 1.2),
        Fiber(from: "teleport", to: "pop", stretch: 1.2),
        Fiber(from: "pop", to: "region", stretch: 1.1),
      ], backends: backends)
  }

  static func backend(_ name: String, port: Int, at location: Backend.Location) -> Backend {
    Backend(
      name: name, location: location,
      source: .url(BackendURL(scheme: .http, host: "127.0.0.1", port: port, basePath: "/v1")),
      models: [ServedModel(name: "m")],
      health: HealthCheckPolicy(probe: .http(path: "/v1/models"), interval: .milliseconds(300)))
  }
}
