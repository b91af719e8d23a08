import Decisions
import Fleet
import Network
import Orbits

/// One policy's run through a scenario, event by event.
///
/// What decides is what decides in a live node: ``RequestStateMachine`` about one request, the policy
/// about where it goes, ``Knowledge`` about what is known. This type stands in for sockets, clocks and
/// backends: it carries out what they decide, and lets the answers come when the real links of the
/// scenario let them.
struct PolicyRun {
  typealias Job = SimulatedBackend.Job

  /// What can happen.
  enum Event: Sendable {
    case slot(Slot)
    case arrival(request: Int)
    case wake(request: Int)
    case connected(Job)
    case atBackend(Job)
    case emit(Job, tokens: Int, isLast: Bool)
    case receive(Job, tokens: Int, isLast: Bool)
    case spoil(Job)
    case fails(Job, Fault)
    case backendStops(Int)
    case backendStarts(Int)
    case probe(path: Int)
    case probeEnds(path: Int, roundTripMs: Double?)
    case look(uplink: String)
    case lookEnds(path: Int, isHeard: Bool, started: UTC)
  }

  /// One way to a backend on the site itself, nanoseconds: a loopback connection.
  static let localNanoseconds: Int64 = 50_000

  let scenario: Scenario
  let routing: any RequestRouting
  var knowledge: Knowledge
  /// The uplinks that are looked after, and how often each was looked at.
  var watched: [String: Int] = [:]
  var events = EventQueue<Event>()
  /// The requests under way, by number; those that are over are forgotten.
  var exchanges: [Int: SimulatedExchange] = [:]
  var remaining: Int
  var backends: [SimulatedBackend]
  var lines: [UplinkLine]
  var idle = IdleConnections()
  /// What hedges and retries may cost, as in a live node.
  var budget: AttemptBudget
  var tally: Tally
  /// Told of each request that is over, and why it failed if it did.
  var onEnd: ((_ exchange: SimulatedExchange, _ fault: Fault?, _ at: UTC) -> Void)?
  /// The place of the first arrival among events of one instant; those of the others follow.
  private var arrivals: UInt64 = 0

  init(_ scenario: Scenario, policy: SimulatedPolicy) {
    self.scenario = scenario
    self.routing = policy.routing(fleet: scenario.fleet, site: scenario.site, at: scenario.start)
    self.knowledge = Knowledge(scenario.ways, at: scenario.start)
    self.remaining = scenario.requests.count
    self.backends = scenario.services.map(SimulatedBackend.init(law:))
    self.lines = scenario.site.uplinks.map { _ in UplinkLine() }
    self.budget = AttemptBudget(
      hedgeShare: (scenario.fleet.gateway?.hedging ?? HedgingSettings()).budget)
    self.tally = Tally(scenario, policy: policy)
  }

  /// Runs until every request is over.
  mutating func run() -> PolicyReport {
    prepare()
    while step() {}
    return tally.report(lines: lines)
  }

  /// Queues what begins everything.
  mutating func prepare() {
    events.add(.slot(Slot(containing: scenario.start)), at: Instant(scenario.start))
    for (backend, windows) in scenario.backendFaults.enumerated() {
      for window in windows.windows {
        events.add(.backendStops(backend), at: window.start)
        events.add(.backendStarts(backend), at: window.end)
      }
    }
    beginProbes()
    arrivals = events.reserve(scenario.requests.count)
    awaitArrival(0)
  }

  /// Lets the next event happen; false once every request is over.
  mutating func step() -> Bool {
    guard remaining > 0, let (time, event) = events.next() else { return false }
    handle(event, at: time.utc)
    return true
  }

  private mutating func handle(_ event: Event, at now: UTC) {
    switch event {
    case .slot(let slot): enter(slot)
    case .arrival(let request): begin(request, at: now)
    case .wake(let request): wake(request, at: now)
    case .connected(let job): connected(job, at: now)
    case .atBackend(let job): reachedBackend(job, at: now)
    case .emit(let job, let tokens, let isLast): emit(job, tokens: tokens, isLast: isLast, at: now)
    case .receive(let job, let tokens, let isLast):
      receive(job, tokens: tokens, isLast: isLast, at: now)
    case .spoil(let job): spoil(job, at: now)
    case .fails(let job, let fault): attemptFailed(job, fault, at: now)
    case .backendStops(let backend): stop(backend, at: now)
    case .backendStarts(let backend): backends[backend].start()
    case .probe(let path): probe(path, at: now)
    case .probeEnds(let path, let roundTripMs):
      probeEnded(path, roundTripMs: roundTripMs, at: now)
    case .look(let uplink): look(uplink, at: now)
    case .lookEnds(let path, let isHeard, let started):
      lookEnded(path, isHeard: isHeard, started: started, at: now)
    }
  }

