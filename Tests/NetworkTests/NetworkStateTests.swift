import Orbits
import Testing

@testable import Network

@Suite struct NetworkStateTests {
  static let time = SmallWorld.epoch.adding(seconds: 3_600)

  @Test func aBentPipeWithoutAGatewayInViewIsNoPath() {
    let topology = SmallWorld.topology(links: .none)
    let forecaster = Forecaster(topology)
    // Tristan da Cunha is 2,800 km from the nearest gateway: beyond two slant ranges at 25 degrees.
    for step in 0..<20 {
      let slot = Slot(containing: Self.time.adding(seconds: Double(step) * 300))
      let routes = forecaster.routes(
        from: "island", to: "region", state: NetworkState(topology, slot: slot))
      #expect(routes.first { $0.uplink == "leo" }?.route == nil)
      #expect(routes.first { $0.uplink == "geo" }?.route != nil)
    }
  }

  @Test func aBentPipeWithAGatewayBesideItHasOneSatellite() throws {
    let topology = SmallWorld.topology(links: .none, islandLatitude: -34.5, islandLongitude: 17)
    let state = NetworkState(topology, slot: Slot(containing: Self.time))
    let routes = Forecaster(topology).routes(from: "island", to: "region", state: state)
    let route = try #require(routes.first { $0.uplink == "leo" }?.route)
    #expect(route.hops.count == 5)
    #expect(route.hops.suffix(3) == ["cape", "pop", "region"])
  }

  @Test func geostationaryIsTwoSlantRangesAndFiber() throws {
    let topology = SmallWorld.topology()
    let state = NetworkState(topology, slot: Slot(containing: Self.time))
    let routes = Forecaster(topology).routes(from: "island", to: "madeira", state: state)
    let route = try #require(routes.first { $0.uplink == "geo" }?.route)
    #expect(route.hops == ["island", "GEO-15.0W", "madeira"])
    #expect(route.propagationStartMs > 2 * Light.milliseconds(km: 35_786))
    #expect(route.propagationStartMs < 2 * Light.milliseconds(km: 41_700))
    #expect(route.propagationStartMs == route.propagationEndMs)
  }

  @Test func aGeostationarySatelliteBelowTheHorizonIsNoPath() {
    let topology = SmallWorld.topology(islandLatitude: 10, islandLongitude: 150)
    let state = NetworkState(topology, slot: Slot(containing: Self.time))
    let routes = Forecaster(topology).routes(from: "island", to: "region", state: state)
    #expect(routes.first { $0.uplink == "geo" }?.route == nil)
  }

  @Test func fiberTravelsAtTwoThirdsOfLightAndAroundCorners() throws {
    let topology = SmallWorld.topology()
    let state = NetworkState(topology, slot: Slot(containing: Self.time))
    let routes = Forecaster(topology).routes(from: "island", to: "pop", state: state)
    let route = try #require(routes.first { $0.uplink == "fiber" }?.route)
    let km = GreatCircle.distanceKm(
      Geodetic(latitudeDeg: -37.07, longitudeDeg: -12.31),
      Geodetic(latitudeDeg: 50.11, longitudeDeg: 8.68))
    #expect(abs(route.propagationStartMs - km * 1.5 * 1.47 / 299.792458) < 1e-9)
    #expect(route.servingSatellite == nil)
  }

  @Test func anOrbitalZoneIsReachedInSpaceAndFromTheGround() throws {
    let topology = SmallWorld.topology()
    let state = NetworkState(topology, slot: Slot(containing: Self.time))
    let routes = Forecaster(topology).routes(from: "island", to: "orbit", state: state)
    let hosts = Set(topology.zoneHosts[0].map { topology.satelliteNames[$0] })
    for (uplink, route) in routes {
      let hops = try #require(route?.hops, "\(uplink)")
      #expect(hosts.contains(try #require(hops.last)))
    }
    let space = try #require(routes.first { $0.uplink == "leo" }?.route)
    #expect(space.hops.dropFirst().allSatisfy { topology.satelliteIndex[$0] != nil })
  }

  @Test func decayedSatellitesCarryNothing() {
    var shell = SmallWorld.shell()
    for index in shell.satellites.indices { shell.satellites[index].bstar = 10 }
    let topology = SmallWorld.topology(shell: shell)
    let later = SmallWorld.epoch.adding(seconds: 40 * 86_400)
    let sky = topology.sky(at: later)
    #expect(!sky.isUsable.contains(true))
    let state = NetworkState(topology, slot: Slot(containing: later))
    let routes = Forecaster(topology).routes(from: "island", to: "region", state: state)
    #expect(routes.first { $0.uplink == "leo" }?.route == nil)
  }

  @Test func shortestPathsEqualBruteForce() throws {
    let topology = SmallWorld.topology(
      shell: SmallWorld.shell(planes: 10, perPlane: 14, altitudeKm: 1_300), maskDeg: 5)
    let state = NetworkState(topology, instant: Self.time)
    let fields = PreparedRoutes(state, to: ["region"]).fields
    // Bellman-Ford over everything: ground, feeder links, lasers.
    var satellites = [Double](repeating: .infinity, count: topology.satelliteNames.count)
    for link in state.feeders.links {
      satellites[link.satellite] = min(
        satellites[link.satellite], link.rangeKm + fields.fromSiteKm(0, link.station))
    }
    var isSettled = false
    while !isSettled {
      isSettled = true
      for a in satellites.indices {
        for slot in topology.linkStarts[a]..<topology.linkStarts[a + 1] {
          let b = Int(topology.linkTargets[Int(slot)])
          guard let km = state.sky.linkKm(a, b), satellites[a] + km < satellites[b] else {
            continue
          }
          satellites[b] = satellites[a] + km
          isSettled = false
        }
      }
    }
    #expect(satellites.count { $0.isFinite } > 130)
    for (satellite, km) in satellites.enumerated() {
      let other = fields.fromSatelliteKm(0, satellite)
      #expect(km == other || abs(km - other) < 1e-6)
    }
  }

  @Test func unknownNamesHaveNoRoute() {
    let topology = SmallWorld.topology()
    let state = NetworkState(topology, slot: Slot(containing: Self.time))
    let forecaster = Forecaster(topology)
    #expect(
      forecaster.routes(from: "island", to: "atlantis", state: state).allSatisfy { $0.route == nil }
    )
    #expect(forecaster.routes(from: "atlantis", to: "region", state: state).isEmpty)
    #expect(forecaster.bestPath(from: "atlantis", to: "region", state: state) == nil)
  }
}
