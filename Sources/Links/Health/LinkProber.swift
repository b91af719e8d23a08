import Decisions
import Fleet
import Orbits

/// Looks whether anything comes back over an uplink, as long as there is reason to doubt it: five times a
/// second, so that a link that is back is used at once.
///
/// Each look asks the next of the machines behind the link, the nearest first. It does not wait for the looks
/// before it, which may never end.
public struct LinkProber: Sendable {
  /// A machine behind the link.
  public struct Target: Sendable {
    /// The way to it.
    public var path: PathID
    /// Where it is reached, through its emulator where there is one.
    public var endpoint: Endpoint
    /// What shows that it is there: a connection, but for an emulator, which accepts anything.
    public var probe: HealthCheckPolicy.Probe

    /// Creates a target.
    public init(path: PathID, endpoint: Endpoint, probe: HealthCheckPolicy.Probe) {
      self.path = path
      self.endpoint = endpoint
      self.probe = endpoint.isEmulated ? probe : .tcp
    }
  }

  /// How often to look.
  public static let interval = Duration.milliseconds(200)
  /// How long an answer may take: above the round trips of a geostationary link's handshake.
  public static let timeout = Duration.milliseconds(2_500)
  /// A connection over the ground or low orbits takes no longer, so a silence is told sooner.
  public static let quickTimeout = Duration.milliseconds(1_000)

  private let targets: [Target]
  private let probe: Probe
  private let counters: LinkCounters?
  private let limit: Duration
  private let isToBeProbed: @Sendable () -> Bool
  private let hasRoute: @Sendable (PathID) -> Bool
  private let now: @Sendable () -> UTC
  private let report: @Sendable (_ path: PathID, _ isHeard: Bool, _ started: UTC, _ at: UTC) -> Void

  /// Creates a prober of one uplink; ``run()`` starts it.
  ///
  /// - Parameters:
  ///   - targets: The machines behind the link, the nearest first.
  ///   - counters: Of the uplink, where nobody else counts what goes over it.
  ///   - limit: How long an answer may take.
  ///   - isToBeProbed: Whether there is reason to doubt the link.
  ///   - hasRoute: Whether the forecast has a route to a target now; without one it is not asked.
  ///   - report: Called with what each look found, from any thread.
  public init(
    targets: [Target], probe: Probe, counters: LinkCounters? = nil,
    limit: Duration = LinkProber.quickTimeout,
    isToBeProbed: @escaping @Sendable () -> Bool,
    hasRoute: @escaping @Sendable (PathID) -> Bool,
    now: @escaping @Sendable () -> UTC = SystemClock.now,
    report: @escaping @Sendable (_ path: PathID, _ isHeard: Bool, _ started: UTC, _ at: UTC) -> Void
  ) {
    self.targets = targets
    self.probe = probe
    self.counters = counters
    self.limit = limit
    self.isToBeProbed = isToBeProbed
    self.hasRoute = hasRoute
    self.now = now
    self.report = report
  }

  /// Looks until the task is cancelled.
  public func run() async {
    guard !targets.isEmpty else { return }
    await withDiscardingTaskGroup { looks in
      var turn = 0
      while (try? await Task.sleep(for: Self.interval)) != nil {
        guard isToBeProbed() else {
          turn = 0
          continue
        }
        let there = targets.filter { hasRoute($0.path) }
        guard !there.isEmpty else { continue }
        let target = there[turn % there.count]
        turn += 1
        looks.addTask { await look(at: target) }
      }
      looks.cancelAll()
    }
  }

  private func look(at target: Target) async {
    let started = now()
    var isHeard = true
    do {
      _ = try await probe.run(
        target.probe, on: target.endpoint, timeout: limit, counting: counters)
    } catch {
      guard !Task.isCancelled else { return }
      // A refusal, a bad status or a broken answer came from behind the link.
      isHeard = (error as? ProbeError)?.isSilence == false
    }
    report(target.path, isHeard, started, now())
  }
}
