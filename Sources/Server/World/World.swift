import Decisions
import Gateway
import Links
import Network
import Orbits
import Synchronization

/// The node's one piece of changing state: its ``Knowledge`` behind a lock, with what only people ask for.
///
/// Written by the forecast loop, the health probes and the requests themselves; read on every decision.
/// The lock is held for table look-ups only. What is learned and how is ``Knowledge``'s business.
final class World: Sendable {
  /// What a managed model is doing, as far as routing and people are concerned.
  struct ModelStatus: Equatable {
    var isReady: Bool
    var text: String
  }

  struct State {
    var plan: NodePlan
    var counters: [String: SharedUplink]
    var knowledge: Knowledge
    var modelStates: [String: ModelStatus] = [:]
    /// What those who wait for places are to be told their turn by.
    var turns: [PlaceQueue.Ticket: Turn] = [:]
  }

  /// Tells somebody who waited for a place what has become of that.
  typealias Turn = @Sendable (PlaceQueue.Entry) -> Void

  private let state: Mutex<State>
  private let onTransition: @Sendable (PathID, HealthTransition) -> Void
  private let onLink: @Sendable (String, LinkTransition) -> Void

  /// A world in which everything is healthy and nothing is forecast yet.
  ///
  /// `onTransition` hears of every path that becomes healthy or unhealthy, `onLink` of every uplink that goes
  /// down or comes back.
  init(
    plan: NodePlan, at time: UTC,
    onTransition: @escaping @Sendable (PathID, HealthTransition) -> Void = { _, _ in },
    onLink: @escaping @Sendable (String, LinkTransition) -> Void = { _, _ in }
  ) {
    let state = State(
      plan: plan, counters: plan.sharedUplinks(),
      knowledge: Knowledge(plan.ways, queue: plan.queue, at: time))
    self.state = Mutex(state)
    self.onTransition = onTransition
    self.onLink = onLink
  }

  /// What the manifest, as it was last read, makes the node do.
  var plan: NodePlan { state.withLock { $0.plan } }

  /// Bytes and connections of each uplink, and of local paths under `local`.
  var counters: [String: SharedUplink] { state.withLock { $0.counters } }

  /// The counters of an uplink that no emulator counts for; `nil` where one does.
  func directCounters(of uplink: String) -> LinkCounters? {
    state.withLock { state in
      state.plan.uplinks[uplink]?.emulated == true ? nil : state.counters[uplink]?.counters
    }
  }

  /// Goes over to another plan at once: what was learned of what stays is kept, and who waits goes on
  /// waiting. `instant` is the same moment as `time`, on the clock of those who wait.
  func adopt(
    _ plan: NodePlan, counters: [String: SharedUplink], forecasts: [Forecast], at time: UTC,
    _ instant: Instant
  ) {
    let called = state.withLock { state in
      let changes = plan.changes(from: state.plan)
      state.plan = plan
      state.counters = counters
      state.knowledge.adopt(
        plan.ways, changedBackends: Set(changes.backends.changed),
        changedUplinks: Set(changes.uplinks.changed), at: time)
      state.knowledge.publish(forecasts)
      state.modelStates = state.modelStates.filter { plan.backend(named: $0.key) != nil }
      return state.called(
        state.knowledge.places.adopt(
          plan.ways, settings: plan.queue, changed: Set(changes.backends.changed), at: instant))
    }
    for (turn, entry) in called { turn(entry) }
  }

  /// Looks at, or changes, who has places and who waits.
  func withPlaces<Result>(_ body: (inout sending State) -> sending Result) -> sending Result {
    state.withLock(body)
  }

  /// What is known at this instant: a copy that does not change, for whoever asks more than one question.
  var knowledge: Knowledge { state.withLock { $0.knowledge } }

  /// The candidates for a request as they stand at `time`.
  func candidates(for facts: RequestFacts, at time: UTC) -> [Candidate] {
    state.withLock { $0.knowledge.candidates(for: facts, at: time) }
  }

  /// The forecast of a leg; `nil` before one is published.
  func forecast(_ leg: Leg) -> Forecast? { state.withLock { $0.knowledge.forecast(leg) } }

  /// Whether the link that `path` leads over is known to be down at `time`.
  func isDown(_ path: PathID, at time: UTC) -> Bool {
    state.withLock { $0.knowledge.isDown(path, at: time) }
  }

  /// Whether an uplink is to be probed at `time`.
  func isToBeProbed(_ uplink: String, at time: UTC) -> Bool {
    state.withLock { $0.knowledge.isToBeProbed(uplink, at: time) }
  }

  /// Whether the forecast has a route for `path` at `time`; a local path always has.
  func hasRoute(_ path: PathID, at time: UTC) -> Bool {
    state.withLock { $0.knowledge.hasRoute(path, at: time) }
  }

