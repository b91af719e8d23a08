import Decisions
import Fleet
import Gateway
import Links
import Network
import Orbits
import Synchronization

/// Routes live requests: hands the world's candidates to the pure policy, and what became of each
/// attempt back to the world.
final class LiveRouter: RequestRouter {
  let models: [ModelEntry]
  private let world: World
  private let policy = RoutingPolicy()
  private let now: @Sendable () -> UTC
  private let requests: RequestLog
  private let metrics: NodeMetrics
  private let emulators: Mutex<[PathID: Endpoint]> = Mutex([:])
  private let upstreamNames: [String: [String: String]]

  init(
    world: World, requests: RequestLog, metrics: NodeMetrics, startedAt: UTC,
    now: @escaping @Sendable () -> UTC
  ) {
    self.world = world
    self.requests = requests
    self.metrics = metrics
    self.now = now
    var entries: [ModelEntry] = []
    var names: [String: [String: String]] = [:]
    for plan in world.plan.backends {
      for model in plan.backend.models {
        if model.upstreamName != model.name {
          names[plan.name, default: [:]][model.name] = model.upstreamName
        }
        guard !entries.contains(where: { $0.id == model.name }) else { continue }
        entries.append(ModelEntry(id: model.name, created: startedAt, ownedBy: plan.name))
      }
    }
    self.models = entries
    self.upstreamNames = names
  }

  /// Puts an emulator's address before a path.
  func setEmulator(_ endpoint: Endpoint, for path: PathID) {
    emulators.withLock { $0[path] = endpoint }
  }

  func decide(_ facts: RequestFacts) -> RoutingDecision {
    let time = now()
    return policy.decide(facts, candidates: world.candidates(for: facts, at: time), now: time)
  }

  func endpoint(for path: PathID) -> Endpoint? {
    if let emulated = emulators.withLock({ $0[path] }) { return emulated }
    guard var endpoint = world.plan.backend(named: path.backend)?.endpoint else { return nil }
    guard path.uplink != PathID.localUplink else { return endpoint }
    // An emulated uplink whose emulator does not stand is no way around the emulation.
    guard let uplink = world.plan.uplinks[path.uplink], !uplink.emulated else { return nil }
    endpoint.localAddress = uplink.sourceAddress
    return endpoint
  }

  func upstreamModelName(_ model: String, backend: String) -> String? {
    upstreamNames[backend]?[model]
  }

  func attemptBegan(_ path: PathID, request: String) { world.attemptBegan(path) }

  func attemptEnded(_ path: PathID, _ outcome: AttemptOutcome) {
    if world.plan.uplinks[path.uplink]?.emulated != true {
      let counters = world.counters[path.uplink]?.counters
      counters?.count(outcome.bytesUp, .up)
      counters?.count(outcome.bytesDown, .down)
    }
    var trouble: String?
    if case .failed(let fault) = outcome.ending, fault.isBackendTrouble { trouble = fault.rawValue }
    world.attemptEnded(path, trouble: trouble, at: now())
  }

  func requestEnded(_ record: RequestRecord) {
    for attempt in record.attempts where attempt.fault == nil {
      world.observe(
        AnsweredAttempt(attempt, of: record.facts, connectMs: connectMs(attempt)))
    }
    metrics.observe(record)
    requests.append(record)
  }

  /// How long a new connection took to stand, where that is one round trip over the uplink: not through an
  /// emulator, which accepts at once, nor where a name had to be resolved first.
  private func connectMs(_ attempt: RequestRecord.Attempt) -> Double? {
    guard !attempt.reusedConnection, let connected = attempt.connected,
      let endpoint = endpoint(for: attempt.path), !endpoint.isEmulated, endpoint.isAddress
    else { return nil }
    return connected.seconds(since: attempt.started) * 1000
  }

  func requestRefused(_ refusal: Refusal) { metrics.observe(refusal) }
}

extension AnsweredAttempt {
  /// What there is to learn from an attempt without a fault.
  init(_ attempt: RequestRecord.Attempt, of facts: RequestFacts, connectMs: Double?) {
    self.init(
      path: attempt.path,
      service: ServiceKind(
        backend: attempt.path.backend, endpoint: facts.endpoint, stream: facts.stream),
      requestBytes: facts.bytes, started: attempt.started,
      reusedConnection: attempt.reusedConnection,
      connectMs: connectMs, firstByte: attempt.firstByte, ended: attempt.ended,
      status: attempt.status)
  }
}
