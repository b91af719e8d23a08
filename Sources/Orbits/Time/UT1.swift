/// An instant of Universal Time: the earth's angle of rotation, read as a clock.
///
/// Only measurement tells it, so it is made from ``UTC`` with an ``EarthOrientation``.
public struct UT1: Hashable, Comparable, Sendable {
  /// Nanoseconds since the scale read 1970-01-01T00:00:00.
  public var nanosecondsSince1970: Int64

  /// Creates an instant from nanoseconds since the scale read 1970-01-01T00:00:00.
  public init(nanosecondsSince1970: Int64) { self.nanosecondsSince1970 = nanosecondsSince1970 }

  /// The reading of UT1 at `utc`, with UT1 minus UTC as measured.
  public init(_ utc: UTC, orientation: EarthOrientation) {
    self.init(
      nanosecondsSince1970: utc.adding(seconds: orientation.ut1MinusUTCSeconds)
        .nanosecondsSince1970)
  }

  /// The instant of UTC at which UT1 reads this, with UT1 minus UTC as measured.
  public func utc(orientation: EarthOrientation) -> UTC {
    UTC(nanosecondsSince1970: nanosecondsSince1970)
      .adding(seconds: -orientation.ut1MinusUTCSeconds)
  }

  /// The Julian date (UT1), as a whole-and-a-half day and a fraction in [0, 1).
  public var julianDate: (day: Double, fraction: Double) {
    UTC(nanosecondsSince1970: nanosecondsSince1970).julianDate
  }

  /// Whether `a` is earlier than `b`.
  public static func < (a: UT1, b: UT1) -> Bool {
    a.nanosecondsSince1970 < b.nanosecondsSince1970
  }
}
