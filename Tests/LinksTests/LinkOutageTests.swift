import Network
import Orbits
import Testing

@testable import Links

@Suite struct LinkOutageTests {
  private let link = route(oneWayMs: 50)

  private func arrivals(_ sky: Forecast, at times: [Double]) -> [Duration] {
    ShaperDrive(sky: sky, direction: .up).run(
      times.map { .init(connection: 0, time: epoch.later(byMs: $0), bytes: 125) }, seed: 0
    ).map { $0.arrived - epoch }
  }

  @Test func offersInAnOutageWaitForTheRetransmissionAfterIt() {
    // No round trip known: the initial timer of 1 s doubles, so 1 s and 3 s after the offer.
    let sky = Forecast.of([(2, nil), (100, link)])
    #expect(arrivals(sky, at: [0]) == [.microseconds(3_050_001)])
    #expect(arrivals(sky, at: [1_500]) == [.microseconds(2_550_001)])
  }

  @Test func aKnownRoundTripShortensTheTimer() {
    // 200 ms, then 600 ms, then 1,400 ms after the offer at 1,000 ms; what follows waits behind it.
    let sky = Forecast.of([(0.9, link), (1.2, nil), (100, link)])
    #expect(
      arrivals(sky, at: [0, 1_000, 2_000, 2_200])
        == [
          .microseconds(50_001), .microseconds(2_450_001), .microseconds(2_450_002),
          .microseconds(2_450_003),
        ])
  }

  @Test func whatIsUnderWayWhenAnOutageBeginsIsSentAgain() {
    // Sent at 980 ms, lost at 1,000; the timer runs out at 1,180 while it lasts, then at 1,580.
    let sky = Forecast.of([(1, link), (0.3, nil), (100, link)])
    let arrived = arrivals(sky, at: [980])
    #expect(arrived.count == 1)
    #expect(arrived[0] >= .microseconds(1_630_000) && arrived[0] < .microseconds(1_631_000))
  }

  @Test func whatWasUnderWayGoesThroughTheLineAgain() {
    // 8 Mbit/s, a byte a microsecond: 40 pieces of 1 ms each, all under way when the link goes.
    let slow = route(oneWayMs: 50, upMbps: 8)
    let sky = Forecast.of([(0.045, slow), (0.1, nil), (100, slow)])
    let drive = ShaperDrive(sky: sky, direction: .up)
    let arrivals = drive.run(
      (0..<40).map { _ in .init(connection: 0, time: epoch, bytes: 1_000) }, seed: 0)
    #expect(arrivals.count == 40)
    for (earlier, later) in zip(arrivals, arrivals.dropFirst()) {
      #expect(later.arrived - earlier.arrived >= .milliseconds(1))
    }
  }

  @Test func aLinkWithoutCapacityIsDown() {
    let sky = Forecast.of([(2, route(oneWayMs: 1, upMbps: 0)), (100, link)])
    #expect(arrivals(sky, at: [0]) == [.microseconds(3_050_001)])
  }

  @Test func withoutAForecastNothingMoves() {
    var line = TransmissionLine()
    var shaper = LinkShaper(direction: .up, seed: 0)
    shaper.offer(.data(bytes: 1), at: epoch, over: nil, on: &line)
    let later = epoch.adding(seconds: 86_400)
    #expect(shaper.advance(to: later, over: nil, on: &line) == 0)
    #expect(shaper.nextEvent.map { $0 > later } == true)
  }

  @Test func timersStayWithinAMinuteOfEachOther() throws {
    var line = TransmissionLine()
    var shaper = LinkShaper(direction: .up, seed: 0)
    shaper.offer(.handshake, at: epoch, over: nil, on: &line)
    var last = epoch
    for _ in 0..<1_000 {
      let next = try #require(shaper.nextEvent)
      #expect(next > last && next - last <= .seconds(60))
      last = next
      #expect(shaper.advance(to: next, over: nil, on: &line) == 0)
    }
    #expect(last - epoch > .seconds(50_000))
  }
}
