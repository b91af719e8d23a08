import Decisions
import Dialects
import Fleet
import Gateway
import Links
import Network
import Orbits
import Synchronization

/// Routes live requests: hands the world's candidates to the pure policy, and what became of each
/// attempt back to the world.
final class LiveRouter: RequestRouter {
  private let world: World
  private let now: @Sendable () -> UTC
  private let requests: RequestLog
  private let metrics: NodeMetrics
  private let startedAt: UTC
  /// The table in force, then those that are being left, newest first: requests under way finish on them.
  private let tables: Mutex<[RoutingTable]>

  init(
    world: World, requests: RequestLog, metrics: NodeMetrics, startedAt: UTC,
    now: @escaping @Sendable () -> UTC
  ) {
    self.world = world
    self.requests = requests
    self.metrics = metrics
    self.now = now
    self.startedAt = startedAt
    self.tables = Mutex([RoutingTable(world.plan, since: startedAt)])
  }

  var models: [ModelEntry] { current.models }

  private var current: RoutingTable {
    // There is always one: the table in force is replaced, never removed.
    tables.withLock { $0[0] }
  }

  /// Goes over to another plan; what the requests under way need of the last one stays until
  /// ``forget(generation:)``.
  func adopt(_ plan: NodePlan, emulators: [PathID: Endpoint]) {
    let table = RoutingTable(plan, emulators: emulators, since: startedAt)
    tables.withLock { $0.insert(table, at: 0) }
  }

  /// Drops the table of a plan that no request goes by any more; the one in force stays.
  func forget(generation: Int) {
    tables.withLock { tables in
      tables = tables.prefix(1) + tables.dropFirst().filter { $0.plan.generation != generation }
    }
  }

  /// Puts emulators' addresses before paths of the plan in force.
  func setEmulators(_ emulators: [PathID: Endpoint]) {
    tables.withLock { $0[0].emulators = emulators }
  }

  func families(of backend: String) -> [Family] {
    world.plan.backend(named: backend)?.backend.apis ?? Backend.usualAPIs
  }

  func decide(_ facts: RequestFacts) -> RoutingDecision {
    let time = now()
    return current.policy.decide(
      facts, candidates: world.candidates(for: facts, at: time), now: time)
  }

  func endpoint(for path: PathID) -> Endpoint? {
    tables.withLock { tables in
      for table in tables { if let endpoint = table.endpoint(for: path) { return endpoint } }
      return nil
    }
  }

  func upstreamModelName(_ model: String, backend: String) -> String? {
    tables.withLock { tables in
      let table = tables.first { $0.plan.backend(named: backend) != nil }
      return table?.upstreamNames[backend]?[model]
    }
  }

  func continues(backend: String) -> Bool {
    tables.withLock { tables in
      tables.lazy.compactMap { $0.plan.backend(named: backend) }.first?.backend.resume == .prefill
    }
  }

  func attemptBegan(_ path: PathID, request: String) { world.attemptBegan(path) }

  func attemptEnded(_ path: PathID, _ outcome: AttemptOutcome) {
    // An emulator counts for itself.
    if let counters = world.directCounters(of: path.uplink) {
      counters.count(outcome.bytesUp, .up)
      counters.count(outcome.bytesDown, .down)
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
