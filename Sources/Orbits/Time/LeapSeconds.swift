/// The leap seconds of UTC, built in.
///
/// A table of facts that change at most twice a year and are announced half a year before. Where TAI
/// minus UTC is needed after ``expires``, the last value is used: whether a leap second came since is
/// not known here.
public enum LeapSeconds {
  /// Where the table comes from.
  public static let source = "IERS Bulletin C 72 (July 2026)"

  /// Until when no further leap second is announced: 2027-06-28, the date of expiry that the IERS gives.
  public static let expires = UTC(year: 2027, month: 6, day: 28)

  /// TAI minus UTC, seconds, at an instant.
  ///
  /// Before 1972 UTC was steered in another way; 10 s is given there, which is off by up to 10 s
  /// in the years from 1958.
  public static func taiMinusUTCSeconds(at time: UTC) -> Int {
    let days = time.nanosecondsSince1970 / 86_400_000_000_000
    return steps.last { Int64($0.daysSince1970) <= days }?.taiMinusUTC ?? 10
  }

  /// A day at whose midnight TAI minus UTC changes.
  struct Step {
    let daysSince1970: Int
    let taiMinusUTC: Int

    /// The first instant at which this value holds.
    var begins: UTC { UTC(nanosecondsSince1970: Int64(daysSince1970) * 86_400_000_000_000) }
  }

  /// Every change since 1972, oldest first.
  static let steps: [Step] = {
    let julys = [1972, 1981, 1982, 1983, 1985, 1992, 1993, 1994, 1997, 2012, 2015]
    let januaries =
      [1973, 1974, 1975, 1976, 1977, 1978, 1979, 1980, 1988, 1990, 1991, 1996, 1999, 2006, 2009]
      + [2017]
    let days =
      julys.map { UTC.daysSince1970(year: $0, month: 7, day: 1) }
      + januaries.map { UTC.daysSince1970(year: $0, month: 1, day: 1) }
    let first = Step(
      daysSince1970: UTC.daysSince1970(year: 1972, month: 1, day: 1), taiMinusUTC: 10)
    return [first]
      + days.sorted().enumerated().map {
        Step(daysSince1970: $0.element, taiMinusUTC: 11 + $0.offset)
      }
  }()
}
