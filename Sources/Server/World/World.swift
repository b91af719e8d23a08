import Decisions
import Fleet
import Gateway
import Links
import Network
import Orbits
import Synchronization

/// What the node knows of the moment: forecasts, health, service times, requests under way.
///
/// Written by the forecast loop, the health probes and the requests themselves; read on every
/// decision. One lock, held for table look-ups only.
final class World: Sendable {
  /// Where a forecast leads.
  struct Leg: Hashable {
    var uplink: String
    var destination: String
  }

  /// What a service time is an estimate of. A stream's first byte is its first token; without a
  /// stream the first byte comes with the last token, which is another matter.
  struct Service: Hashable {
    var backend: String
    var endpoint: String
    var stream: Bool
  }

  /// The end of the newest answer over a path, after which its connection may have been kept.
  private struct LastAnswer {
    var ended: UTC
    var service: Service
  }

  /// What has happened on one uplink.
  struct UplinkHistory {
    var servingSatellite: String?
    var handoffs = 0
    var outageSeconds = 0.0
    var isOut = false
  }

  private struct State {
    var forecasts: [Leg: Forecast] = [:]
    var service: [Service: ServiceTime] = [:]
    var lastAnswer: [PathID: LastAnswer] = [:]
    var connectionReuse: [Service: Double] = [:]
    var inFlight: [String: Int] = [:]
    var lastActualMs: [PathID: Double] = [:]
    var history: [String: UplinkHistory] = [:]
    var modelStates: [String: ModelStatus] = [:]
  }

  /// What a managed model is doing, as far as routing and people are concerned.
  struct ModelStatus: Equatable {
    var isReady: Bool
    var text: String
  }

  /// How long a connection is expected to be kept after its last use.
  private static let keptConnectionSeconds = 55.0

  let plan: NodePlan
  /// Bytes and connections of each uplink, and of local paths under `local`.
  let counters: [String: SharedUplink]
  /// The health of every path, as probes and requests see it.
  let health: [PathID: PathHealth]
  private let state: Mutex<State>

  /// A world in which everything is healthy and nothing is forecast yet.
  ///
  /// `onTransition` hears of every path that becomes healthy or unhealthy.
  init(
    plan: NodePlan, at time: UTC,
    onTransition: @escaping @Sendable (PathID, HealthTransition) -> Void = { _, _ in }
  ) {
    self.plan = plan
    var counters: [String: SharedUplink] = [PathID.localUplink: SharedUplink()]
    for uplink in plan.site.uplinks { counters[uplink.name] = SharedUplink() }
    self.counters = counters
    var health: [PathID: PathHealth] = [:]
    for backend in plan.backends {
      for path in backend.paths {
        health[path] = PathHealth(
          path: path, policy: backend.backend.health, at: time, onTransition: onTransition)
      }
    }
    self.health = health
    self.state = Mutex(State())
  }

  // MARK: Forecasts

  /// Replaces the forecasts with newer ones.
  func publish(_ forecasts: [Forecast]) {
    state.withLock { state in
      for forecast in forecasts {
        state.forecasts[Leg(uplink: forecast.uplink, destination: forecast.destination)] = forecast
      }
    }
  }

  /// The forecast interval in force towards a destination.
  func interval(uplink: String, destination: String, at time: UTC) -> Forecast.Interval? {
    forecast(uplink: uplink, destination: destination)?.interval(at: time)
  }

  func forecast(uplink: String, destination: String) -> Forecast? {
    state.withLock { $0.forecasts[Leg(uplink: uplink, destination: destination)] }
  }

  /// Whether the forecast has a route for `path` at `time`; a local path always has.
  func isLinkUp(_ path: PathID, at time: UTC) -> Bool {
    guard let destination = plan.destinationOfBackend[path.backend] else { return true }
    return interval(uplink: path.uplink, destination: destination, at: time)?.route != nil
  }

  // MARK: Decisions

  /// The candidates for a request as they stand at `time`.
  func candidates(for facts: RequestFacts, at time: UTC) -> [Candidate] {
    let paths = plan.pathsByModel[facts.model] ?? []
    return state.withLock { state in
      paths.map { path in
        let destination = plan.destinationOfBackend[path.backend]
        // A remote path without a forecast is one that leads nowhere, not one that costs nothing.
        let forecast = destination.map {
          state.forecasts[Leg(uplink: path.uplink, destination: $0)]
            ?? Forecast(uplink: path.uplink, destination: $0, intervals: [])
        }
        let isReady = state.modelStates[path.backend]?.isReady ?? true
        return Candidate(
          path: path, forecast: forecast,
          isHealthy: isReady && (health[path]?.isHealthy ?? true),
          serviceMs: state.service[
            Service(backend: path.backend, endpoint: facts.endpoint, stream: facts.stream)]?
            .milliseconds(at: time) ?? ServiceTime.initialMs,
          inFlight: state.inFlight[path.backend] ?? 0,
          setupRoundTrips: expectedSetup(path, state, at: time))
      }
    }
  }

  /// One expected round trip over a path at `time`, milliseconds; `nil` where the forecast has none.
  private func roundTripMs(_ path: PathID, at time: UTC) -> Double? {
    guard let destination = plan.destinationOfBackend[path.backend] else { return 0 }
    let interval = interval(uplink: path.uplink, destination: destination, at: time)
    return interval?.oneWayMs(at: time).map { 2 * $0 }
  }

