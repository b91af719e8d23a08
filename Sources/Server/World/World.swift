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
    var stream: Bool
  }

  /// The end of the newest answer over a path, after which its connection may have been kept.
  private struct LastAnswer {
    var ended: UTC
    var stream: Bool
  }

  /// What has happened on one uplink.
  struct UplinkHistory {
    var servingSatellite: String?
    var handoffs = 0
    var outageSeconds = 0.0
  }

  private struct State {
    var forecasts: [Leg: Forecast] = [:]
    var service: [Service: ServiceTime] = [:]
    var lastAnswer: [PathID: LastAnswer] = [:]
    var closesAfter: [Service: Bool] = [:]
    var inFlight: [String: Int] = [:]
    var lastActualMs: [PathID: Double] = [:]
    var history: [String: UplinkHistory] = [:]
    var network: NetworkState?
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
  func publish(_ forecasts: [Forecast], network: NetworkState) {
    state.withLock { state in
      for forecast in forecasts {
        state.forecasts[Leg(uplink: forecast.uplink, destination: forecast.destination)] = forecast
      }
      state.network = network
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

  /// The network during the current slot, once it is computed.
  var network: NetworkState? { state.withLock { $0.network } }

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
          serviceMs: state.service[Service(backend: path.backend, stream: facts.stream)]?
            .milliseconds ?? ServiceTime.initialMs,
          inFlight: state.inFlight[path.backend] ?? 0,
          setupRoundTrips: isConnectionKept(path, state, at: time) ? 0 : handshakeRoundTrips(path))
      }
    }
  }

  /// The path's share of a time to first byte at `time`: one expected round trip, milliseconds.
  func roundTripMs(_ path: PathID, at time: UTC) -> Double {
    guard let destination = plan.destinationOfBackend[path.backend] else { return 0 }
    let interval = interval(uplink: path.uplink, destination: destination, at: time)
    return 2 * (interval?.oneWayMs(at: time) ?? 0)
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
  func observe(_ attempt: RequestRecord.Attempt, stream: Bool) {
    guard let firstByte = attempt.firstByte else { return }
    let path = attempt.path
    let setup = attempt.reusedConnection ? 0 : handshakeRoundTrips(path)
    let pathMs = roundTripMs(path, at: attempt.started) * Double(1 + setup)
    let measuredMs = firstByte.seconds(since: attempt.started) * 1000
    state.withLock { state in
      if let last = state.lastAnswer[path], isRecent(last, at: attempt.started) {
        let kind = Service(backend: path.backend, stream: last.stream)
        state.closesAfter[kind] = !attempt.reusedConnection
      }
      state.lastActualMs[path] = measuredMs
      state.lastAnswer[path] = LastAnswer(ended: attempt.ended, stream: stream)
      let service = Service(backend: path.backend, stream: stream)
      state.service[service, default: ServiceTime()].observe(
        milliseconds: measuredMs - pathMs, at: attempt.ended)
    }
  }

  /// Round trips that a new connection over `path` takes: TCP's, and TLS 1.3's where there is TLS.
  private func handshakeRoundTrips(_ path: PathID) -> Int {
    plan.backend(named: path.backend)?.endpoint.tls == true ? 2 : 1
  }

  /// Whether a connection was used lately and the backend is not known to close it after such an
  /// answer (llama.cpp's server does so after each stream).
  private func isConnectionKept(_ path: PathID, _ state: borrowing State, at time: UTC) -> Bool {
    guard let last = state.lastAnswer[path], isRecent(last, at: time) else { return false }
    return state.closesAfter[Service(backend: path.backend, stream: last.stream)] != true
  }

  private func isRecent(_ last: LastAnswer, at time: UTC) -> Bool {
    time.seconds(since: last.ended) < Self.keptConnectionSeconds
  }

  func setModelStatus(_ status: ModelStatus, backend: String) {
    state.withLock { $0.modelStates[backend] = status }
  }

  // MARK: What people and metrics ask

  func serviceMs(of backend: String, stream: Bool) -> Double? {
    state.withLock { $0.service[Service(backend: backend, stream: stream)]?.milliseconds }
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
        if !plan.destinations.isEmpty, routes.allSatisfy({ $0 == nil }) {
          history.outageSeconds += Double(Slot.lengthSeconds)
        }
        state.history[uplink.name] = history
      }
    }
  }
}
