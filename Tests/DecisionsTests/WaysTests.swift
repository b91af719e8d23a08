import Decisions
import Fleet
import Network
import Orbits
import Testing

/// The ways from a site to its backends.
@Suite struct WaysTests {
  @Test func theManifestsBackendsBecomeWays() {
    let uplinks = ["leo", "fiber"].map {
      Uplink(
        name: $0, medium: .fiber(landsAt: "pop", stretch: 1), up: .megabitsPerSecond(1),
        down: .megabitsPerSecond(1))
    }
    let site = Site(
      name: "island", kind: .terminal, track: .fixed(Geodetic(latitudeDeg: 0, longitudeDeg: 0)),
      uplinks: uplinks)
    func backend(_ name: String, _ scheme: BackendURL.Scheme, at place: Backend.Location) -> Backend
    {
      Backend(
        name: name, location: place,
        source: .url(BackendURL(scheme: scheme, host: "h", port: 1, basePath: "")),
        models: [ServedModel(name: "m")])
    }
    let ways = site.ways(to: [
      backend("near", .http, at: .site("island")), backend("far", .https, at: .site("region")),
      backend("up", .http, at: .zone("region")),
    ])
    #expect(ways.destinations == ["region"])
    #expect(ways.legs.map(\.uplink) == ["leo", "fiber"])
    #expect(ways.backends.map(\.handshakeRoundTrips) == [1, 2, 1])
    #expect(
      ways.paths(serving: "m").map(\.description) == [
        "near over local", "far over leo", "far over fiber", "up over leo", "up over fiber",
      ])
    #expect(ways.leg(of: PathID(backend: "near", uplink: "local")) == nil)
    #expect(ways.leg(of: PathID(backend: "far", uplink: "leo"))?.destination == "region")
    #expect(ways.paths(serving: "unknown").isEmpty && ways.paths(to: "unknown").isEmpty)
  }
}
