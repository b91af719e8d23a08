import Network
import Orbits

/// What a node knows of the moment, and decides by: forecasts and what was measured of them, health,
/// service times, kept connections, requests under way.
///
/// A value: a live node keeps one behind a lock, a simulation one in its state, and both run this code.
/// It grows with what is declared (backends, uplinks) and with the endpoints asked for, never with the
/// number of requests.
public struct Knowledge: Sendable {
  /// The ways it knows about.
  public private(set) var ways: Ways

  private var legs: [Leg: LegRecord] = [:]
  private var health: [PathID: HealthState] = [:]
  private var notReady: Set<String> = []
  private var serviceTimes: [ServiceKind: ServiceTimes] = [:]
  private var kept = KeptConnections()
  private var underWay: [String: Int] = [:]
  private var firstBytes: [PathID: Double] = [:]
  private var histories: [String: UplinkHistory] = [:]

  /// The knowledge of a node that starts at `time`: everything is healthy, nothing is forecast yet.
  public init(_ ways: Ways, at time: UTC) {
    self.ways = ways
    for backend in ways.backends {
      for path in ways.paths(to: backend.name) {
        health[path] = HealthState(policy: backend.health, at: time)
      }
    }
  }

  /// Goes over to other ways. What was learned of the backends and uplinks that stay is kept; those that go,
  /// and those named as changed, which are others under an old name, are forgotten.
  ///
  /// Requests under way are counted on, as each is still to end.
  public mutating func adopt(
    _ newer: Ways, changedBackends: Set<String>, changedUplinks: Set<String>, at time: UTC
  ) {
    func isSameLeg(_ leg: Leg) -> Bool { !changedUplinks.contains(leg.uplink) }
    let keptLegs = Set(newer.legs.filter(isSameLeg))
    let keptBackends = Set(newer.backends.map(\.name)).subtracting(changedBackends)
    var newHealth: [PathID: HealthState] = [:]
    for backend in newer.backends {
      for path in newer.paths(to: backend.name) {
        let isKept =
          keptBackends.contains(backend.name) && !changedUplinks.contains(path.uplink)
          && ways.backend(named: backend.name)?.health == backend.health
        newHealth[path] =
          (isKept ? health[path] : nil) ?? HealthState(policy: backend.health, at: time)
      }
    }
    ways = newer
    health = newHealth
    legs = legs.filter { keptLegs.contains($0.key) }
    notReady.formIntersection(keptBackends)
    serviceTimes = serviceTimes.filter { keptBackends.contains($0.key.backend) }
    firstBytes = firstBytes.filter { newHealth[$0.key] != nil && keptBackends.contains($0.key.backend) }
    kept.forget { newHealth[$0] == nil || !keptBackends.contains($0.backend) }
    histories = histories.filter { newer.uplinks.contains($0.key) }
  }
}

// MARK: Forecasts

extension Knowledge {
  /// Replaces the forecasts of the legs that `newer` holds.
  public mutating func publish(_ newer: [Forecast]) {
    for forecast in newer {
      let leg = Leg(uplink: forecast.uplink, destination: forecast.destination)
      legs[leg, default: LegRecord()].forecast = forecast
    }
  }

  /// The forecast of a leg; `nil` before one is published.
  public func forecast(_ leg: Leg) -> Forecast? { legs[leg]?.forecast }

  /// All that is known of a leg; `nil` before anything is.
  public func record(of leg: Leg) -> LegRecord? { legs[leg] }

  /// Whether the forecast has a route for `path` at `time`; a local path always has.
  public func isLinkUp(_ path: PathID, at time: UTC) -> Bool {
    guard let leg = ways.leg(of: path) else { return true }
    return legs[leg]?.forecast?.interval(at: time)?.route != nil
  }

  /// Counts what the slot that begins brings to each uplink: a handoff, or time without any route.
  public mutating func enter(_ slot: Slot) {
    for uplink in ways.uplinks {
      let routes = ways.destinations.map { destination in
        legs[Leg(uplink: uplink, destination: destination)]?.forecast?.interval(at: slot.start)?
          .route
      }
      histories[uplink, default: UplinkHistory()].enter(routes)
    }
  }

  /// What has happened on an uplink so far.
  public func history(of uplink: String) -> UplinkHistory {
    histories[uplink] ?? UplinkHistory()
  }
}

// MARK: Decisions

extension Knowledge {
  /// The candidates for a request as they stand at `time`.
  public func candidates(for facts: RequestFacts, at time: UTC) -> [Candidate] {
    ways.paths(serving: facts.model).map { path in
      // A remote path without a forecast is one that leads nowhere, not one that costs nothing.
      let leg = ways.leg(of: path)
      let record = leg.flatMap { legs[$0] }
      let forecast = leg.map {
        record?.forecast
          ?? Forecast(uplink: $0.uplink, destination: $0.destination, intervals: [])
      }
      let service = ServiceKind(
        backend: path.backend, endpoint: facts.endpoint, stream: facts.stream)
      return Candidate(
        path: path, forecast: forecast, estimate: record?.estimate,
        isHealthy: isReady(path.backend) && health[path]?.isHealthy ?? true,
        serviceMs: serviceTimes[service]?.milliseconds(bytes: facts.bytes, at: time)
          ?? ServiceTime.initialMs,
        inFlight: requestsUnderWay(at: path.backend),
        setupRoundTrips: handshakeRoundTrips(path) * (1 - kept.probability(path, at: time)))
    }
  }

