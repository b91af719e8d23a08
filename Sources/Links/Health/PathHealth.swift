import Decisions
import Fleet
import Orbits
import Synchronization

/// The health of one backend over one uplink, shared by its prober and by the requests that use it.
public final class PathHealth: Sendable {
  /// Which backend over which uplink.
  public let path: PathID
  /// How it is checked.
  public let policy: HealthCheckPolicy

  private let state: Mutex<HealthState>
  private let onTransition: @Sendable (PathID, HealthTransition) -> Void

  /// Creates the health of a path, healthy since `time` until something else is known.
  ///
  /// - Parameter onTransition: Called after each transition, on the thread that reported the outcome.
  public init(
    path: PathID, policy: HealthCheckPolicy, at time: UTC,
    onTransition: @escaping @Sendable (PathID, HealthTransition) -> Void = { _, _ in }
  ) {
    self.path = path
    self.policy = policy
    self.state = Mutex(HealthState(policy: policy, at: time))
    self.onTransition = onTransition
  }

  /// The state now.
  public var current: HealthState { state.withLock { $0 } }

  /// Whether the backend is to be used over this path.
  public var isHealthy: Bool { state.withLock { $0.isHealthy } }

  /// Takes in what a check or a live request saw at `time`. A request reports a connection that failed
  /// and an answer that is no valid one as failures, and an answer as a success.
  public func record(_ outcome: HealthOutcome, at time: UTC) {
    if let transition = state.withLock({ $0.record(outcome, at: time) }) {
      onTransition(path, transition)
    }
  }
}
