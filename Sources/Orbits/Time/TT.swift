/// An instant of Terrestrial Time, the uniform scale of ephemerides: TAI + 32.184 s.
///
/// Counted like ``UTC`` from the reading 1970-01-01T00:00:00 of its own scale, so that the two types
/// can't be taken for each other. Differences are elapsed SI seconds, across leap seconds too.
public struct TT: Hashable, Comparable, Sendable {
  /// Nanoseconds since the scale read 1970-01-01T00:00:00.
  public var nanosecondsSince1970: Int64

  /// Creates an instant from nanoseconds since the scale read 1970-01-01T00:00:00.
  public init(nanosecondsSince1970: Int64) { self.nanosecondsSince1970 = nanosecondsSince1970 }

  /// The instant of TT that is `utc`, with the leap seconds built in.
  public init(_ utc: UTC) { self = TAI(utc).tt }

  /// The Julian date (TT), as a whole-and-a-half day and a fraction in [0, 1).
  public var julianDate: (day: Double, fraction: Double) {
    UTC(nanosecondsSince1970: nanosecondsSince1970).julianDate
  }

  /// Julian centuries since J2000.0 (2000-01-01T12:00:00 TT).
  public var centuriesSinceJ2000: Double {
    let date = julianDate
    return ((date.day - 2_451_545) + date.fraction) / 36_525
  }

  /// SI seconds from `other` to this instant.
  public func seconds(since other: TT) -> Double {
    Double(nanosecondsSince1970 - other.nanosecondsSince1970) / 1e9
  }

  /// Whether `a` is earlier than `b`.
  public static func < (a: TT, b: TT) -> Bool { a.nanosecondsSince1970 < b.nanosecondsSince1970 }
}

extension UTC {
  /// The instant of UTC that is `tt`.
  ///
  /// An instant inside a leap second has no name of its own on the POSIX scale; the midnight after it is
  /// given.
  public init(_ tt: TT) { self = TAI(tt).utc }
}

/// International Atomic Time: the step between UTC and TT.
struct TAI: Hashable, Sendable {
  let nanosecondsSince1970: Int64

  private static let ttMinusTAI: Int64 = 32_184_000_000

  init(_ utc: UTC) {
    nanosecondsSince1970 =
      utc.nanosecondsSince1970 + Int64(LeapSeconds.taiMinusUTCSeconds(at: utc)) * 1_000_000_000
  }

  init(_ tt: TT) { nanosecondsSince1970 = tt.nanosecondsSince1970 - Self.ttMinusTAI }

  var tt: TT { TT(nanosecondsSince1970: nanosecondsSince1970 + Self.ttMinusTAI) }

  var utc: UTC {
    for step in LeapSeconds.steps.reversed() {
      let new = nanosecondsSince1970 - Int64(step.taiMinusUTC) * 1_000_000_000
      if new >= step.begins.nanosecondsSince1970 { return UTC(nanosecondsSince1970: new) }
      if new + 1_000_000_000 >= step.begins.nanosecondsSince1970, step.taiMinusUTC > 10 {
        return step.begins
      }
    }
    return UTC(nanosecondsSince1970: nanosecondsSince1970 - 10_000_000_000)
  }
}