  private func handshakeRoundTrips(_ path: PathID) -> Double {
    ways.backend(named: path.backend)?.handshakeRoundTrips ?? 1
  }

  /// One expected round trip over a path at `time`, milliseconds; `nil` where the forecast has none.
  private func roundTripMs(_ path: PathID, at time: UTC) -> Double? {
    guard let leg = ways.leg(of: path) else { return 0 }
    return legs[leg]?.roundTrip(at: time)?.expectedMs
  }

  /// Takes in a measured round trip to the backend of `path`.
  private mutating func observe(roundTripMs: Double, over path: PathID, at time: UTC) {
    guard let leg = ways.leg(of: path) else { return }
    legs[leg]?.observe(roundTripMs: roundTripMs, at: time)
  }
}

// MARK: What requests and checks report

extension Knowledge {
  /// An attempt over `path` begins. Each is followed by one ``attemptEnded(_:trouble:at:)``.
  public mutating func attemptBegan(_ path: PathID) { underWay[path.backend, default: 0] += 1 }

  /// An attempt over `path` is over.
  ///
  /// - Parameter trouble: What went wrong with the backend or the way to it; `nil` where nothing did. It
  ///   counts like a failed check, unless the link is down: that says nothing about the backend.
  /// - Returns: The backend's change of health where this caused one.
  public mutating func attemptEnded(
    _ path: PathID, trouble: String?, at time: UTC
  ) -> HealthTransition? {
    underWay[path.backend] = max(0, (underWay[path.backend] ?? 0) - 1)
    guard let trouble, isLinkUp(path, at: time) else { return nil }
    return health[path]?.record(.failure(reason: trouble), at: time)
  }

  /// Takes in an answer: what is left of the time to its first byte when the path's share is taken off is
  /// the backend's.
  ///
  /// - Returns: The backend's change of health where this caused one.
  public mutating func observe(_ attempt: AnsweredAttempt) -> HealthTransition? {
    let path = attempt.path
    // However the backend answers, the connection stood.
    if let connectMs = attempt.connectMs {
      observe(roundTripMs: connectMs, over: path, at: attempt.started)
    }
    guard attempt.isGood else { return nil }
    if let firstByte = attempt.firstByte, let roundTrip = roundTripMs(path, at: attempt.started) {
      let setup = attempt.reusedConnection ? 0 : handshakeRoundTrips(path)
      let measuredMs = firstByte.seconds(since: attempt.started) * 1000
      kept.observe(attempt)
      firstBytes[path] = measuredMs
      serviceTimes[attempt.service, default: ServiceTimes()].observe(
        milliseconds: measuredMs - roundTrip * (1 + setup), bytes: attempt.requestBytes,
        at: attempt.ended)
    }
    return health[path]?.record(.success, at: attempt.ended)
  }

  /// Takes in what a health check found.
  ///
  /// - Returns: The backend's change of health where this caused one.
  public mutating func observeProbe(_ report: ProbeReport) -> HealthTransition? {
    if let roundTripMs = report.roundTripMs {
      let sent = report.ended.adding(seconds: -roundTripMs / 1000)
      observe(roundTripMs: roundTripMs, over: report.path, at: sent)
    }
    return health[report.path]?.record(report.outcome, at: report.ended)
  }

  /// Takes in what the terminal of an uplink tells: what its access adds at `time` to what is forecast. It
  /// counts for the legs that are forecast over `pop`, so never for one to an orbital zone.
  ///
  /// - Parameters:
  ///   - pop: The point of presence that the forecast round trip leads to.
  ///   - residualMs: The round trip to there less the forecast, milliseconds; `nil` where nothing came back.
  public mutating func observe(uplink: String, pop: String, residualMs: Double?, at time: UTC) {
    for destination in ways.destinations {
      legs[Leg(uplink: uplink, destination: destination)]?
        .observe(telemetryResidualMs: residualMs, pop: pop, at: time)
    }
  }

  /// Says whether a backend's model can answer; until told otherwise it can.
  public mutating func setReady(_ isReady: Bool, backend: String) {
    if isReady { notReady.remove(backend) } else { notReady.insert(backend) }
  }
}

// MARK: What people and metrics ask

extension Knowledge {
  /// Whether a backend's model can answer, as far as is known.
  public func isReady(_ backend: String) -> Bool { !notReady.contains(backend) }

  /// The health of a backend over an uplink; `nil` for a path that there is none of.
  public func health(of path: PathID) -> HealthState? { health[path] }

  /// Requests under way at a backend.
  public func requestsUnderWay(at backend: String) -> Int { underWay[backend] ?? 0 }

  /// The newest measured time to the first byte over a path, milliseconds.
  public func lastFirstByteMs(over path: PathID) -> Double? { firstBytes[path] }

  /// The service times of a backend that have been measured, as they stand at `time`, milliseconds.
  public func serviceTimes(
    of backend: String, at time: UTC
  ) -> [(kind: ServiceKind, milliseconds: Double)] {
    serviceTimes.filter { $0.key.backend == backend }
      .map { ($0.key, $0.value.overall.milliseconds(at: time)) }
      .sorted { ($0.0.endpoint, $0.0.stream ? 1 : 0) < ($1.0.endpoint, $1.0.stream ? 1 : 0) }
  }
}
