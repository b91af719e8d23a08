import Decisions
import Fleet
import Orbits

/// Checks one backend over one uplink, again and again, and records the outcomes in its ``PathHealth``.
///
/// A link that is down says nothing about the backend: while the forecast has no route the prober
/// neither probes nor counts, and it probes as soon as the route is back.
public struct HealthProber: Sendable {
  /// How often to look whether a link that is down is back.
  private static let linkCheckInterval = Duration.milliseconds(200)

  private let health: PathHealth
  private let endpoint: Endpoint
  private let probe: Probe
  private let linkIsUp: @Sendable () -> Bool
  private let now: @Sendable () -> UTC

  /// Creates a prober; ``run()`` starts it.
  ///
  /// - Parameters:
  ///   - health: What to record in, and with which policy to check.
  ///   - endpoint: The way to the backend over this uplink, through its emulator where there is one.
  ///   - linkIsUp: Whether there is a route now.
  public init(
    health: PathHealth, endpoint: Endpoint, probe: Probe,
    linkIsUp: @escaping @Sendable () -> Bool,
    now: @escaping @Sendable () -> UTC = SystemClock.now
  ) {
    self.health = health
    self.endpoint = endpoint
    self.probe = probe
    self.linkIsUp = linkIsUp
    self.now = now
  }

  /// Checks until the task is cancelled.
  public func run() async {
    let interval = max(health.policy.interval, .milliseconds(10))
    var next = ContinuousClock.now + stagger(within: min(interval, .seconds(1)))
    while (try? await Task.sleep(until: next, clock: .continuous)) != nil {
      let start = ContinuousClock.now
      if linkIsUp() {
        await check()
        next = start + interval
      } else {
        next = start + min(interval, Self.linkCheckInterval)
      }
    }
  }

  private func check() async {
    do {
      try await probe.run(health.policy.probe, on: endpoint, timeout: health.policy.timeout)
      health.record(.success, at: now())
    } catch {
      guard !Task.isCancelled, linkIsUp() else { return }
      health.record(.failure(reason: "\(error)"), at: now())
    }
  }

  /// A delay that depends on the path's name alone (FNV-1a), so that probers do not fire together.
  private func stagger(within span: Duration) -> Duration {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in health.path.description.utf8 {
      hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3
    }
    return span * (Double(hash >> 11) * 0x1p-53)
  }
}
