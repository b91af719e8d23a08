import Decisions
import Fleet
import Orbits
import TestSupport
import Testing

@Suite struct LimitTests {
  private static let start = UTC(year: 2026, month: 11, day: 26)

  @Test func whatIsReadIsWhatIsWritten() {
    for text in ["60 requests/minute", "100000 tokens/hour", "500000000 bytes/day"] {
      #expect(RateLimit(text)?.description == text)
    }
    #expect(RateLimit("500 MB/day") == RateLimit(.bytes, 500_000_000, per: .day))
    #expect(RateLimit("1 request/minute") == RateLimit(.requests, 1, per: .minute))
    for wrong in [
      "", "60", "60 requests", "60/minute", "0 requests/minute", "-1 tokens/day", "6 things/day",
      "60 requests/second", "9223372036854775807 GB/day", "60  /minute", "requests/minute",
    ] {
      #expect(RateLimit(wrong) == nil, "\(wrong)")
    }
    for text in ["5/day", "0.25/month", "1000/total"] {
      #expect(Budget(text)?.description == text)
    }
    for wrong in ["", "5", "5/week", "-5/day", "x/day", "5/day/day", "1e99/day"] {
      #expect(Budget(wrong) == nil, "\(wrong)")
    }
  }

  /// In any stretch of time no more goes through than the whole amount and what comes back in it.
  @Test(arguments: 0..<20) func neverOverTheLimit(_ seed: UInt64) {
    var random = Seeded(seed)
    let period = RateLimit.Period.allCases.randomElement(using: &random) ?? .minute
    let amount = Int.random(in: 1...1000, using: &random)
    var bucket = TokenBucket(RateLimit(.tokens, amount, per: period))
    var taken: [(at: Int64, count: Int)] = []
    var time = Self.start
    for _ in 0..<400 {
      time = time.adding(
        seconds: Double.random(in: 0...1, using: &random) * Double(period.seconds) / 20)
      let count = Int.random(in: 1...max(1, amount / 4), using: &random)
      guard bucket.wait(for: count, at: time) == 0 else { continue }
      bucket.take(count, at: time)
      taken.append((time.nanosecondsSince1970, count))
    }
    #expect(!taken.isEmpty)
    for first in taken.indices {
      var sum = 0
      for last in first..<taken.count {
        sum += taken[last].count
        let stretch = Double(taken[last].at - taken[first].at) / 1e9
        let bound = Double(amount) * (1 + stretch / Double(period.seconds))
        #expect(Double(sum) <= bound + 1e-6)
      }
    }
  }

  /// Whoever comes back when told to is let in, and a moment before is not.
  @Test(arguments: 0..<20) func theWaitIsHonest(_ seed: UInt64) {
    var random = Seeded(seed)
    let amount = Int.random(in: 1...500, using: &random)
    var bucket = TokenBucket(RateLimit(.requests, amount, per: .minute))
    var time = Self.start
    for _ in 0..<100 {
      let count = Int.random(in: 1...(amount + 3), using: &random)
      let wait = bucket.wait(for: count, at: time)
      if wait > 0 {
        #expect(bucket.wait(for: count, at: time.adding(seconds: Double(wait - 1000) / 1e9)) > 0)
        time = UTC(nanosecondsSince1970: time.nanosecondsSince1970 + wait)
        #expect(bucket.wait(for: count, at: time) == 0)
      }
      bucket.take(count, at: time)
    }
  }

  @Test func whatIsGivenBackIsThereAgain() {
    var bucket = TokenBucket(RateLimit(.tokens, 100, per: .minute))
    bucket.take(80, at: Self.start)
    #expect(bucket.left(at: Self.start) == 20)
    bucket.take(-30, at: Self.start)
    #expect(bucket.left(at: Self.start) == 50)
    bucket.take(-1000, at: Self.start)
    #expect(bucket.left(at: Self.start) == 100)
  }

  @Test func aClockSetBackLocksNobodyOutForLong() {
    var bucket = TokenBucket(RateLimit(.requests, 1, per: .minute))
    bucket.take(1, at: Self.start)
    let before = Self.start.adding(seconds: -86_400)
    #expect(bucket.wait(for: 1, at: before) <= 2 * 60 * 1_000_000_000)
  }

  @Test func daysAndMonths() {
    #expect(UTC(nanosecondsSince1970: 0).daysSince1970 == 0)
    #expect(UTC(nanosecondsSince1970: -1).daysSince1970 == -1)
    for (year, month, day) in [
      (1970, 1, 1), (2026, 2, 28), (2026, 3, 1), (2028, 2, 29), (2100, 12, 31),
    ] {
      let number = UTC(year: year, month: month, day: day).daysSince1970
      #expect(UTCCalendar.month(ofDay: number) == year * 12 + month - 1)
    }
  }
}
