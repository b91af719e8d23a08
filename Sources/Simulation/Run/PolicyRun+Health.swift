import Decisions
import Fleet
import Network
import Orbits

/// Backends that die and come back, and the checks that notice.
extension PolicyRun {
  /// Bytes of a check's request and answer together with their header fields, each way.
  private static let probeBytes = 200
  /// What answering a check takes, milliseconds.
  private static let probeServiceMs = 2.0

  /// The backend's process dies: what stands between it and the gateway is reset.
  mutating func stop(_ backend: Int, at now: UTC) {
    backends[backend].stop()
    let name = scenario.ways.backends[backend].name
    idle.drop(backend: name, paths: scenario.ways.paths(to: name))
    for request in exchanges.keys.sorted() {
      let live = exchanges[request]?.live.sorted { $0.key < $1.key } ?? []
      for (number, attempt) in live where attempt.backend == backend && attempt.life != nil {
        let job = Job(request: request, attempt: number)
        if let arrival = cross(job, bytes: 0, .down, at: now) {
          events.add(.fails(job, .linkReset), at: Instant(arrival))
        }
      }
    }
  }

  /// Begins the checks of every path, a little apart.
  mutating func beginProbes() {
    for (number, path) in scenario.paths.enumerated() {
      var random = RandomStream(seed: 0, RandomStream.key(path.description))
      let wait = Int64(random.unit() * 1e9)
      events.add(
        .probe(path: number),
        at: Instant(nanoseconds: scenario.start.nanosecondsSince1970 + wait))
    }
  }

  /// Checks a path as the live prober does: never while the forecast has no route, and at once when the
  /// route is back.
  mutating func probe(_ number: Int, at now: UTC) {
    let path = scenario.paths[number]
    guard knowledge.hasRoute(path, at: now) else {
      // The forecast changes at slot edges only; the edge's own event comes before this one.
      return events.add(.probe(path: number), at: Instant(Slot(containing: now).end))
    }
    let policy = scenario.ways.backends[scenario.number(ofBackend: path.backend)].health
    let limit = now + policy.timeout
    let answer = probeAnswer(path, at: now, limit: limit)
    let isUp = backends[scenario.number(ofBackend: path.backend)].isUp
    events.add(
      .probeEnds(path: number, roundTripMs: isUp ? answer?.roundTripMs : nil),
      at: Instant(answer?.time ?? limit))
    events.add(.probe(path: number), at: Instant(now) + policy.interval)
  }

  /// When a check that begins now is over, and what its handshake took; `nil` where that is not in time.
  func probeAnswer(
    _ path: PathID, at now: UTC, limit: UTC
  ) -> (time: UTC, roundTripMs: Double)? {
    guard let leg = scenario.leg(of: path) else { return (now.later(byMs: 1), 0.1) }
    var random = RandomStream(
      seed: scenario.seed, RandomStream.key("probe"), RandomStream.key(path.description),
      UInt64(bitPattern: now.nanosecondsSince1970))
    let roundTrips = Int(scenario.ways.backend(named: path.backend)?.handshakeRoundTrips ?? 1) + 1
    var time = now
    var handshakeMs = 0.0
    for crossing in 0..<(2 * roundTrips) {
      if crossing == 2 * roundTrips - 1 { time = time.later(byMs: Self.probeServiceMs) }
      guard
        let arrival = scenario.links.arrival(
          of: Self.probeBytes, crossing < 2 ? .handshake : .data, leg: leg, departure: time,
          limit: limit, &random)
      else { return nil }
      time = arrival
      if crossing == 1 { handshakeMs = time.seconds(since: now) * 1_000 }
    }
    return time <= limit ? (time, handshakeMs) : nil
  }

  mutating func probeEnded(_ number: Int, roundTripMs: Double?, at now: UTC) {
    let path = scenario.paths[number]
    guard roundTripMs != nil || knowledge.isLinkUp(path, at: now) else { return }
    let isSilent =
      roundTripMs == nil && backends[scenario.number(ofBackend: path.backend)].isUp
    _ = knowledge.observeProbe(
      ProbeReport(
        path: path,
        outcome: roundTripMs == nil ? .failure(reason: "no answer in time") : .success,
        roundTripMs: roundTripMs, isSilent: isSilent, ended: now))
    watch(path.uplink, at: now)
  }
}
