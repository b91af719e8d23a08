import Orbits
import Testing

@testable import Network

/// Equality with the graph that the field's benchmark uses: Starlink shell 1 as Hypatia generates it
/// (72 planes of 22, 15.19 revolutions a day, 53 degrees, +Grid, slant range up to 1,089.686 km).
///
/// The reference round trips were made by an independent implementation: python-sgp4 2.27 (WGS72),
/// GMST 1982, WGS72 ellipsoid, scipy's Dijkstra. Station positions are those of Hypatia's list of the
/// hundred most populous cities.
@Suite struct ReferenceGraphTests {
  static let stations: [(name: String, latitude: Double, longitude: Double)] = [
    ("New-York-Newark", 40.717042, -74.003663), ("London", 51.508530, -0.125740),
    ("Singapore", 1.289670, 103.850070), ("Johannesburg", -26.202270, 28.043630),
  ]

  static let topology = Topology(
    constellations: [
      Constellation(
        name: "starlink", shells: [.hypatiaStarlink], links: .plusGrid,
        access: .maxSlantRangeKm(1089.686))
    ],
    sites: stations.map {
      Site(
        name: $0.name, kind: .groundStation,
        track: .fixed(Geodetic(latitudeDeg: $0.latitude, longitudeDeg: $0.longitude)))
    })

  static let references: [(from: String, to: String, second: Double, rttMs: Double)] = [
    ("New-York-Newark", "London", 0, 42.820071),
    ("New-York-Newark", "Singapore", 0, 139.559639),
    ("New-York-Newark", "Johannesburg", 0, 113.474910),
    ("London", "Singapore", 0, 80.279596),
    ("London", "Johannesburg", 0, 121.953684),
    ("Singapore", "Johannesburg", 0, 102.637389),
    ("New-York-Newark", "London", 615, 43.765055),
    ("New-York-Newark", "Singapore", 615, 141.037884),
    ("London", "Johannesburg", 615, 122.882421),
    ("New-York-Newark", "London", 1800, 45.792835),
    ("London", "Singapore", 1800, 80.464697),
    ("New-York-Newark", "Johannesburg", 3600, 112.790904),
    ("London", "Johannesburg", 3600, 124.079868),
    ("Singapore", "Johannesburg", 5400, 96.501624),
    ("London", "Singapore", 5400, 82.286105),
  ]

  @Test(arguments: references)
  func roundTripWithinTwoMicroseconds(
    _ reference: (from: String, to: String, second: Double, rttMs: Double)
  ) throws {
    let time = UTC(year: 2000, month: 1, day: 1).adding(seconds: reference.second)
    let state = NetworkState(Self.topology, instant: time)
    let best = try #require(
      Forecaster(Self.topology).bestPath(
        from: reference.from, to: reference.to, state: state, propagationOnly: true))
    #expect(abs(2 * best.oneWayMs - reference.rttMs) < 0.002)
  }

  @Test(arguments: [0.0, 615, 3600])
  func pathsAreTheSameBothWays(second: Double) throws {
    let time = UTC(year: 2000, month: 1, day: 1).adding(seconds: second)
    let state = NetworkState(Self.topology, instant: time)
    let forecaster = Forecaster(Self.topology)
    for a in Self.stations {
      for b in Self.stations where a.name < b.name {
        let there = try #require(
          forecaster.bestPath(from: a.name, to: b.name, state: state, propagationOnly: true))
        let back = try #require(
          forecaster.bestPath(from: b.name, to: a.name, state: state, propagationOnly: true))
        #expect(abs(there.oneWayMs - back.oneWayMs) < 1e-9)
      }
    }
  }
}

extension Constellation.Shell {
  /// Starlink's first shell as Hypatia generates it.
  static let hypatiaStarlink: Constellation.Shell = {
    let walker = WalkerShell(
      name: "s", planes: 72, satellitesPerPlane: 22, orbit: .meanMotionRevPerDay(15.19),
      inclinationDeg: 53, phasing: .alternating)
    return Constellation.Shell(
      name: "1",
      satellites: walker.elementSets(
        epoch: UTC(year: 2000, month: 1, day: 1), firstCatalogNumber: 1),
      planes: walker.planeIndices)
  }()
}