  /// Whether the attempt is under way; an event of one that is over means nothing any more.
  func isUnderWay(_ job: Job) -> Bool { exchanges[job.request]?.live[job.attempt] != nil }

  /// Gives the knowledge the forecasts that a live node has at the beginning of a slot.
  private mutating func enter(_ slot: Slot) {
    knowledge.publish(scenario.forecasts(in: slot))
    knowledge.enter(slot)
    events.add(.slot(slot.next), at: Instant(slot.end))
  }
}

// MARK: One request

extension PolicyRun {
  /// Queues the arrival of a request: one at a time, as they are in order.
  private mutating func awaitArrival(_ request: Int) {
    guard request < scenario.requests.count else { return }
    events.add(
      .arrival(request: request), at: Instant(scenario.requests[request].facts.arrival),
      number: arrivals + UInt64(request))
  }

  private mutating func begin(_ request: Int, at now: UTC) {
    awaitArrival(request + 1)
    budget.requestBegan(at: now)
    let plan = scenario.requests[request]
    let machine = RequestStateMachine(
      isStream: plan.facts.stream, isUnsafe: plan.facts.isUnsafe,
      deadline: Instant(plan.facts.deadline), waits: scenario.waits, now: Instant(now))
    exchanges[request] = SimulatedExchange(
      plan: plan, decision: RoutingDecision(ranked: [], rejected: []), machine: machine)
    perform(request, .decideAgain, at: now)
  }

  /// Carries out what the state machine decides.
  mutating func perform(_ request: Int, _ first: RequestStateMachine.Action?, at now: UTC) {
    var next = first
    while let action = next {
      next = nil
      switch action {
      case .open(let candidate, let fresh):
        let isRetry = exchanges[request].map { $0.machine.attempts > 0 && !fresh } ?? false
        if isRetry, !budget.mayRetry(at: now) {
          next = exchanges[request]?.machine.denied()
        } else {
          open(request, candidate: candidate, fresh: fresh, at: now)
        }
      case .hedge(let candidate):
        if budget.mayHedge(at: now) {
          open(request, candidate: candidate, fresh: false, isHedge: true, at: now)
        }
      case .cancel(let number): cancel(Job(request: request, attempt: number), at: now)
      case .hold: break
      case .decideAgain: next = decide(request, at: now)
      case .resume: next = exchanges[request]?.machine.denied()
      case .giveUp(let fault), .breakStream(let fault):
        if let exchange = exchanges[request] {
          tally.failed(exchange, fault, at: now)
          onEnd?(exchange, fault, now)
        }
        end(request)
      }
    }
    arm(request)
  }

  private mutating func decide(_ request: Int, at now: UTC) -> RequestStateMachine.Action? {
    guard let facts = exchanges[request]?.plan.facts else { return nil }
    let knowledge = knowledge
    var routing = routing
    if var policy = routing as? RoutingPolicy {
      policy.hedging.credit = budget.hedgeCredit
      routing = policy
    }
    let decision = routing.decide(
      facts, candidates: knowledge.candidates(for: facts, at: now), now: now)
    exchanges[request]?.decision = decision
    return exchanges[request]?.machine.decided(
      decision, retryAt: decision.retryAt.map { Instant($0) }, at: Instant(now),
      isDown: { knowledge.isDown($0, at: now) })
  }

  /// Forgets a request that is over.
  mutating func end(_ request: Int) {
    guard exchanges[request] != nil else { return }
    exchanges[request] = nil
    remaining -= 1
  }

  /// Asks to be woken when the state machine wants it.
  mutating func arm(_ request: Int) {
    guard let due = exchanges[request]?.machine.nextWake, due < .distantFuture else { return }
    if let armed = exchanges[request]?.wakeAt, armed <= due { return }
    exchanges[request]?.wakeAt = due
    events.add(.wake(request: request), at: due)
  }

  private mutating func wake(_ request: Int, at now: UTC) {
    guard exchanges[request]?.wakeAt == Instant(now) else { return }
    exchanges[request]?.wakeAt = nil
    while let tick = exchanges[request]?.machine.tick(at: Instant(now)), tick != .nothing {
      if tick == .checkLinks {
        let knowledge = knowledge
        let found = exchanges[request]?.machine.checkLinks(
          at: Instant(now), isDown: { knowledge.isDown($0, at: now) })
        react(to: found ?? .nothing, request, at: now)
      } else {
        react(to: tick, request, at: now)
      }
    }
    arm(request)
  }

  private mutating func react(
    to tick: RequestStateMachine.Tick, _ request: Int, at now: UTC
  ) {
    switch tick {
    case .nothing, .heartbeat, .checkLinks: break
    case .expired(let number, let fault):
      attemptFailed(Job(request: request, attempt: number), fault, at: now)
    case .act(let action): perform(request, action, at: now)
    }
  }
}
