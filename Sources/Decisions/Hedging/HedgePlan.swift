/// A second copy of a request: over which way, and when it leaves if the first has not answered.
public struct HedgePlan: Sendable, Equatable {
  /// Which of the ranked candidates: one whose way shares no satellite link with the first's.
  public var candidate: Int
  /// How long after the first attempt began; zero: together with it.
  public var delay: Duration
  /// Why then, in words a person reads.
  public var reason: String

  /// Creates a plan.
  public init(candidate: Int, delay: Duration, reason: String) {
    self.candidate = candidate
    self.delay = delay
    self.reason = reason
  }
}
