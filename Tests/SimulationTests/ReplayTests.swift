import Calibration
import Fleet
import Network
import Orbits
import Simulation
import TestSupport
import Testing

/// Hedging on a link that is replayed, by the code that decides in a live node.
@Suite struct ReplayTests {
  private static let start = UTC(year: 2026, month: 11, day: 26)

  /// Pings over a link with a level for each slot, some scatter, and one loss in forty.
  private static func pings(_ count: Int, seed: UInt64) -> [Trace.Ping] {
    var random = Seeded(seed)
    var level = 40.0
    var slot: Slot?
    return (0..<count).map { number in
      let sent = start.adding(seconds: Double(number) * 0.15)
      if slot != Slot(containing: sent) {
        slot = Slot(containing: sent)
        level = .random(in: 25...60, using: &random)
      }
      let isLost = Int.random(in: 0..<40, using: &random) == 0
      return Trace.Ping(
        sent: sent, roundTripMs: isLost ? nil : level + .random(in: 0...25, using: &random))
    }
  }

  @Test func theSecondLinkIsAsItsDocumentationSays() {
    let path = SecondPath(seed: 3, start: Self.start, seconds: 40_000)
    var answered: [Double] = []
    var late = 0
    let count = 40_000
    for number in 0..<count {
      let roundTrip = path.roundTripMs(at: Self.start.adding(seconds: Double(number)))
      if let roundTrip { answered.append(roundTrip) }
      if roundTrip.map({ $0 > 200 }) ?? true { late += 1 }
    }
    answered.sort()
    #expect(abs(answered[answered.count / 2] - SecondPath.medianMs) < 1.5)
    #expect(abs(Double(late) / Double(count) - 0.0475) < 0.005)
  }

  @Test func aloneTheLinkDoesWhatWasRecorded() {
    let pings = Self.pings(500, seed: 1)
    let outcome = LinkReplay(pings: pings, seed: 1).run(.firstAlone)
    let lost = pings.count { $0.roundTripMs == nil }
    #expect(outcome.requests == 500 && outcome.lost == lost && outcome.late == lost)
    #expect(outcome.hedges == 0 && outcome.overFirst == 500)
  }

  @Test func hedgesTakeAwayMostLateRequestsAndStayWithinTheirBudget() {
    let replay = LinkReplay(pings: Self.pings(4_000, seed: 2), seed: 2)
    let without = replay.run(.decided(.off))
    let with = replay.run(.decided(HedgingSettings(budget: 0.065)))
    #expect(without.hedges == 0 && without.late > 60)
    #expect(with.late * 4 < without.late, "\(with.late) of \(without.late)")
    #expect(Double(with.hedges) <= 0.065 * 4_000 + 10)
    #expect(with.hedgesWon > 0)
    #expect(replay.run(.decided(HedgingSettings(budget: 0.065))) == with, "the same every time")
  }

  @Test func nothingIsReplayedOfNothing() {
    #expect(LinkReplay(pings: [], seed: 1).run(.decided(HedgingSettings())).requests == 0)
  }
}
