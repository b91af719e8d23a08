import Orbits

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// A running estimate of a backend's service time: from a request's arrival there to its first byte.
///
/// Peak-sensitive and exponentially decaying (Finagle's peak EWMA): a rise is believed at once, a fall
/// by half with each measurement, or more after the decay time, which is shorter than a slot so that one
/// slot's trouble does not colour the next.
public struct ServiceTime: Sendable, Equatable {
  /// The estimate before anything is measured, milliseconds.
  public static let initialMs = 300.0
  /// The time constant of the decay, seconds.
  public static let decaySeconds = 4.0

  /// How fast an estimate that nothing confirms falls back to what is usual, seconds: a backend that was
  /// once slow would otherwise never be asked, and so never measured, again.
  public static let forgettingSeconds = 60.0
  /// How fast what is usual is forgotten in turn, seconds. A backend that is always slow is thus asked
  /// for another try every few hours, not every few minutes.
  public static let usualForgettingSeconds = 3_600.0

  /// The estimate as of the last measurement, milliseconds.
  public private(set) var milliseconds = ServiceTime.initialMs
  private var updated: UTC?
  /// What measurements are like in the long run, milliseconds: it follows them by a share of the ratio,
  /// and by no more than half of itself, so that one cold start is not taken for a habit.
  private var usualMs = ServiceTime.initialMs
  private static let usualShare = 0.3
  private static let usualStep = 1.5

  /// Creates an estimate that knows nothing.
  public init() {}

  /// The estimate at `time`, milliseconds: the longer ago the last measurement, the nearer to what is
  /// usual, and after hours to the initial guess.
  public func milliseconds(at time: UTC) -> Double {
    guard let updated else { return Self.initialMs }
    let idle = max(0, time.seconds(since: updated))
    let usual =
      Self.initialMs + (usualMs - Self.initialMs) * exp(-idle / Self.usualForgettingSeconds)
    return usual + (milliseconds - usual) * exp(-idle / Self.forgettingSeconds)
  }

  /// Takes in one measurement made at `time`.
  public mutating func observe(milliseconds measured: Double, at time: UTC) {
    let value = max(0, measured)
    defer { updated = max(updated ?? time, time) }
    let ratio = pow(max(1, value) / usualMs, Self.usualShare)
    usualMs *= min(Self.usualStep, max(1 / Self.usualStep, ratio))
    guard let updated else {
      milliseconds = value
      return
    }
    if value >= milliseconds {
      milliseconds = value
    } else {
      // However quickly requests follow each other, each moves the estimate by half.
      let elapsed = max(0, time.seconds(since: updated))
      let keep = min(0.5, exp(-elapsed / Self.decaySeconds))
      milliseconds = milliseconds * keep + value * (1 - keep)
    }
  }
}
