import Orbits

#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The share of attempts over a path that failed of late: what makes a path that answers most of the time
/// less good than one that always does, long before it counts as unhealthy.
public struct FailureShare: Sendable, Equatable {
  /// The weight of one more outcome.
  private static let learningRate = 0.02
  /// How fast it is forgotten where nothing happens, seconds.
  private static let forgettingSeconds = 30.0

  private var share = 0.0
  private var updated: UTC?

  /// Nothing has failed yet.
  public init() {}

  /// The share at `time`, 0 to 1.
  public func value(at time: UTC) -> Double {
    guard let updated, share > 0 else { return 0 }
    return share * exp(-max(0, time.seconds(since: updated)) / Self.forgettingSeconds)
  }

  /// Takes in an outcome.
  public mutating func observe(failed: Bool, at time: UTC) {
    let before = value(at: time)
    share = before + ((failed ? 1 : 0) - before) * Self.learningRate
    updated = time
  }
}
