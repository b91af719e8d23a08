import Decisions
import Dish
import Fleet
import Links
import Network
import Orbits
import Testing

@testable import Server

/// An emulated terminal measures the way that is forecast, under the conditions of its link's slots.
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

  /// Without conditions the link does as forecast.
  private func sampler(over link: SharedUplink = SharedUplink()) -> TerminalSampler {
    TerminalSampler(TestFleet.leo, over: link, plan: Self.plan, seed: 1, at: Self.time)
  }

  private static let delayMs = TestFleet.leo.access.delayMs

  private func link(_ model: LinkModel) -> SharedUplink {
    SharedUplink(
      LinkRealisation(model, uplink: "island/leo", seed: 1), accessDelayMs: Self.delayMs)
  }

  /// A sample each second under a forecast that never changes.
  private func samples(_ seconds: Int, over link: SharedUplink) -> [(UTC, TerminalSample)] {
    var sampler = sampler(over: link)
    var route = Self.route(loss: 0)
    route.processingMs = Self.delayMs + 1
    let interval = Forecast.Interval(
      start: Self.time, end: Self.time.adding(seconds: Double(seconds)), route: route)
    return (1...seconds).compactMap { second in
      let time = Self.time.adding(seconds: Double(second))
      return sampler.sample(at: time, interval: interval, traffic: LinkCounters().snapshot)
        .map { (time, $0) }
    }
  }

  @Test func theRoundTripFollowsTheSlots() throws {
    let link = link(.bentPipe)
    let way = try #require(
      AccessForecast(of: Self.interval(Self.route(loss: 0)), in: Self.plan.topology, at: Self.time))
    let told = Dictionary(
      grouping: samples(1_800, over: link), by: { Slot(containing: $0.0.adding(seconds: -0.5)) })
    var off: [Double] = []
    var medians: [Double] = []
    for (slot, samples) in told {
      let heard = samples.compactMap(\.1.latencyMs).sorted()
      guard heard.count > 10, let conditions = link.conditions(at: slot.start) else { continue }
      medians.append(conditions.medianMs)
      // A millisecond of processing each way is beyond the access.
      off.append(
        heard[heard.count / 2] - (2 * way.propagationMs + 2 + conditions.medianMs))
    }
    try #require(off.count > 100)
    let mean = medians.reduce(0, +) / Double(medians.count)
    let spread = medians.map { abs($0 - mean) }.reduce(0, +) / Double(medians.count)
    let error = off.map(abs).reduce(0, +) / Double(off.count)
    #expect(error < spread / 3, "\(error) ms off, the slots spread by \(spread) ms")
  }

  @Test(arguments: [
    (OutageCause.noDownlink, TerminalSample.OutageCause.noDownlink), (.obstructed, .obstructed),
    (.noSchedule, .noSchedule), (.noPings, .noPings), (.reconfiguration, .noSchedule),
  ])
  func anOutageOfTheLinkIsOneOfTheTerminal(
    cause: OutageCause, told: TerminalSample.OutageCause
  ) throws {
    var model = LinkModel(steady: AccessModel(delayMs: 10, jitterMs: 0, loss: 0))
    model.outages = [OutageLaw(cause: cause, perHour: 60, seconds: .always(4))]
    let link = link(model)
    var outages = 0
    for (time, sample) in samples(900, over: link) {
      let pings = (0...20).map { time.adding(seconds: Double($0) / 20 - 1) }
      let out = pings.filter { link.conditions(at: $0)?.isOut(at: $0) == true }.count
      if out == 21 {
        outages += 1
        #expect(sample.outage == told && sample.latencyMs == nil && sample.dropRate == 1)
      } else if out == 0 {
        #expect(sample.outage == nil && sample.dropRate == 0)
      }
    }
    #expect(outages > 5)
  }

  @Test func loadIsAShareOfWhatTheSlotCarries() throws {
    var model = LinkModel(steady: AccessModel(delayMs: 10, jitterMs: 0, loss: 0))
    model.capacity = CapacityLaw(factor: .always(0.5), correlation: 0, memory: 0)
    let counters = LinkCounters()
    counters.count(Int(TestFleet.leo.down.bitsPerSecond / 8 / 4), .down)
    var (whole, half) = (sampler(), sampler(over: link(model)))
    func powerW(_ sampler: inout TerminalSampler) throws -> Double {
      try sampler.taken(
        at: Self.time.adding(seconds: 1), interval: Self.interval(Self.route(loss: 0)),
        traffic: counters.snapshot
      ).powerW
    }
    // 40 W idle and 75 W at the full load.
    #expect(abs(try powerW(&whole) - (40 + 35 * 0.25)) < 1e-3)
    #expect(abs(try powerW(&half) - (40 + 35 * 0.5)) < 1e-3)
  }

  @Test func aClockThatIsSetBackMakesNoRate() throws {
    var sampler = sampler()
    let counters = LinkCounters()
    let interval = Self.interval(Self.route(loss: 0))
    func sample(at second: Double) -> TerminalSample? {
      counters.count(1_000_000, .down)
      return sampler.sample(
        at: Self.time.adding(seconds: second), interval: interval, traffic: counters.snapshot)
    }
    let none = [sample(at: 0), sample(at: 5), sample(at: 2)].map { $0 == nil }
    #expect(none == [true, false, true])
    let last = sample(at: 3)
    #expect(abs(try #require(last).downlinkBitsPerSecond - 8e6) < 1)
  }

  @Test func theRoundTripEndsAtThePoP() throws {
    var sampler = sampler()
    let sample = try sampler.taken(
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

  @Test func noRouteIsAnOutageForWantOfSatellites() throws {
    var sampler = sampler()
    for (second, interval) in [nil, Self.interval(nil)].enumerated() {
      let sample = try sampler.taken(
        at: Self.time.adding(seconds: Double(second + 1)), interval: interval,
        traffic: LinkCounters().snapshot)
      #expect(sample.dropRate == 1 && sample.latencyMs == nil && sample.outage == .noSats)
    }
  }

  /// The mean over many seconds is what the forecast expects; a second's pings are lost as its packets are.
  @Test func withoutConditionsLossAndJitterAreTheForecasts() throws {
    var sampler = sampler()
    let interval = Self.interval(Self.route(loss: 0.1, jitterMs: 3))
    let samples = (1...2_000).compactMap {
      sampler.sample(
        at: Self.time.adding(seconds: Double($0) / 200), interval: interval,
        traffic: LinkCounters().snapshot)
    }
    let drop = samples.map(\.dropRate).reduce(0, +) / 2_000
    #expect(abs(drop - (1 - 0.81)) < 0.01, "\(drop)")
    let heard = samples.compactMap(\.latencyMs)
    let mean = heard.reduce(0, +) / Double(heard.count)
    let way = AccessForecast(of: interval, in: Self.plan.topology, at: Self.time)
    let floor = 2 * (try #require(way).propagationMs + 5)
    #expect(abs(mean - floor - 6) < 0.2, "\(mean)")
    #expect(heard.allSatisfy { $0 >= floor })
  }

  @Test func trafficIsInBitsPerSecondSinceTheLastSample() throws {
    var sampler = sampler()
    let counters = LinkCounters()
    counters.count(1_000_000, .down)
    counters.count(250_000, .up)
    let interval = Self.interval(Self.route(loss: 0))
    let first = try sampler.taken(
      at: Self.time.adding(seconds: 2), interval: interval, traffic: counters.snapshot)
    #expect(abs(first.downlinkBitsPerSecond - 4e6) < 1 && abs(first.uplinkBitsPerSecond - 1e6) < 1)
    let second = try sampler.taken(
      at: Self.time.adding(seconds: 3), interval: interval, traffic: counters.snapshot)
    #expect(second.downlinkBitsPerSecond == 0 && second.uplinkBitsPerSecond == 0)
    #expect(second.powerW < first.powerW)
  }

  @Test func theServingSatelliteStandsWhereItIs() throws {
    let plan = Self.plan
    let time = Self.time.adding(seconds: 1)
    let view = SkyView(plan.topology, site: "island", at: time)
    let highest = try #require(view.sightings.first)
    var route = Self.route(loss: 0)
    route.servingSatellite = highest.satellite
    var sampler = sampler()
    let sample = try sampler.taken(
      at: time, interval: Self.interval(route), traffic: LinkCounters().snapshot)
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

extension TerminalSampler {
  /// A sample, where time has passed.
  fileprivate mutating func taken(
    at time: UTC, interval: Forecast.Interval?, traffic: LinkCounters.Snapshot
  ) throws -> TerminalSample {
    let sample = sample(at: time, interval: interval, traffic: traffic)
    return try #require(sample)
  }
}