  /// Whether `path` has a route at `time` and its link is not known to be down; a local path always has.
  func isLinkUp(_ path: PathID, at time: UTC) -> Bool {
    state.withLock { $0.knowledge.isLinkUp(path, at: time) }
  }

  /// What a managed model is doing; `nil` where no model is managed.
  func modelStatus(of backend: String) -> ModelStatus? {
    state.withLock { $0.modelStates[backend] }
  }
}

// MARK: What is reported

extension World {
  /// Replaces the forecasts with newer ones.
  func publish(_ forecasts: [Forecast]) { state.withLock { $0.knowledge.publish(forecasts) } }

  /// Counts what the slot that begins brings to each uplink.
  func enter(_ slot: Slot) { state.withLock { $0.knowledge.enter(slot) } }

  /// An attempt over `path` is over; `trouble` is what went wrong with the backend or the way to it.
  func attemptEnded(_ path: PathID, _ outcome: AttemptOutcome, trouble: Fault?, at time: UTC) {
    let (changes, called) = state.withLock { state in
      let turns = outcome.place.map {
        state.knowledge.places.giveBack($0, outcome.use, at: outcome.ended)
      }
      let changes = trouble.map { state.knowledge.attemptFailed(path, $0, at: time) }
      return (changes, state.called(turns ?? []))
    }
    for (turn, entry) in called { turn(entry) }
    if let changes { tell(changes) }
  }

  func observe(_ attempt: AnsweredAttempt) {
    tell(state.withLock { $0.knowledge.observe(attempt) })
  }

  /// Takes in that an attempt ended without content: see ``Knowledge/observeUnanswered(_:_:requestBytes:started:ended:)``.
  func observeUnanswered(
    _ path: PathID, _ service: ServiceKind, requestBytes: Int, started: UTC, ended: UTC
  ) {
    state.withLock {
      $0.knowledge.observeUnanswered(
        path, service, requestBytes: requestBytes, started: started, ended: ended)
    }
  }

  func observeProbe(_ report: ProbeReport) {
    tell(state.withLock { $0.knowledge.observeProbe(report) })
  }

  /// Takes in what a probe of a link found.
  func observeLink(_ path: PathID, isHeard: Bool, started: UTC, at time: UTC) {
    tell(
      state.withLock {
        $0.knowledge.observeLink(path, isHeard: isHeard, started: started, at: time)
      })
  }

  /// Takes in that an uplink's terminal says that there is no link.
  func observe(uplink: String, saysDown reason: String, at time: UTC) {
    tell(state.withLock { $0.knowledge.observe(uplink: uplink, saysDown: reason, at: time) })
  }

  /// Takes in the round trip to the operator's point of presence that an uplink's terminal tells, `nil` where
  /// nothing came back: its residual against the forecast as far as there. Without one it says nothing.
  func observe(uplink: String, telemetryMs: Double?, at time: UTC) {
    guard let interval = terminalInterval(uplink: uplink, at: time),
      let way = AccessForecast(of: interval, in: plan.topology, at: time)
    else { return }
    state.withLock {
      $0.knowledge.observe(
        uplink: uplink, pop: way.pop, residualMs: telemetryMs.map { $0 - way.roundTripMs },
        at: time)
    }
  }

  /// The forecast that tells an uplink's terminal its way at `time`: the first that meets a point of
  /// presence; else the first with a route, else any; `nil` where there is none.
  func terminalInterval(uplink: String, at time: UTC) -> Forecast.Interval? {
    let intervals = plan.ways.legs.filter { $0.uplink == uplink }
      .compactMap { forecast($0)?.interval(at: time) }
    return intervals.first { AccessForecast(of: $0, in: plan.topology, at: time) != nil }
      ?? intervals.first { $0.route != nil } ?? intervals.first
  }

  func setModelStatus(_ status: ModelStatus, backend: String) {
    state.withLock {
      $0.knowledge.setReady(status.isReady, backend: backend)
      $0.modelStates[backend] = status
    }
  }

  private func tell(_ changes: Knowledge.Changes) {
    for (path, transition) in changes.health { onTransition(path, transition) }
    if let (uplink, transition) = changes.link { onLink(uplink, transition) }
  }
}

extension World.State {
  /// Those who are to be told that their turn has come, to be called once the lock is let go.
  mutating func called(_ turns: [PlaceQueue.Turn]) -> [(World.Turn, PlaceQueue.Entry)] {
    if turns.isEmpty { return [] }
    return turns.compactMap { turn in
      self.turns.removeValue(forKey: turn.ticket).map { ($0, turn.entry) }
    }
  }
}
