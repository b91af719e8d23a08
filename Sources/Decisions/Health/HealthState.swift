import Fleet
import Orbits

/// What a check, or a live request, said about a backend over a path.
public enum HealthOutcome: Sendable, Equatable {
  /// It answered as it should.
  case success
  /// It did not; `reason` says how, in words a person reads.
  case failure(reason: String)
}

/// A backend became healthy or unhealthy over a path.
public struct HealthTransition: Sendable, Equatable {
  /// What it became.
  public var isHealthy: Bool
  /// When.
  public var time: UTC
  /// What the last outcome was: `nil` for a success, the reason for a failure.
  public var reason: String?

  /// Creates a transition.
  public init(isHealthy: Bool, time: UTC, reason: String?) {
    self.isHealthy = isHealthy
    self.time = time
    self.reason = reason
  }
}

/// Whether a backend answers over a path: a pure state machine over the outcomes of checks and of live
/// requests, which count alike.
///
/// It turns after as many outcomes of the other kind *in a row* as the policy says, as load balancers
/// do it. It begins healthy unless told otherwise, so that the first request need not wait for a check.
public struct HealthState: Sendable, Equatable {
  /// Whether the backend is to be used.
  public private(set) var isHealthy: Bool
  /// Since when it has been so.
  public private(set) var since: UTC
  /// Why the last failure happened, kept after recovery; `nil` before the first.
  public private(set) var lastError: String?
  /// When the last failure happened.
  public private(set) var lastErrorTime: UTC?
  /// When the last outcome of either kind was recorded; `nil` before the first.
  public private(set) var lastOutcomeTime: UTC?
  /// Outcomes in a row that speak against the state.
  public private(set) var contrary = 0

  private let unhealthyThreshold: Int
  private let healthyThreshold: Int

  /// Creates a state at `time`; thresholds below 1 count as 1.
  public init(policy: HealthCheckPolicy, isHealthy: Bool = true, at time: UTC) {
    self.isHealthy = isHealthy
    self.since = time
    self.unhealthyThreshold = max(1, policy.unhealthyThreshold)
    self.healthyThreshold = max(1, policy.healthyThreshold)
  }

  /// Takes in an outcome and gives the transition where it caused one.
  public mutating func record(_ outcome: HealthOutcome, at time: UTC) -> HealthTransition? {
    lastOutcomeTime = time
    var reason: String?
    if case .failure(let text) = outcome {
      reason = text
      lastError = text
      lastErrorTime = time
    }
    guard (reason == nil) != isHealthy else {
      contrary = 0
      return nil
    }
    contrary += 1
    guard contrary >= (isHealthy ? unhealthyThreshold : healthyThreshold) else { return nil }
    isHealthy.toggle()
    since = time
    contrary = 0
    return HealthTransition(isHealthy: isHealthy, time: time, reason: reason)
  }
}
