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

  /// How fast an estimate that nothing confirms is forgotten, seconds: a backend that was once slow
  /// would otherwise never be asked, and so never measured, again.
  public static let forgettingSeconds = 60.0

  /// The estimate as of the last measurement, milliseconds.
  public private(set) var milliseconds = ServiceTime.initialMs
  private var updated: UTC?

  /// Creates an estimate that knows nothing.
  public init() {}

  /// The estimate at `time`, milliseconds: the longer ago the last measurement, the nearer to the
  /// initial guess.
  public func milliseconds(at time: UTC) -> Double {
    guard let updated else { return Self.initialMs }
    let idle = max(0, time.seconds(since: updated))
    return Self.initialMs + (milliseconds - Self.initialMs) * exp(-idle / Self.forgettingSeconds)
  }

  /// Takes in one measurement made at `time`.
  public mutating func observe(milliseconds measured: Double, at time: UTC) {
    let value = max(0, measured)
    defer { updated = max(updated ?? time, time) }
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
