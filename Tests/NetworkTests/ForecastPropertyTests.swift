import Orbits
import TestSupport
import Testing

@testable import Network

/// What must hold of every forecast, wherever the island is and whatever the time.
@Suite struct ForecastPropertyTests {
  struct Case: Sendable, CustomTestStringConvertible {
    var seed: UInt64
    var testDescription: String { "seed \(seed)" }
  }

  static let cases = (1...12).map { Case(seed: UInt64($0)) }

  private func world(_ test: Case) -> (topology: Topology, time: UTC) {
    var random = Seeded(test.seed)
    let topology = SmallWorld.topology(
      links: test.seed.isMultiple(of: 3) ? .none : .plusGrid,
      islandLatitude: .random(in: -52...52, using: &random),
      islandLongitude: .random(in: -180...180, using: &random),
      maskDeg: .random(in: 10...40, using: &random))
    return (topology, SmallWorld.epoch.adding(seconds: .random(in: 0...86_400, using: &random)))
  }

  private func forecasts(_ test: Case) -> (topology: Topology, forecasts: [Forecast], time: UTC) {
    let (topology, time) = world(test)
    let forecasts = Forecaster(topology).forecasts(
      from: "island", to: ["region", "orbit"], start: time, end: time.adding(seconds: 150))
    return (topology, forecasts, time)
  }

  @Test(arguments: cases) func nothingBeatsLight(_ test: Case) throws {
    let (topology, forecasts, _) = forecasts(test)
    let island = try #require(topology.site(named: "island"))
    let region = try #require(topology.site(named: "region"))
    for forecast in forecasts where forecast.destination == "region" {
      for interval in forecast.intervals where interval.route != nil {
        for time in [interval.start, interval.start.adding(seconds: 7.5), interval.end] {
          let chord = length(
            island.track.position(at: time).itrfKm - region.track.position(at: time).itrfKm)
          let floor = Light.milliseconds(km: chord)
          #expect(try #require(interval.propagationMs(at: time)) >= floor)
          #expect(try #require(interval.oneWayMs(at: time)) > floor)
        }
      }
    }
  }

  @Test(arguments: cases) func everyHeldPathIsNoShorterThanTheIdealOne(_ test: Case) throws {
    let (topology, time) = world(test)
    let forecaster = Forecaster(topology)
    let slot = Slot(containing: time)
    let held = NetworkState(topology, slot: slot)
    let ideal = NetworkState(topology, instant: slot.start)
    guard
      let kept = forecaster.bestPath(
        from: "island", to: "region", over: "leo", state: held, propagationOnly: true)
    else { return }
    let best = try #require(
      forecaster.bestPath(
        from: "island", to: "region", over: "leo", state: ideal, propagationOnly: true))
    #expect(kept.oneWayMs >= best.oneWayMs - 1e-9)
  }

  @Test(arguments: cases) func groundLinksStayAboveTheMask(_ test: Case) throws {
    let (topology, time) = world(test)
    let slot = Slot(containing: time)
    let state = NetworkState(topology, slot: slot)
    guard case .minElevationDeg(let mask) = topology.constellations[0].access else { return }
    for destination in ["region", "orbit"] {
      guard
        let path = Forecaster(topology).bestPath(
          from: "island", to: destination, over: "leo", state: state)?.path
      else { continue }
      for (a, b) in zip(path.nodes, path.nodes.dropFirst()) {
        let (site, satellite): (Int, Int)
        switch (a, b) {
        case (.site(let s), .satellite(let v)), (.satellite(let v), .site(let s)):
          (site, satellite) = (s, v)
        default: continue
        }
        for sky in [state.sky, try #require(state.later)] {
          let observer = Observer(topology.sites[site].track.position(at: sky.time))
          #expect(observer.elevationDeg(of: sky.positionsKm[satellite]) >= mask - 1e-9)
        }
      }
    }
  }

  @Test(arguments: cases) func lasersStayClearOfTheAtmosphere(_ test: Case) throws {
    // Few planes, so that many neighbours have the Earth between them.
    let topology = SmallWorld.topology(
      shell: SmallWorld.shell(planes: 4, perPlane: 26, inclinationDeg: 97.6), maskDeg: 5)
    let time = SmallWorld.epoch.adding(seconds: Double(test.seed) * 700)
    let state = NetworkState(topology, instant: time)
    let fields = PreparedRoutes(state, to: ["region"]).fields
    for satellite in topology.satelliteNames.indices {
      guard case .satellite(let other) = fields.nextOfSatellite(0, satellite) else { continue }
      let ends = [satellite, other].map { state.sky.positionsKm[$0] }
      let lowest = (0...200).map { step in
        length(ends[0] + (ends[1] - ends[0]) * (Double(step) / 200))
      }.min()
      #expect(try #require(lowest) >= 6_378.135 + 80 - 1)
    }
  }

  @Test(arguments: cases) func intervalsAreContiguousSlots(_ test: Case) {
    let (_, forecasts, time) = forecasts(test)
    #expect(forecasts.count == 6)
    for forecast in forecasts {
      #expect(forecast.intervals.first.map { $0.start <= time } == true)
      for (a, b) in zip(forecast.intervals, forecast.intervals.dropFirst()) {
        #expect(a.end == b.start)
      }
      for interval in forecast.intervals {
        #expect(Slot(containing: interval.start).start == interval.start)
        #expect(interval.route?.hops.first ?? "island" == "island")
      }
    }
  }

  @Test(arguments: cases) func aTerminalHasOneServingSatelliteWhereverItsTrafficGoes(_ test: Case) {
    let (_, forecasts, _) = forecasts(test)
    let leo = forecasts.filter { $0.uplink == "leo" }
    for index in leo[0].intervals.indices {
      let serving = Set(leo.compactMap { $0.intervals[index].route?.servingSatellite })
      #expect(serving.count <= 1)
    }
  }

  @Test(arguments: cases) func landedTrafficStaysOnTheGround(_ test: Case) {
    let (topology, forecasts, _) = forecasts(test)
    let sites = Set(topology.sites.map(\.name))
    for forecast in forecasts where forecast.uplink == "leo" {
      for route in forecast.intervals.compactMap(\.route) {
        let kinds = route.hops.dropFirst().map { sites.contains($0) }
        #expect(kinds == kinds.sorted { !$0 && $1 }, "space first, ground after: \(route.hops)")
      }
    }
  }

  @Test(arguments: cases) func theSameQuestionHasTheSameAnswer(_ test: Case) {
    #expect(forecasts(test).forecasts == forecasts(test).forecasts)
  }
}
