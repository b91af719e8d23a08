import Orbits

/// A point on a clock that never goes back: the system's monotonic one, or a simulation's.
///
/// It says nothing about the time of day; only the differences of two instants of one clock mean
/// anything.
public struct Instant: Hashable, Comparable, Sendable {
  /// Nanoseconds since the clock's beginning.
  public var nanoseconds: Int64

  /// Creates an instant.
  public init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

  /// Later than every event.
  public static let distantFuture = Instant(nanoseconds: .max)

  /// The instant `wait` later, at most ``distantFuture``.
  public static func + (instant: Instant, wait: Duration) -> Instant {
    let (seconds, attoseconds) = wait.components
    let (whole, overflows) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
    guard !overflows else { return distantFuture }
    let (sum, isTooLate) = instant.nanoseconds.addingReportingOverflow(
      whole + attoseconds / 1_000_000_000)
    return isTooLate ? distantFuture : Instant(nanoseconds: sum)
  }

  /// The time from `b` to `a`.
  public static func - (a: Instant, b: Instant) -> Duration {
    .nanoseconds(a.nanoseconds - b.nanoseconds)
  }

  /// Whether `a` comes before `b`.
  public static func < (a: Instant, b: Instant) -> Bool { a.nanoseconds < b.nanoseconds }
}

/// In a simulation the monotonic clock counts from 1970, as UTC does.
extension Instant {
  /// The instant of a simulation at `time`.
  public init(_ time: UTC) { self.init(nanoseconds: time.nanosecondsSince1970) }

  /// The time of day of an instant of a simulation.
  public var utc: UTC { UTC(nanosecondsSince1970: nanoseconds) }
}
