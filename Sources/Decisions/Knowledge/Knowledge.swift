import Fleet
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

  var legs: [Leg: LegRecord] = [:]
  var links: [String: LinkState] = [:]
  var health: [PathID: HealthState] = [:]
  var failures: [PathID: FailureShare] = [:]
  /// Who is served where, and who waits: the one count of requests under way.
  public var places: PlaceQueue
  var serviceTimes: [ServiceKind: ServiceTimes] = [:]
  var paces: [ServiceKind: AnswerPace] = [:]
  var firstContents: [FirstContentKind: FirstContentTimes] = [:]
  var kept = KeptConnections()
  var firstBytes: [PathID: Double] = [:]
  private var notReady: Set<String> = []
  private var histories: [String: UplinkHistory] = [:]

  /// The knowledge of a node that starts at `time`: everything is healthy, nothing is forecast yet.
  public init(_ ways: Ways, queue: QueueSettings = QueueSettings(), at time: UTC) {
    self.ways = ways
    places = PlaceQueue(ways, settings: queue)
    for uplink in ways.uplinks {
      links[uplink] = LinkState(paths: ways.paths(over: uplink).count, at: time)
    }
    for backend in ways.backends {
      for path in ways.paths(to: backend.name) {
        health[path] = HealthState(policy: backend.health, at: time)
      }
    }
  }

  /// Goes over to other ways. What was learned of the backends and uplinks that stay is kept; those that go,
  /// and those named as changed, which are others under an old name, are forgotten. ``places`` go over by
  /// themselves, on their own clock.
  public mutating func adopt(
    _ newer: Ways, changedBackends: Set<String>, changedUplinks: Set<String>, at time: UTC
  ) {
    func isSameLeg(_ leg: Leg) -> Bool { !changedUplinks.contains(leg.uplink) }
    let keptLegs = Set(newer.legs.filter(isSameLeg))
    let keptBackends = Set(newer.backends.map(\.name)).subtracting(changedBackends)
    let paths = Set(newer.backends.flatMap { newer.paths(to: $0.name) })
    func isSame(_ path: PathID) -> Bool {
      paths.contains(path) && keptBackends.contains(path.backend)
        && !changedUplinks.contains(path.uplink)
    }
    var newHealth: [PathID: HealthState] = [:]
    for backend in newer.backends {
      for path in newer.paths(to: backend.name) {
        let isKept = isSame(path) && ways.backend(named: backend.name)?.health == backend.health
        newHealth[path] =
          (isKept ? health[path] : nil) ?? HealthState(policy: backend.health, at: time)
      }
    }
    ways = newer
    health = newHealth
    legs = legs.filter { keptLegs.contains($0.key) }
    notReady.formIntersection(keptBackends)
    serviceTimes = serviceTimes.filter { keptBackends.contains($0.key.backend) }
    paces = paces.filter { keptBackends.contains($0.key.backend) }
    failures = failures.filter { isSame($0.key) }
    firstContents = firstContents.filter { isSame($0.key.path) }
    firstBytes = firstBytes.filter { isSame($0.key) }
    links = Dictionary(
      uniqueKeysWithValues: newer.uplinks.map { uplink in
        let paths = newer.paths(over: uplink).count
        let known = changedUplinks.contains(uplink) ? nil : links[uplink]
        return (uplink, known?.leading(paths: paths) ?? LinkState(paths: paths, at: time))
      })
    kept.forget { !isSame($0) }
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
  public func hasRoute(_ path: PathID, at time: UTC) -> Bool {
    guard let leg = ways.leg(of: path) else { return true }
    return legs[leg]?.forecast?.interval(at: time)?.route != nil
  }

  /// Whether the forecast has a route for `path` at `time` and its link is not known to be down; a local
  /// path always has one.
  public func isLinkUp(_ path: PathID, at time: UTC) -> Bool {
    hasRoute(path, at: time) && links[path.uplink]?.condition != .down
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
      let backend = ways.backend(named: path.backend)
      let leg = backend?.destination.map { Leg(uplink: path.uplink, destination: $0) }
      let record = leg.flatMap { legs[$0] }
      let forecast = leg.map {
        record?.forecast
          ?? Forecast(uplink: $0.uplink, destination: $0.destination, intervals: [])
      }
      let service = ServiceKind(
        backend: path.backend, endpoint: facts.endpoint, stream: facts.stream)
      let serviceMs =
        serviceTimes[service]?.milliseconds(bytes: facts.bytes, at: time) ?? ServiceTime.initialMs
      let prospect = places.prospect(
        path, QueueRank(facts.priority, isDeferred: facts.isDeferred),
        unknownSeconds: serviceMs / 1000)
      return Candidate(
        path: path, forecast: forecast, estimate: record?.estimate,
        isHealthy: isReady(path.backend) && health[path]?.isHealthy ?? true,
        serviceMs: serviceMs, inFlight: prospect.inFlight,
        setupRoundTrips: (backend?.handshakeRoundTrips ?? 1)
          * (1 - kept.probability(path, at: time)),
        places: prospect.places, waitMs: prospect.waitSeconds * 1000,
        failureShare: failures[path]?.value(at: time) ?? 0,
        link: links[path.uplink]?.condition ?? .up,
        pace: paces[service] ?? AnswerPace(stream: facts.stream),
        prices: backend?.prices.prices(of: facts.model) ?? .free,
        firstContent: firstContents[FirstContentKind(path, facts)])
    }
  }
}

extension Knowledge {
  func handshakeRoundTrips(_ path: PathID) -> Double {
    ways.backend(named: path.backend)?.handshakeRoundTrips ?? 1
  }

  /// One expected round trip over a path at `time`, milliseconds; `nil` where the forecast has none.
  func roundTripMs(_ path: PathID, at time: UTC) -> Double? {
    guard let leg = ways.leg(of: path) else { return 0 }
    return legs[leg]?.roundTrip(at: time)?.expectedMs
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
  public func requestsUnderWay(at backend: String) -> Int {
    places.standing(ofBackend: backend)?.taken ?? 0
  }

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
