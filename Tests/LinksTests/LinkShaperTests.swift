import Network
import Orbits
import Testing

@testable import Links

@Suite struct LinkShaperTests {
  /// Seeded link configurations, each with its own sky, offers and direction.
  private func forEachLink(
    _ count: Int, outages: Double = 0.25,
    _ body: (ShaperDrive, [ShaperDrive.Offer], UInt64) throws -> Void
  ) rethrows {
    for seed in 0..<UInt64(count) {
      var random = SplitMix64(seed: seed)
      let drive = ShaperDrive(
        sky: .random(&random, outages: outages), direction: random.unit() < 0.5 ? .up : .down)
      try body(drive, ShaperDrive.offers(&random), random.next())
    }
  }

  @Test(arguments: [0, 0.25])
  func nothingBeatsLight(outages: Double) throws {
    try forEachLink(2_000, outages: outages) { drive, offers, seed in
      for arrival in drive.run(offers, seed: seed) {
        let took = arrival.arrived.seconds(since: arrival.offered) * 1_000
        let atArrival = drive.sky.interval(at: arrival.arrived)?.propagationMs(at: arrival.arrived)
        try #require(try took >= #require(atArrival) - 1e-6)
        // After an outage a second copy may have taken a shorter way than there was at the offer.
        guard outages == 0 else { continue }
        let atOffer = drive.sky.interval(at: arrival.offered)?.propagationMs(at: arrival.offered)
        try #require(try took >= #require(atOffer) - 1e-6)
      }
    }
  }

  @Test func everythingArrivesInOrderAndOnlyOverARoute() throws {
    try forEachLink(2_000) { drive, offers, seed in
      let arrivals = drive.run(offers, seed: seed)
      try #require(arrivals.count == offers.count)
      for connection in 0..<3 {
        let own = arrivals.filter { $0.connection == connection }
        try #require(
          own.map(\.offered) == offers.filter { $0.connection == connection }.map(\.time))
        try #require(zip(own, own.dropFirst()).allSatisfy { $0.arrived <= $1.arrived })
      }
      try #require(arrivals.allSatisfy { drive.sky.interval(at: $0.arrived)?.route != nil })
    }
  }

  @Test func theSameSeedGivesTheSameArrivals() throws {
    var differing = 0
    try forEachLink(300) { drive, offers, seed in
      let first = drive.run(offers, seed: seed)
      try #require(first == drive.run(offers, seed: seed))
      differing += first == drive.run(offers, seed: seed &+ 99) ? 0 : 1
    }
    #expect(differing > 100)
  }

  @Test func noWindowCarriesMoreThanTheCapacity() throws {
    for seed in 0..<500 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      let mbps = Double.random(in: 0.1...500, using: &random)
      let link = route(
        oneWayMs: Double.random(in: 0...300, using: &random), upMbps: mbps, downMbps: mbps)
      let drive = ShaperDrive(sky: .of([(100_000, link)]), direction: .up)
      let arrivals = drive.run(ShaperDrive.offers(&random), seed: seed).sorted {
        $0.arrived < $1.arrived
      }
      // Between two arrivals lie the bytes of the later ones: every window, less its first chunk.
      for first in arrivals.indices {
        var bytes = 0
        for last in arrivals[(first + 1)...] {
          bytes += last.bytes
          let seconds = last.arrived.seconds(since: arrivals[first].arrived)
          try #require(Double(bytes) <= link.up.bytesPerSecond * (seconds + 1e-7))
        }
      }
    }
  }

  @Test func withoutJitterAndLossTheArithmeticIsExact() {
    // 8 Mbit/s: a byte takes a microsecond.
    let link = route(oneWayMs: 20, processingMs: 5, upMbps: 8, downMbps: 16)
    let offers = [(0, 1_000), (0.5, 2_000), (100, 500)].map {
      ShaperDrive.Offer(connection: 0, time: epoch.later(byMs: $0.0), bytes: $0.1)
    }
    let up = ShaperDrive(sky: .of([(10, link)]), direction: .up).run(offers, seed: 1)
    #expect(
      up.map { $0.arrived - epoch } == [
        .milliseconds(26), .milliseconds(28), .microseconds(125_500),
      ])
    let down = ShaperDrive(sky: .of([(10, link)]), direction: .down).run(offers, seed: 1)
    #expect(
      down.map { $0.arrived - epoch }
        == [.microseconds(25_500), .microseconds(26_500), .microseconds(125_250)])
  }

  @Test func bothDirectionsAndAllConnectionsShareTheirLines() {
    let link = RealisedInterval(always(route(oneWayMs: 0, upMbps: 8, downMbps: 8)))
    var line = TransmissionLine()
    var shapers = [LinkDirection.up, .up, .down].map { LinkShaper(direction: $0, seed: 0) }
    for index in shapers.indices {
      shapers[index].offer(.data(bytes: 1_000), at: epoch, over: link, on: &line)
    }
    #expect(
      shapers.map { $0.nextEvent.map { $0 - epoch } }
        == [.milliseconds(1), .milliseconds(2), .milliseconds(1)])
  }

  @Test func whatIsUnderWayAtAHandoffTakesTheLongerLatency() {
    let sky = Forecast.of([
      (1, route(oneWayMs: 20)), (1, route(oneWayMs: 300)), (10, route(oneWayMs: 20)),
    ])
    let drive = ShaperDrive(sky: sky, direction: .up)
    let arrivals = drive.run(
      [990, 1_990].map {
        ShaperDrive.Offer(connection: 0, time: epoch.later(byMs: $0), bytes: 125)
      }, seed: 0)
    // The first is caught by a longer route, the second by a shorter one; 125 bytes take 1 us.
    #expect(
      arrivals.map { $0.arrived - epoch } == [.microseconds(1_290_001), .microseconds(2_290_001)])
  }
}
