import Decisions
import Network
import Orbits
import TestSupport
import Testing

/// The live estimate on links whose law is known.
@Suite struct LinkEstimateTests {
  private static let first = Slot(containing: UTC(year: 2026, month: 11, day: 25))

  private static func slot(_ number: Int) -> Slot { Slot(index: first.index + Int64(number)) }

  /// Feeds the levels, one slot each, with `count` measurements of the given noise around each.
  private static func estimate(
    _ levels: [Double], count: Int = 20, noiseMs: Double = 4, forecastMs: Double = 50,
    seed: UInt64 = 1
  ) -> (estimate: LinkEstimate, outcomes: [SlotOutcome]) {
    var random = Seeded(seed)
    var estimate = LinkEstimate()
    var outcomes: [SlotOutcome] = []
    for (number, level) in levels.enumerated() {
      for sample in 0..<count {
        let time = slot(number).start.adding(seconds: 15 * Double(sample) / Double(count))
        let noise = Double.random(in: -noiseMs...noiseMs, using: &random)
        let outcome = estimate.observe(
          roundTripMs: forecastMs + level + noise, forecastMs: forecastMs, at: time)
        if let outcome { outcomes.append(outcome) }
      }
    }
    return (estimate, outcomes)
  }

  /// Levels that stay with the probability `staying` and are drawn anew otherwise.
  private static func levels(_ count: Int, staying: Double, seed: UInt64) -> [Double] {
    var random = Seeded(seed)
    var level = 0.0
    return (0..<count).map { _ in
      if Double.random(in: 0..<1, using: &random) >= staying {
        level = Double.random(in: -40...40, using: &random)
      }
      return level
    }
  }

  @Test func nothingIsKnownBeforeAnythingIsMeasured() {
    #expect(LinkEstimate().correction(at: Self.slot(0).start) == nil)
    var estimate = LinkEstimate()
    for value in [Double.nan, .infinity, -1] {
      #expect(estimate.observe(roundTripMs: value, forecastMs: 1, at: Self.slot(0).start) == nil)
    }
    #expect(estimate == LinkEstimate())
  }

