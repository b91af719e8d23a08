import TestSupport
import Testing

@testable import Orbits

struct TimeScaleTests {
  @Test func leapSecondsAreThoseOfTheIERS() {
    #expect(LeapSeconds.steps.count == 28)
    let known: [(Int, Int, Int, Int)] = [
      (1972, 1, 1, 10), (1972, 7, 1, 11), (1973, 1, 1, 12), (1980, 1, 1, 19), (1981, 7, 1, 20),
      (1985, 7, 1, 23), (1988, 1, 1, 24), (1991, 1, 1, 26), (1992, 7, 1, 27), (1999, 1, 1, 32),
      (2006, 1, 1, 33), (2009, 1, 1, 34), (2012, 7, 1, 35), (2015, 7, 1, 36), (2017, 1, 1, 37),
    ]
    for (year, month, day, offset) in known {
      let time = UTC(year: year, month: month, day: day)
      #expect(LeapSeconds.taiMinusUTCSeconds(at: time) == offset)
      let before = LeapSeconds.taiMinusUTCSeconds(at: time.adding(seconds: -1e-9))
      #expect(before == max(10, offset - 1))
    }
    #expect(LeapSeconds.expires > UTC(year: 2027, month: 1, day: 1))
  }

  @Test func ttIsAheadOfUTCAndComesBackExactly() {
    // 2026: 37 s + 32.184 s.
    let utc = UTC(year: 2026, month: 8, day: 22, hour: 10)
    #expect(TT(utc).nanosecondsSince1970 - utc.nanosecondsSince1970 == 69_184_000_000)
    var rng = Seeded(8)
    for _ in 0..<2_000 {
      let time = UTC(
        nanosecondsSince1970: .random(
          in: -500_000_000_000_000_000...2_000_000_000_000_000_000, using: &rng))
      #expect(UTC(TT(time)) == time)
    }
    for step in LeapSeconds.steps.dropFirst() {
      for shift: Int64 in [-1_000_000_000, -1, 0, 1, 1_000_000_000] {
        let time = UTC(nanosecondsSince1970: step.begins.nanosecondsSince1970 + shift)
        #expect(UTC(TT(time)) == time)
      }
    }
  }

  @Test func elapsedTimeCountsTheLeapSecondAndItHasNoNameInUTC() {
    let before = UTC(year: 2016, month: 12, day: 31, hour: 23, minute: 59, second: 59)
    let after = UTC(year: 2017, month: 1, day: 1)
    #expect(after.seconds(since: before) == 1)
    #expect(TT(after).seconds(since: TT(before)) == 2)
    let inside = TT(nanosecondsSince1970: TT(before).nanosecondsSince1970 + 1_500_000_000)
    #expect(UTC(inside) == after)
  }

  @Test func j2000IsNoonOfTT() {
    let noon = TT(
      nanosecondsSince1970: UTC(year: 2000, month: 1, day: 1, hour: 12).nanosecondsSince1970)
    #expect(noon.centuriesSinceJ2000 == 0)
    #expect(UTC(noon) == UTC(year: 2000, month: 1, day: 1, hour: 11, minute: 58, second: 55.816))
  }

  @Test func ut1TurnsTheEarth() {
    let utc = UTC(year: 2026, month: 8, day: 22)
    var orientation = EarthOrientation.neglected
    orientation.ut1MinusUTCSeconds = -0.25
    let ut1 = UT1(utc, orientation: orientation)
    #expect(ut1.nanosecondsSince1970 == utc.nanosecondsSince1970 - 250_000_000)
    #expect(ut1.utc(orientation: orientation) == utc)
    let turned = EarthRotation.gmst82Rad(at: utc) - EarthRotation.gmst82Rad(at: ut1)
    #expect(abs(turned - 0.25 * EarthRotation.radPerSecond) < 1e-11)
  }
}
