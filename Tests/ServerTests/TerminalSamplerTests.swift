import Decisions
import Dish
import Fleet
import Links
import Network
import Orbits
import Testing

@testable import Server

/// An emulated terminal measures what the forecast says.
@Suite struct TerminalSamplerTests {
  private static let time = UTC(year: 2026, month: 11, day: 25)

  private static let plan: NodePlan = {
    let fleet = TestFleet.make(
      uplinks: [TestFleet.leo],
      backends: [TestFleet.backend("europe", port: 1, at: .site("region"))])
    let site = fleet.sites[0]
    return NodePlan(
      fleet: fleet, site: site,
      backends: fleet.backends.map { ($0, Endpoint(host: "127.0.0.1", port: 1)) })
  }()

  private static func route(loss: Double, jitterMs: Double = 0) -> Route {
    Route(
      hops: ["island", "w-1-1", "gw", "pop", "region"], servingSatellite: nil,
      propagationStartMs: 12, propagationEndMs: 12, processingMs: 5, jitterMs: jitterMs,
      loss: loss, up: .megabitsPerSecond(20), down: .megabitsPerSecond(200), pricePerGB: 0)
  }

  private static func interval(_ route: Route?) -> Forecast.Interval {
    Forecast.Interval(start: time, end: time.adding(seconds: 15), route: route)
  }

  private func sampler() -> TerminalSampler {
    TerminalSampler(TestFleet.leo, plan: Self.plan, seed: 1, at: Self.time)
  }

  @Test func theRoundTripEndsAtThePoP() throws {
    var sampler = sampler()
    let sample = sampler.sample(
      at: Self.time.adding(seconds: 1), interval: Self.interval(Self.route(loss: 0)),
      traffic: LinkCounters().snapshot)
    let fiberKm =
      1.1 * Fiber.refractiveIndex
      * GreatCircle.distanceKm(
        Geodetic(latitudeDeg: 50.1, longitudeDeg: 8.7),
        Geodetic(latitudeDeg: 50.1, longitudeDeg: 8.6))
    let latency = try #require(sample.latencyMs)
    #expect(abs(latency - 2 * (17 - Light.milliseconds(km: fiberKm))) < 1e-9)
    #expect(sample.dropRate == 0 && sample.outage == nil)
  }

  @Test func noRouteIsAnOutageForWantOfSatellites() {
    var sampler = sampler()
    for interval in [nil, Self.interval(nil)] {
      let sample = sampler.sample(
        at: Self.time.adding(seconds: 1), interval: interval, traffic: LinkCounters().snapshot)
      #expect(sample.dropRate == 1 && sample.latencyMs == nil && sample.outage == .noSats)
    }
  }

  /// The mean over many seconds is what the forecast expects; a second's pings are lost as its packets are.
  @Test func lossAndJitterAreTheForecasts() {
    var sampler = sampler()
    let interval = Self.interval(Self.route(loss: 0.1, jitterMs: 3))
    let samples = (1...2_000).map {
      sampler.sample(
        at: Self.time.adding(seconds: Double($0) / 200), interval: interval,
        traffic: LinkCounters().snapshot)
    }
    let drop = samples.map(\.dropRate).reduce(0, +) / 2_000
    #expect(abs(drop - (1 - 0.81)) < 0.01, "\(drop)")
    let heard = samples.compactMap(\.latencyMs)
    let mean = heard.reduce(0, +) / Double(heard.count)
    let floor = 2 * (17 - sampler.beyondPoPMs(Self.route(loss: 0)))
    #expect(abs(mean - floor - 6) < 0.2, "\(mean)")
    #expect(heard.allSatisfy { $0 >= floor })
  }

  @Test func trafficIsInBitsPerSecondSinceTheLastSample() {
    var sampler = sampler()
    let counters = LinkCounters()
    counters.count(1_000_000, .down)
    counters.count(250_000, .up)
    let interval = Self.interval(Self.route(loss: 0))
    let first = sampler.sample(
      at: Self.time.adding(seconds: 2), interval: interval, traffic: counters.snapshot)
    #expect(abs(first.downlinkBitsPerSecond - 4e6) < 1 && abs(first.uplinkBitsPerSecond - 1e6) < 1)
    let second = sampler.sample(
      at: Self.time.adding(seconds: 3), interval: interval, traffic: counters.snapshot)
    #expect(second.downlinkBitsPerSecond == 0 && second.uplinkBitsPerSecond == 0)
    #expect(second.powerW < first.powerW)
  }

  @Test func theServingSatelliteStandsWhereItIs() throws {
    let plan = Self.plan
    let view = SkyView(plan.topology, site: "island", at: Self.time)
    let highest = try #require(view.sightings.first)
    var route = Self.route(loss: 0)
    route.servingSatellite = highest.satellite
    var sampler = sampler()
    let sample = sampler.sample(
      at: Self.time, interval: Self.interval(route), traffic: LinkCounters().snapshot)
    let look = try #require(sample.satellite)
    #expect(abs(look.elevationDeg - highest.look.elevationDeg) < 1e-6)
    #expect(abs(look.azimuthDeg - highest.look.azimuthDeg) < 1e-6)
  }

  @Test func everySecondIsTakenInOnce() async throws {
    var state = TerminalState(.init(id: "ut", softwareVersion: "1"), bootedAt: Self.time)
    let terminal = EmulatedTerminal(state)
    let client = TerminalClient(
      TerminalAddress(host: "127.0.0.1", port: try await terminal.start()))
    var progress = TelemetryProgress()
    func read(adding seconds: Int) async throws -> [TelemetryProgress.Observation] {
      terminal.update { state in
        for _ in 0..<seconds {
          state.append(TerminalSample(latencyMs: 30, dropRate: 0), at: Self.time)
        }
      }
      return progress.new(in: try await client.history(), at: Self.time)
    }
    #expect(try await read(adding: 3) == [])
    let new = try await read(adding: 2)
    #expect(new.map(\.time) == [Self.time.adding(seconds: -1), Self.time])
    #expect(new.allSatisfy { $0.latencyMs == 30 })
    #expect(try await read(adding: 0) == [])
    // A terminal that has started again begins at 0.
    state = TerminalState(.init(id: "ut", softwareVersion: "2"), bootedAt: Self.time)
    terminal.update { $0 = state }
    #expect(try await read(adding: 1).count == 1)
    await client.close()
    await terminal.stop()
  }
}