  /// A forecast that is wrong by a constant is put right, to within the noise of the measurements.
  @Test(arguments: [-30.0, 0, 25, 400]) func aConstantErrorIsLearned(_ errorMs: Double) throws {
    let (estimate, _) = Self.estimate([Double](repeating: errorMs, count: 60))
    for ahead in [60, 61, 70] {
      let correction = try #require(estimate.correction(at: Self.slot(ahead).start))
      #expect(abs(correction.expectedMs - errorMs) < 2)
      #expect(
        correction.lowMs <= correction.expectedMs && correction.expectedMs <= correction.highMs)
      #expect(correction.highMs - correction.lowMs < 25)
    }
  }

  @Test func aStragglerMovesTheSlotLessThanManyThatAgree() throws {
    let quiet = [Double](repeating: 0, count: 20)
    let jump = Self.estimate(quiet).estimate
    func expected(after count: Int) throws -> LinkCorrection {
      var estimate = jump
      for sample in 0..<count {
        let time = Self.slot(20).start.adding(seconds: Double(sample) / 10)
        _ = estimate.observe(roundTripMs: 90, forecastMs: 50, at: time)
      }
      let correction = try #require(
        estimate.correction(at: Self.slot(20).start.adding(seconds: 12)))
      #expect(correction.samples == count)
      return correction
    }
    let once = try expected(after: 1)
    let often = try expected(after: 50)
    #expect(once.expectedMs > 0 && once.expectedMs < often.expectedMs - 5)
    #expect(often.expectedMs > 30 && often.expectedMs <= 40)
    let twice = try expected(after: 2)
    #expect(often.highMs - often.lowMs < twice.highMs - twice.lowMs)
  }

  @Test func twoThatDisagreeMoveTheSlotLittle() throws {
    var estimate = Self.estimate([Double](repeating: 0, count: 20)).estimate
    for (second, roundTrip) in [(1.0, 50.0), (6.0, 350.0)] {
      _ = estimate.observe(
        roundTripMs: roundTrip, forecastMs: 50, at: Self.slot(20).start.adding(seconds: second))
    }
    let correction = try #require(
      estimate.correction(at: Self.slot(20).start.adding(seconds: 8)))
    #expect(abs(correction.expectedMs) < 75, "half of what their middle says")
  }

  @Test func persistenceIsLearned() {
    for (staying, range) in [(0.0, 0.0...0.12), (0.5, 0.38...0.62), (0.9, 0.8...0.96)] {
      for seed in 1...3 as ClosedRange<UInt64> {
        let levels = Self.levels(400, staying: staying, seed: seed)
        let persistence = Self.estimate(levels, seed: seed).estimate.persistence
        #expect(range.contains(persistence), "\(staying): \(persistence)")
      }
    }
  }

  /// On links that jump, that stay, and in between, the prediction is never worse than the better of "as
  /// the last slot" and "as the forecast", and its band holds what it says.
  @Test(arguments: [0.0, 0.3, 0.6, 0.9]) func thePredictionBeatsBoth(_ staying: Double) {
    var (blend, same, forecast) = (0.0, 0.0, 0.0)
    var (inside, count) = (0, 0)
    for seed in 1...4 as ClosedRange<UInt64> {
      let levels = Self.levels(400, staying: staying, seed: seed)
      let outcomes = Self.estimate(levels, seed: seed).outcomes
      for (before, outcome) in zip(outcomes, outcomes.dropFirst()).dropFirst(100) {
        blend += abs(outcome.predictedMs - outcome.observedMs)
        same += abs(before.observedMs - outcome.observedMs)
        forecast += abs(outcome.forecastMs - outcome.observedMs)
        if (outcome.lowMs...outcome.highMs).contains(outcome.observedMs) { inside += 1 }
        count += 1
      }
    }
    #expect(blend <= 1.03 * min(same, forecast), "\(blend) \(same) \(forecast)")
    let share = Double(inside) / Double(count)
    // Where a level stays, it comes back with the noise of a median around it: the band then has no width
    // of its own, and cannot hold what it says.
    if staying < 0.4 { #expect((0.74...0.88).contains(share), "\(share)") }
  }

  @Test func theFurtherAheadTheLessTheLastLevelCounts() throws {
    var levels = Self.levels(300, staying: 0.8, seed: 5)
    levels += [40, 40]
    let estimate = Self.estimate(levels).estimate
    let near = try #require(estimate.correction(at: Self.slot(302).start))
    let far = try #require(estimate.correction(at: Self.slot(330).start))
    #expect(near.expectedMs > 30)
    #expect(abs(far.expectedMs) < abs(near.expectedMs))
    #expect(far.lowMs < 0 && far.highMs > 0)
  }

  @Test func whatIsOldIsForgotten() throws {
    let estimate = Self.estimate([Double](repeating: 30, count: 10)).estimate
    #expect(estimate.correction(at: Self.slot(88).start) != nil)
    #expect(estimate.correction(at: Self.slot(89).start) == nil)
    var later = estimate
    _ = later.observe(roundTripMs: 50, forecastMs: 50, at: Self.slot(400).start)
    _ = later.observe(roundTripMs: 50, forecastMs: 50, at: Self.slot(401).start)
    #expect(later.measuredSlots == 1)
  }

  @Test func lateMeasurementsOfAnEarlierSlotAreIgnored() {
    var estimate = Self.estimate([1, 2, 3]).estimate
    let before = estimate
    #expect(estimate.observe(roundTripMs: 1, forecastMs: 1, at: Self.slot(1).start) == nil)
    #expect(estimate == before)
  }

  @Test func aClockThatIsSetBackBeginsAnew() throws {
    var estimate = Self.estimate([40, 40, 40]).estimate
    _ = estimate.observe(roundTripMs: 55, forecastMs: 50, at: Self.slot(-500).start)
    #expect(estimate.measuredSlots == 0 && estimate.observedMs == 55)
    let correction = try #require(estimate.correction(at: Self.slot(-500).start))
    #expect(abs(correction.expectedMs) < 5)
  }

  @Test func aSlotsOutcomeIsWhatWasPredictedBeforeIt() throws {
    let (before, _) = Self.estimate([5, 5, 5, 5])
    let predicted = try #require(before.correction(at: Self.slot(4).start))
    let outcomes = Self.estimate([5, 5, 5, 5, 60, 0]).outcomes
    let outcome = try #require(outcomes.last)
    #expect(outcome.slot == Self.slot(4))
    #expect(abs(outcome.predictedMs - 50 - predicted.expectedMs) < 2)
    #expect(abs(outcome.observedMs - 110) < 3 && outcome.samples == 20)
  }

  @Test func lossesAreCountedApart() throws {
    var estimate = LinkEstimate()
    #expect(estimate.lossShare == nil)
    var random = Seeded(3)
    for number in 0..<3_000 {
      let time = Self.slot(0).start.adding(seconds: Double(number) / 10)
      if Double.random(in: 0..<1, using: &random) < 0.1 {
        estimate.observeLoss()
      } else {
        _ = estimate.observe(roundTripMs: 40, forecastMs: 40, at: time)
      }
    }
    let loss = try #require(estimate.lossShare)
    #expect((0.02...0.25).contains(loss))
  }
}
