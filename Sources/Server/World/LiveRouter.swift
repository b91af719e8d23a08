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
  let world: World
  private let budget: Mutex<AttemptBudget>
  private let now: @Sendable () -> UTC
  private let requests: RequestLog
  private let metrics: NodeMetrics
  private let history: RequestHistory?
  private let traces: TraceExporter?
  private let startedAt: UTC
  /// How often a loop looks for ended requests at the end of its turn, while more come.
  private static let passesInATurn = 8
  /// How many ended requests may wait to be taken in.
  private static let mostWaiting = 1024

  /// Requests that are over and have not been taken in.
  private let ended = Mutex<[RequestRecord]>([])
  /// Held while they are, so that they are taken in one after the other.
  private let takingIn = Mutex<Void>(())
  /// The table in force, then those that are being left, newest first: requests under way finish on them.
  private let tables: Mutex<[RoutingTable]>

  init(
    world: World, requests: RequestLog, metrics: NodeMetrics, history: RequestHistory? = nil,
    traces: TraceExporter? = nil, emulators: [PathID: Endpoint] = [:], startedAt: UTC,
    now: @escaping @Sendable () -> UTC
  ) {
    self.history = history
    self.traces = traces
    self.world = world
    budget = Mutex(AttemptBudget(hedgeShare: world.plan.policy.hedging.settings.budget))
    self.requests = requests
    self.metrics = metrics
    self.now = now
    self.startedAt = startedAt
    self.tables = Mutex([RoutingTable(world.plan, emulators: emulators, since: startedAt)])
  }

  var models: [ModelEntry] { current.models }

  var places: any PlaceKeeper { world }

  private var current: RoutingTable {
    // There is always one: the table in force is replaced, never removed.
    tables.withLock { $0[0] }
  }

  /// Goes over to another plan; what the requests under way need of the last one stays until
  /// ``forget(generation:)``.
  func adopt(_ plan: NodePlan, emulators: [PathID: Endpoint]) {
    let table = RoutingTable(plan, emulators: emulators, since: startedAt)
    tables.withLock { $0.insert(table, at: 0) }
    budget.withLock { $0.hedgeShare = plan.policy.hedging.settings.budget }
  }

  /// Drops the table of a plan that no request goes by any more; the one in force stays.
  func forget(generation: Int) {
    tables.withLock { tables in
      tables = tables.prefix(1) + tables.dropFirst().filter { $0.plan.generation != generation }
    }
  }

  func serves(model: String) -> Bool { current.modelNames.contains(model) }

  func families(of backend: String) -> [Family] {
    tables.withLock { tables in
      tables.lazy.compactMap { $0.families(of: backend) }.first ?? Backend.usualAPIs
    }
  }

  func decide(_ facts: RequestFacts) -> RoutingDecision {
    let time = now()
    let credit = budget.withLock { budget in
      budget.requestBegan(at: time)
      return budget.hedgeCredit
    }
    return decide(facts, hedgeCredit: credit, at: time)
  }

  func decideAgain(_ facts: RequestFacts) -> RoutingDecision {
    decide(facts, hedgeCredit: budget.withLock { $0.hedgeCredit }, at: now())
  }

  private func decide(
    _ facts: RequestFacts, hedgeCredit: Double, at time: UTC
  ) -> RoutingDecision {
    var policy = current.plan.policy
    policy.hedging.credit = hedgeCredit
    return policy.decide(facts, candidates: world.candidates(for: facts, at: time), now: time)
  }

  func mayHedge(_ path: PathID) -> Bool {
    let time = now()
    guard !world.isDown(path, at: time) else { return false }
    return granted(.hedge, budget.withLock { $0.mayHedge(at: time) })
  }

  func mayRetry(_ path: PathID) -> Bool {
    let time = now()
    return granted(.retry, budget.withLock { $0.mayRetry(at: time) })
  }

  private func granted(_ spending: ResilienceMetrics.Spending, _ isGranted: Bool) -> Bool {
    if !isGranted { metrics.deny(spending) }
    return isGranted
  }

  func isDown(_ path: PathID) -> Bool { world.isDown(path, at: now()) }

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

  func resumption(of backend: String) -> Resumption {
    tables.withLock { tables in
      tables.lazy.compactMap { $0.plan.backend(named: backend) }.first?.backend.resume ?? .no
    }
  }

  func countsStreams(backend: String) -> Bool {
    tables.withLock { tables in
      tables.lazy.compactMap { $0.plan.backend(named: backend) }.first?.backend.streamUsage ?? true
    }
  }

  func attemptEnded(_ path: PathID, _ outcome: AttemptOutcome) {
    count(path, outcome.bytesUp, outcome.bytesDown)
    var trouble: Fault?
    if case .failed(let fault) = outcome.ending { trouble = fault }
    world.attemptEnded(path, outcome, trouble: trouble, at: now())
  }

  func unbilled(_ path: PathID, bytesUp: Int, bytesDown: Int) { count(path, bytesUp, bytesDown) }

  /// Counts bytes on an uplink; an emulator counts for itself.
  private func count(_ path: PathID, _ bytesUp: Int, _ bytesDown: Int) {
    guard let counters = world.directCounters(of: path.uplink) else { return }
    counters.count(bytesUp, .up)
    counters.count(bytesDown, .down)
  }

  /// Only notes it: what is to be learned and told of a request can wait until its answer has left.
  func requestEnded(_ record: RequestRecord) { ended.withLock { $0.append(record) } }

  func turnEnded() {
    // Whoever is at it sees what came meanwhile, as it looks again after it has let go of the lock; but not
    // for ever, since its own clients wait. What is left is for the next turn, of whatever loop.
    for _ in 0..<Self.passesInATurn {
      let waiting = ended.withLock { $0.count }
      if waiting == 0 { return }
      // Where requests end faster than they are taken in, those who end them wait: it would grow otherwise.
      if waiting > Self.mostWaiting { return takeInEnded() }
      guard takingIn.withLockIfAvailable({ _ in takeInWaiting() }) != nil else { return }
    }
  }

  /// Takes in every request that has ended before this is called: for whoever asks about requests.
  func takeInEnded() { takingIn.withLock { _ in takeInWaiting() } }

  private func takeInWaiting() {
    let records = ended.withLock { ended in
      defer { ended = [] }
      return ended
    }
    for record in records { takeIn(record) }
  }

  private func takeIn(_ record: RequestRecord) {
    for attempt in record.attempts {
      if attempt.hasLost(in: record) {
        world.observeUnanswered(
          attempt.path, ServiceKind(attempt, record.facts), requestBytes: record.facts.bytes,
          started: attempt.started, ended: attempt.ended)
      } else if attempt.fault == nil {
        world.observe(AnsweredAttempt(attempt, of: record, connectMs: connectMs(attempt)))
      }
    }
    metrics.observe(record)
    let kept = KeptRecord(record)
    requests.append(kept)
    history?.append(kept)
    traces?.append(record)
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
  init(_ attempt: RequestRecord.Attempt, of record: RequestRecord, connectMs: Double?) {
    let isChosen = record.chosen == attempt.path && record.fault == nil
    let counted = record.usage?.output ?? (record.facts.stream ? record.events : nil)
    self.init(
      path: attempt.path, service: ServiceKind(attempt, record.facts),
      requestBytes: record.facts.bytes, started: attempt.started,
      reusedConnection: attempt.reusedConnection, connectMs: connectMs,
      // The time to the next event of an answer that was begun before says nothing of how long one takes.
      firstByte: attempt.isFollowUp ? nil : attempt.firstByte, ended: attempt.ended,
      status: attempt.status,
      outputTokens: isChosen ? counted : nil, bytesDown: attempt.answerBytes,
      longestGapMs: isChosen ? record.longestGapMs : nil, place: attempt.place)
  }
}

extension ServiceKind {
  /// What an attempt to answer a request measured.
  fileprivate init(_ attempt: RequestRecord.Attempt, _ facts: RequestFacts) {
    self.init(
      backend: attempt.path.backend, endpoint: facts.endpoint, stream: facts.stream)
  }
}

extension RequestRecord.Attempt {
  /// Whether it was waited for in vain: given up as too slow, or as another was quicker. An attempt that
  /// failed at once says nothing about how long answers take.
  fileprivate func hasLost(in record: RequestRecord) -> Bool {
    guard firstByte == nil else { return false }
    switch fault {
    case .linkConnectTimeout?, .providerTimeout?: return true
    case nil, .callerCancelled?, .policyHedgeLost?: return record.chosen.map { $0 != path } ?? false
    default: return false
    }
  }
}
