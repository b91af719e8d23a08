import Network
import Orbits
import Testing

@testable import Links

@Suite struct LinkLossTests {
  /// Delays beyond the latency of `count` single segments, each on a connection of its own.
  private func extraMs(_ link: Route, count: Int, segment: LinkShaper.Segment) -> [Double] {
    let interval = RealisedInterval(always(link))
    return (0..<count).map { index in
      var line = TransmissionLine()
      var shaper = LinkShaper(direction: .up, seed: UInt64(index) &* 0x9E37_79B9)
      shaper.offer(segment, at: epoch, over: interval, on: &line)
      let due = shaper.nextEvent ?? epoch
      let sent = link.up.seconds(forBytes: segment.bytes) * 1_000
      return due.seconds(since: epoch) * 1_000 - link.propagationStartMs - sent
    }
  }

  @Test func jitterIsExponentialOfItsMean() {
    let extra = extraMs(route(oneWayMs: 10, jitterMs: 5), count: 20_000, segment: .data(bytes: 100))
    #expect(extra.allSatisfy { $0 > -1e-5 })
    let mean = extra.reduce(0, +) / 20_000
    #expect(abs(mean - 5) < 0.2)
    // An exponential variable exceeds its mean with probability 1/e.
    let above = Double(extra.count { $0 > 5 }) / 20_000
    #expect(abs(above - 0.3679) < 0.02)
  }

  @Test func aLostSegmentCostsARoundTripAndALostRepairTheTimer() {
    let extra = extraMs(
      route(oneWayMs: 40, loss: 0.1), count: 20_000, segment: .data(bytes: 1_000))
    // Round trip 80 ms, timer 200 ms: nothing, fast retransmit, one timeout, two timeouts.
    let expected = [0.0: 0.9, 80: 0.09, 280: 0.009, 680: 0.0009]
    for (delay, probability) in expected {
      let share = Double(extra.count { abs($0 - delay) < 0.01 }) / 20_000
      #expect(abs(share - probability) < 0.25 * probability + 0.001, "\(delay) ms")
    }
  }

  @Test func aLostHandshakeWaitsForTheInitialTimer() {
    let extra = extraMs(route(oneWayMs: 40, loss: 0.1), count: 20_000, segment: .handshake)
    let share = Double(extra.count { abs($0 - 1_000) < 0.01 }) / 20_000
    #expect(abs(share - 0.09) < 0.01)
    #expect(extra.allSatisfy { $0 < 0.01 || $0 > 999 })
  }

  @Test func manySegmentsLoseMoreOften() {
    let link = route(oneWayMs: 40, loss: 0.01)
    let segments = 20
    let extra = extraMs(
      link, count: 5_000, segment: .data(bytes: segments * LossRecovery.segmentBytes))
    let share = Double(extra.count { $0 > 1 }) / 5_000
    #expect(abs(share - 0.182) < 0.03)
  }

  @Test func impossibleFiguresAreSurvived() {
    let wild = [0, -1, 1, 1e-300, 1e300, .infinity, -.infinity, .nan, 40]
    var random = SplitMix64(seed: 7)
    for _ in 0..<5_000 {
      func pick() -> Double { wild.randomElement(using: &random) ?? 0 }
      let interval = RealisedInterval(
        always(
          route(
            oneWayMs: pick(), endMs: pick(), processingMs: pick(), jitterMs: pick(), loss: pick(),
            upMbps: pick(), downMbps: pick())))
      var line = TransmissionLine()
      var shaper = LinkShaper(direction: .down, seed: random.next())
      shaper.offer(.data(bytes: 5_000), at: epoch, over: interval, on: &line)
      #expect(shaper.nextEvent.map { $0 >= epoch } == true)
      _ = shaper.advance(to: epoch.adding(seconds: 1e6), over: interval, on: &line)
      #expect((65_536...8_388_608).contains(interval.windowBytes(.up, at: epoch)))
      #expect((1_460...65_536).contains(interval.pieceBytes(.up)))
    }
  }
}
