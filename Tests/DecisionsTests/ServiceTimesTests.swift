import Network
import Orbits
import TestSupport
import Testing

@testable import Decisions

@Suite struct ServiceTimesTests {
  private static let now = RoutingPolicyTests.now

  @Test func lengthsAreToldApartByDoublings() {
    #expect([0, 1, 1_023].map { ServiceTimes.lengthClass(bytes: $0) } == [0, 0, 0])
    #expect([1_024, 2_047].map { ServiceTimes.lengthClass(bytes: $0) } == [1, 1])
    #expect([2_048, 4_096].map { ServiceTimes.lengthClass(bytes: $0) } == [2, 3])
    #expect(ServiceTimes.lengthClass(bytes: .max) == ServiceTimes.lengthClass(bytes: 1 << 20))
  }

  @Test func aLongPromptSaysNothingOfAShortOneThatIsKnown() {
    var times = ServiceTimes()
    times.observe(milliseconds: 80, bytes: 500, at: Self.now)
    times.observe(milliseconds: 6_000, bytes: 20_000, at: Self.now)
    #expect(times.milliseconds(bytes: 700, at: Self.now) == 80)
    #expect(times.milliseconds(bytes: 17_000, at: Self.now) == 6_000)
    #expect(times.overall.milliseconds(at: Self.now) == 6_000)
  }

  @Test func aLengthThatIsNotKnownIsLikeTheOthers() {
    var times = ServiceTimes()
    #expect(times.milliseconds(bytes: 5_000, at: Self.now) == ServiceTime.initialMs)
    times.observe(milliseconds: 900, bytes: nil, at: Self.now)
    #expect(times.milliseconds(bytes: 5_000, at: Self.now) == 900)
  }

  /// Where time grows with length, so does the estimate.
  @Test func estimatesFollowTheLength() {
    var random = Seeded(2)
    var times = ServiceTimes()
    var time = Self.now
    for _ in 0..<400 {
      let bytes = Int.random(in: 400...60_000, using: &random)
      times.observe(milliseconds: Double(bytes) / 10, bytes: bytes, at: time)
      time = time.adding(seconds: 1)
    }
    let estimates = [1_500, 3_000, 6_000, 12_000, 24_000, 48_000].map {
      times.milliseconds(bytes: $0, at: time)
    }
    #expect(estimates == estimates.sorted() && estimates[5] > 10 * estimates[0])
  }
}