  // MARK: What requests and probes report

  func attemptBegan(_ path: PathID) {
    state.withLock { $0.inFlight[path.backend, default: 0] += 1 }
  }

  func attemptEnded(_ path: PathID) {
    state.withLock { $0.inFlight[path.backend] = max(0, ($0.inFlight[path.backend] ?? 0) - 1) }
  }

  /// Takes in the first byte of an answer: what is left of its time when the path's share is taken off
  /// is the backend's.
  ///
  /// Only good answers count: a refusal is quick and says nothing about the time an answer takes.
  func observe(_ attempt: RequestRecord.Attempt, of facts: RequestFacts) {
    guard let firstByte = attempt.firstByte, let status = attempt.status,
      (200..<300).contains(status), let roundTrip = roundTripMs(attempt.path, at: attempt.started)
    else { return }
    let path = attempt.path
    let setup = attempt.reusedConnection ? 0 : handshakeRoundTrips(path)
    let measuredMs = firstByte.seconds(since: attempt.started) * 1000
    state.withLock { state in
      learnReuse(attempt, &state)
      state.lastActualMs[path] = measuredMs
      let service = Service(
        backend: path.backend, endpoint: facts.endpoint, stream: facts.stream)
      state.lastAnswer[path] = LastAnswer(ended: attempt.ended, service: service)
      state.service[service, default: ServiceTime()].observe(
        milliseconds: measuredMs - roundTrip * (1 + setup), at: attempt.ended)
    }
  }

  /// Learns how often a connection is kept after an answer (llama.cpp's server closes it after each
  /// stream). An attempt that overlaps the answer before it could not have reused its connection.
  private func learnReuse(_ attempt: RequestRecord.Attempt, _ state: inout State) {
    guard let last = state.lastAnswer[attempt.path], last.ended <= attempt.started,
      isRecent(last, at: attempt.started)
    else { return }
    let kind = last.service
    let seen = attempt.reusedConnection ? 1.0 : 0.0
    state.connectionReuse[kind] = state.connectionReuse[kind].map { 0.6 * $0 + 0.4 * seen } ?? seen
  }

  /// Round trips that a new connection over `path` takes: TCP's, and TLS 1.3's where there is TLS.
  private func handshakeRoundTrips(_ path: PathID) -> Double {
    plan.backend(named: path.backend)?.endpoint.tls == true ? 2 : 1
  }

  /// The handshake's round trips, less the chance that a kept connection saves them.
  private func expectedSetup(_ path: PathID, _ state: borrowing State, at time: UTC) -> Double {
    guard let last = state.lastAnswer[path], isRecent(last, at: time) else {
      return handshakeRoundTrips(path)
    }
    return handshakeRoundTrips(path) * (1 - (state.connectionReuse[last.service] ?? 1))
  }

  private func isRecent(_ last: LastAnswer, at time: UTC) -> Bool {
    time.seconds(since: last.ended) < Self.keptConnectionSeconds
  }

  func setModelStatus(_ status: ModelStatus, backend: String) {
    state.withLock { $0.modelStates[backend] = status }
  }

  // MARK: What people and metrics ask

  /// The service times of a backend that have been measured, as they stand at `time`, milliseconds.
  func serviceTimes(of backend: String, at time: UTC) -> [(kind: Service, milliseconds: Double)] {
    state.withLock { state in
      state.service.filter { $0.key.backend == backend }
        .map { ($0.key, $0.value.milliseconds(at: time)) }
        .sorted { ($0.0.endpoint, $0.0.stream ? 1 : 0) < ($1.0.endpoint, $1.0.stream ? 1 : 0) }
    }
  }

  func inFlight(of backend: String) -> Int { state.withLock { $0.inFlight[backend] ?? 0 } }
  func lastActualMs(of path: PathID) -> Double? { state.withLock { $0.lastActualMs[path] } }
  func modelStatus(of backend: String) -> ModelStatus? {
    state.withLock { $0.modelStates[backend] }
  }
  func history(of uplink: String) -> UplinkHistory {
    state.withLock { $0.history[uplink] ?? UplinkHistory() }
  }

  /// Counts what the slot that begins brings to each uplink: a handoff, or time without any route.
  func enter(_ slot: Slot) {
    state.withLock { state in
      for uplink in plan.site.uplinks {
        let routes = plan.destinations.map { destination in
          state.forecasts[Leg(uplink: uplink.name, destination: destination)]?
            .interval(at: slot.start)?.route
        }
        let serving = routes.compactMap { $0?.servingSatellite }.first
        var history = state.history[uplink.name] ?? UplinkHistory()
        if let serving, let before = history.servingSatellite, before != serving {
          history.handoffs += 1
        }
        history.servingSatellite = serving ?? history.servingSatellite
        // A slot without a route is counted once it is over.
        if history.isOut { history.outageSeconds += Double(Slot.lengthSeconds) }
        history.isOut = !plan.destinations.isEmpty && routes.allSatisfy { $0 == nil }
        state.history[uplink.name] = history
      }
    }
  }
}
