import Network
import Orbits
import Testing

@testable import Links

@Suite struct EmulatedSlotsTests {
  private static let models = [LinkModel.bentPipe, .laser]
  private let far = route(oneWayMs: 12, processingMs: 10, upMbps: 20, downMbps: 200)

  private func uplink(_ model: LinkModel, seed: UInt64 = 1) -> SharedUplink {
    SharedUplink(LinkRealisation(model, uplink: "site/leo", seed: seed), accessDelayMs: 10)
  }

  @Test(arguments: models)
  func nothingBeatsLight(model: LinkModel) throws {
    for seed in 0..<300 as Range<UInt64> {
      var random = SplitMix64(seed: seed)
      let drive = ShaperDrive(
        sky: .random(&random, outages: 0.1), direction: seed % 2 == 0 ? .up : .down,
        uplink: uplink(model, seed: seed))
      let offers = ShaperDrive.offers(&random)
      let arrivals = drive.run(offers, seed: seed)
      try #require(arrivals.count == offers.count)
      for arrival in arrivals {
        let took = arrival.arrived.seconds(since: arrival.offered) * 1_000
        let light = drive.sky.interval(at: arrival.arrived)?.propagationMs(at: arrival.arrived)
        try #require(try took >= #require(light) - 1e-6)
      }
    }
  }

  /// Milliseconds that small packets take up and down, one every 50 ms, each on a connection of its own.
  private func roundTripsMs(_ model: LinkModel, minutes: Int) -> [Double] {
    let uplink = uplink(model)
    return (0..<(minutes * 1_200)).compactMap { number in
      let sent = epoch.adding(seconds: Double(number) / 20)
      var time = sent
      for direction in [LinkDirection.up, .down] {
        let interval = uplink.realised(always(far), at: time)
        guard interval.isUsable(at: time) else { return nil }
        var line = TransmissionLine()
        var shaper = LinkShaper(direction: direction, seed: UInt64(number) &* 0x9E37_79B9)
        shaper.offer(.data(bytes: 64), at: time, over: interval, on: &line)
        guard let due = shaper.nextEvent else { return nil }
        time = due
      }
      return time.seconds(since: sent) * 1_000
    }
  }

  @Test(arguments: models)
  func roundTripsAreThoseOfTheModel(model: LinkModel) {
    let emulated = roundTripsMs(model, minutes: 30).sorted()
    let link = LinkRealisation(model, uplink: "site/leo", seed: 1)
    var random = SplitMix64(seed: 5)
    let expected = (0..<36_000).compactMap { number -> Double? in
      let sent = epoch.adding(seconds: Double(number) / 20)
      let slot = link.conditions(in: Slot(containing: sent))
      // Propagation there and back.
      return slot.roundTripMs(at: sent, load: 0, random: &random).map { $0 + 24 }
    }.sorted()
    for share in [0.05, 0.25, 0.5, 0.75, 0.95] {
      let (a, b) = (
        emulated[Int(share * Double(emulated.count))], expected[Int(share * Double(expected.count))]
      )
      #expect(abs(a / b - 1) < 0.06, "\(share): \(a) ms emulated, \(b) ms by the model")
    }
    #expect(emulated[0] >= 24)
  }

  @Test func slotsCarryWhatTheyCarry() {
    let uplink = uplink(.bentPipe)
    var factors: [Double] = []
    for slot in 0..<40 {
      let time = Slot(containing: epoch).start.adding(seconds: Double(slot) * 15 + 5)
      let interval = uplink.realised(always(far), at: time)
      factors.append(interval.rate(.down).bitsPerSecond / far.down.bitsPerSecond)
      let told = uplink.conditions(at: time)?.capacityFactor ?? 0
      #expect(abs(factors[slot] - told) < 1e-12)
    }
    #expect((factors.min() ?? 1) < 0.9 && (factors.max() ?? 1) > 1.05)
  }

  @Test func anOutageOfTheLinkStallsAsOneOfTheRouteDoes() throws {
    var model = LinkModel(steady: AccessModel(delayMs: 10, jitterMs: 0, loss: 0))
    model.outages = [OutageLaw(cause: .obstructed, perHour: 120, seconds: .always(4))]
    let uplink = uplink(model)
    let start = try #require(
      (0..<600).lazy.map { epoch.adding(seconds: Double($0)) }.first {
        uplink.conditions(at: $0)?.isOut(at: $0) == true
      })
    let outage = try #require(uplink.conditions(at: start)?.outage(at: start))
    let drive = ShaperDrive(
      sky: .of([(100_000, far)]), direction: .up, uplink: uplink)
    let arrivals = drive.run(
      [.init(connection: 0, time: start, bytes: 100)], seed: 1)
    #expect(try #require(arrivals.first).arrived > outage.end)
  }

  @Test func theSameSeedGivesTheSameLink() {
    #expect(roundTripsMs(.laser, minutes: 1) == roundTripsMs(.laser, minutes: 1))
  }
}
