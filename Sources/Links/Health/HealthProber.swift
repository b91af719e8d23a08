import Network
import Decisions
import Fleet
import Orbits

/// Checks one backend over one uplink, again and again, and reports what it finds.
///
/// A link that is down says nothing about the backend: while the forecast has no route the prober
/// neither probes nor counts, and it probes as soon as the route is back.
public struct HealthProber: Sendable {
  /// How often to look whether a link that is down is back.
  private static let linkCheckInterval = Duration.milliseconds(200)

  private let path: PathID
  private let policy: HealthCheckPolicy
  private let endpoint: Endpoint
  private let probe: Probe
  private let counters: LinkCounters?
  private let linkIsUp: @Sendable () -> Bool
  private let now: @Sendable () -> UTC
  private let report: @Sendable (ProbeReport) -> Void

  /// Creates a prober; ``run()`` starts it.
  ///
  /// - Parameters:
  ///   - path: Which backend over which uplink.
  ///   - policy: What to do how often; when to change one's mind is for whoever hears the reports.
  ///   - endpoint: The way to the backend over this uplink, through its emulator where there is one.
  ///   - counters: Of the uplink, where nobody else counts what goes over it.
  ///   - linkIsUp: Whether there is a route now.
  ///   - report: Called after each check, from any thread.
  public init(
    path: PathID, policy: HealthCheckPolicy, endpoint: Endpoint, probe: Probe,
    counters: LinkCounters? = nil, linkIsUp: @escaping @Sendable () -> Bool,
    now: @escaping @Sendable () -> UTC = SystemClock.now,
    report: @escaping @Sendable (ProbeReport) -> Void
  ) {
    self.path = path
    self.policy = policy
    self.endpoint = endpoint
    self.probe = probe
    self.counters = counters
    self.linkIsUp = linkIsUp
    self.now = now
    self.report = report
  }

  /// Checks until the task is cancelled.
  public func run() async {
    let interval = max(policy.interval, .milliseconds(10))
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
    let started = now()
    do {
      let roundTripMs = try await probe.run(
        policy.probe, on: endpoint, timeout: policy.timeout, counting: counters)
      report(
        ProbeReport(
          path: path, outcome: .success, roundTripMs: roundTripMs, started: started, ended: now()))
    } catch {
      guard !Task.isCancelled, linkIsUp() else { return }
      report(
        ProbeReport(
          path: path, outcome: .failure(reason: "\(error)"),
          isSilent: (error as? ProbeError)?.isSilence ?? false, started: started, ended: now()))
    }
  }

  /// A delay that depends on the path's name alone, so that probers do not fire together.
  private func stagger(within span: Duration) -> Duration {
    span * (Double(path.description.stableHash >> 11) * 0x1p-53)
  }
}
