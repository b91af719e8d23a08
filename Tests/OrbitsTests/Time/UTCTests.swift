import TestSupport
import Testing

@testable import Orbits

struct UTCTests {
  @Test func textAndInstantAreInverse() {
    var rng = Seeded(21)
    for _ in 0..<2_000 {
      let time = UTC(
        nanosecondsSince1970: .random(
          in: -9_000_000_000_000_000_000...9_000_000_000_000_000_000, using: &rng))
      #expect(UTC(time.description) == time)
      #expect(UTC(time.formatted(fractionDigits: 9)) == time)
    }
  }

  @Test(arguments: [
    ("2026-08-22T10:51:00Z", 1_787_395_860.0), ("2026-08-22 10:51:00", 1_787_395_860),
    ("2026-234T10:51:00.5", 1_787_395_860.5), ("2026-08-22T12:51+02:00", 1_787_395_860),
    ("2026-08-22", 1_787_356_800), ("1969-12-31T23:59:59Z", -1), ("2024-02-29", 1_709_164_800),
  ])
  func publishedFormsAreRead(text: String, seconds: Double) {
    #expect(UTC(text)?.secondsSince1970 == seconds)
  }

  @Test(arguments: [
    "", "2026", "2026-02-29", "2026-13-01", "2026-366T00:00:00", "2026-08-22T24:00:00",
    "2026-08-22T10:51:00Zx", "9999-01-01", "0001-01-01", "2026-08-22T10:51:00.", "2026-08-22T",
  ])
  func otherTextIsRefused(text: String) {
    #expect(UTC(text) == nil)
  }

  @Test func julianDateOfJ2000() {
    let date = UTC(year: 2000, month: 1, day: 1, hour: 12).julianDate
    #expect(date.day == 2_451_544.5 && date.fraction == 0.5)
    let before = UTC(year: 1969, month: 12, day: 31, hour: 18).julianDate
    #expect(before.day == 2_440_586.5 && before.fraction == 0.75)
  }

  @Test func distantInstantsDoNotOverflow() {
    let first = UTC(nanosecondsSince1970: .min)
    let last = UTC(nanosecondsSince1970: .max)
    #expect(abs(last.seconds(since: first) / 1.844674407370955e10 - 1) < 1e-12)
    #expect(abs(first.minutes(since: last) / -3.074457345618258e8 - 1) < 1e-12)
    #expect(last - first == .nanoseconds(Int64.max) + .nanoseconds(Int64.max) + .nanoseconds(1))
    let epoch = UTC(year: 2026, month: 1, day: 1)
    #expect(epoch.adding(seconds: 1e30).description == "2261-07-15T11:33:20Z")
    #expect(epoch.adding(seconds: -1e30).description == "1678-06-18T12:26:40Z")
    #expect(first.adding(seconds: 0) > first && last.adding(seconds: .infinity) < last)
    for far in [Duration.seconds(99_999_999_999), .seconds(Int64.max), .nanoseconds(Int64.max)] {
      #expect(epoch + far == epoch.adding(seconds: 1e30))
      #expect(first + (.zero - far) == epoch.adding(seconds: -1e30))
    }
    #expect(epoch + .nanoseconds(-1) < epoch && epoch + .zero == epoch)
  }
}
