/// An instant of Coordinated Universal Time, exact to the nanosecond.
///
/// Stored as nanoseconds since 1970-01-01T00:00:00Z on the POSIX scale (every day has 86,400 s; a
/// leap second has no instant of its own), as element sets, operating systems and SGP4 use it.
/// An integer keeps arithmetic exact: a `Double` of seconds would blur a satellite by millimetres.
public struct UTC: Hashable, Comparable, Sendable {
  /// Nanoseconds since 1970-01-01T00:00:00Z. Covers the years 1678 to 2262.
  public var nanosecondsSince1970: Int64

  /// Creates an instant from nanoseconds since 1970-01-01T00:00:00Z.
  public init(nanosecondsSince1970: Int64) {
    self.nanosecondsSince1970 = nanosecondsSince1970
  }

  /// Creates an instant from seconds since 1970-01-01T00:00:00Z, rounded to the nanosecond.
  public init(secondsSince1970 seconds: Double) {
    let whole = seconds.rounded(.down)
    self.nanosecondsSince1970 =
      Int64(whole) * 1_000_000_000 + Int64(((seconds - whole) * 1e9).rounded())
  }

  /// Creates an instant from a proleptic Gregorian date; `second` may carry a fraction.
  public init(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Double = 0
  ) {
    let days = Int64(Self.daysSince1970(year: year, month: month, day: day))
    let wholeSeconds = days * 86_400 + Int64(hour) * 3_600 + Int64(minute) * 60
    self.nanosecondsSince1970 = wholeSeconds * 1_000_000_000 + Int64((second * 1e9).rounded())
  }

  /// Seconds since 1970-01-01T00:00:00Z; about 0.2 microseconds of rounding in this century.
  public var secondsSince1970: Double { Double(nanosecondsSince1970) / 1e9 }

  /// Whole days since 1970-01-01, negative before.
  public var daysSince1970: Int { Int(floorDivide(nanosecondsSince1970, 86_400_000_000_000)) }

  /// The Julian date (UTC), as a whole-and-a-half day and a fraction in [0, 1) so that no digit is lost.
  public var julianDate: (day: Double, fraction: Double) {
    let dayLength: Int64 = 86_400_000_000_000
    var day = nanosecondsSince1970 / dayLength
    var rest = nanosecondsSince1970 % dayLength
    if rest < 0 {
      day -= 1
      rest += dayLength
    }
    return (2_440_587.5 + Double(day), Double(rest) / Double(dayLength))
  }

  /// Minutes from `epoch` to this instant, the unit of time of SGP4.
  public func minutes(since epoch: UTC) -> Double {
    nanoseconds(since: epoch) / 60e9
  }

  /// Seconds from `other` to this instant.
  public func seconds(since other: UTC) -> Double {
    nanoseconds(since: other) / 1e9
  }

  /// The difference is exact where 64 bits hold it (292 years), which is wherever a satellite is concerned.
  private func nanoseconds(since other: UTC) -> Double {
    let (difference, overflow) = nanosecondsSince1970.subtractingReportingOverflow(
      other.nanosecondsSince1970)
    return overflow
      ? Double(nanosecondsSince1970) - Double(other.nanosecondsSince1970) : Double(difference)
  }

  /// This instant moved by `seconds`, rounded to the nanosecond, and kept within the years 1678 to 2261
  /// so that it can be written.
  ///
  /// - Precondition: `seconds` is a number.
  public func adding(seconds: Double) -> UTC {
    moved(by: Int64(exactly: (seconds * 1e9).rounded()), isBack: seconds < 0)
  }

  /// This instant moved by `shift` nanoseconds, `nil` where 64 bits do not hold them, and kept within
  /// the years that can be written.
  private func moved(by shift: Int64?, isBack: Bool) -> UTC {
    let edge: Int64 = 9_200_000_000_000_000_000
    guard let shift,
      case let (sum, overflow) = nanosecondsSince1970.addingReportingOverflow(shift), !overflow
    else { return UTC(nanosecondsSince1970: isBack ? -edge : edge) }
    return UTC(nanosecondsSince1970: min(max(sum, -edge), edge))
  }

  /// Whether `a` is earlier than `b`.
  public static func < (a: UTC, b: UTC) -> Bool { a.nanosecondsSince1970 < b.nanosecondsSince1970 }

  /// The instant `duration` after `instant`, to the nanosecond, and kept within the years 1678 to 2261
  /// so that it can be written.
  public static func + (instant: UTC, duration: Duration) -> UTC {
    let (seconds, attoseconds) = duration.components
    let (whole, isFar) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    let (shift, isFarther) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
    return instant.moved(by: isFar || isFarther ? nil : shift, isBack: duration < .zero)
  }

  /// The time from `b` to `a`.
  public static func - (a: UTC, b: UTC) -> Duration {
    .nanoseconds(a.nanosecondsSince1970) - .nanoseconds(b.nanosecondsSince1970)
  }

  /// Days from 1970-01-01 to a proleptic Gregorian date (H. Hinnant, "chrono-Compatible Low-Level
  /// Date Algorithms", 2013).
  static func daysSince1970(year: Int, month: Int, day: Int) -> Int {
    let y = month <= 2 ? year - 1 : year
    let era = (y >= 0 ? y : y - 399) / 400
    let yearOfEra = y - era * 400
    let dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1
    let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
    return era * 146_097 + dayOfEra - 719_468
  }

  /// The proleptic Gregorian date of a day count from 1970-01-01, such as ``daysSince1970`` (H. Hinnant,
  /// "chrono-Compatible Low-Level Date Algorithms", 2013).
  public static func civilDate(daysSince1970 days: Int) -> (year: Int, month: Int, day: Int) {
    let z = days + 719_468
    let era = (z >= 0 ? z : z - 146_096) / 146_097
    let dayOfEra = z - era * 146_097
    let yearOfEra = (dayOfEra - dayOfEra / 1_460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shifted = (5 * dayOfYear + 2) / 153
    let month = shifted < 10 ? shifted + 3 : shifted - 9
    return (
      yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shifted + 2) / 5 + 1
    )
  }
}

/// `a / b` rounded down, for a positive `b`.
func floorDivide(_ a: Int64, _ b: Int64) -> Int64 {
  let (quotient, remainder) = a.quotientAndRemainder(dividingBy: b)
  return remainder < 0 ? quotient - 1 : quotient
}
