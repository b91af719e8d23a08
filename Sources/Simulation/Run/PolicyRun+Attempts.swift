import Decisions
import Orbits

/// Attempts: connections, requests on their way, failures.
extension PolicyRun {
  mutating func open(_ request: Int, candidate: Int, fresh: Bool, at now: UTC) {
    guard var exchange = exchanges[request] else { return }
    let scored = exchange.decision.ranked[candidate]
    let path = scored.path
    exchange.attempts += 1
    exchange.machine.opened(at: Instant(now))
    exchange.attempt = SimulatedExchange.Attempt(
      path: path, predictedMs: scored.predictedMs,
      backend: scenario.number(ofBackend: path.backend),
      leg: scenario.leg(of: path), started: now,
      random: RandomStream(
        seed: scenario.seed, RandomStream.key("packets"), UInt64(request),
        UInt64(exchange.attempts), RandomStream.key(path.description)), lastArrival: now)
    exchanges[request] = exchange
    tally.attemptBegan()
    knowledge.attemptBegan(path, at: now)
    let job = Job(request: request, attempt: exchange.attempts)
    if !fresh, idle.take(path, at: Instant(now)) {
      exchanges[request]?.attempt?.reusedConnection = true
      stand(job, at: now)
    } else if let time = handshakeEnd(job, at: now) {
      events.add(.connected(job), at: Instant(time))
    }
  }

  /// When a new connection stands; `nil` where it never does within any wait for it.
  private mutating func handshakeEnd(_ job: Job, at now: UTC) -> UTC? {
    guard var attempt = exchanges[job.request]?.attempt else { return nil }
    let roundTrips = Int(
      scenario.ways.backend(named: attempt.path.backend)?.handshakeRoundTrips ?? 1)
    guard let leg = attempt.leg else {
      return UTC(
        nanosecondsSince1970: now.nanosecondsSince1970
          + 2 * Int64(roundTrips) * Self.localNanoseconds)
    }
    let limit = now + scenario.waits.connect
    var time = now
    for crossing in 0..<(2 * roundTrips) {
      guard
        let arrival = scenario.links.arrival(
          of: 0, crossing < 2 ? .handshake : .data, leg: leg, departure: time, limit: limit,
          &attempt.random)
      else {
        exchanges[job.request]?.attempt?.random = attempt.random
        return nil
      }
      time = arrival
    }
    exchanges[job.request]?.attempt?.random = attempt.random
    return time
  }

  mutating func connected(_ job: Job, at now: UTC) {
    guard isUnderWay(job), let attempt = exchanges[job.request]?.attempt else { return }
    guard backends[attempt.backend].isUp else {
      return attemptFailed(job.request, .linkRefused, at: now)
    }
    if attempt.leg != nil,
      scenario.ways.backend(named: attempt.path.backend)?.handshakeRoundTrips == 1
    {
      exchanges[job.request]?.attempt?.connectMs = now.seconds(since: attempt.started) * 1_000
    }
    stand(job, at: now)
  }

  /// The connection stands: the request leaves.
  private mutating func stand(_ job: Job, at now: UTC) {
    guard let exchange = exchanges[job.request], let attempt = exchange.attempt else { return }
    exchanges[job.request]?.attempt?.life = backends[attempt.backend].life
    exchanges[job.request]?.machine.awaitAnswer(at: Instant(now))
    if let arrival = cross(job, bytes: exchange.plan.facts.bytes, .up, at: now) {
      events.add(.atBackend(job), at: Instant(arrival))
    }
    arm(job.request)
  }

  /// Sends bytes over the attempt's path and gives the time of their arrival, `nil` where they are lost
  /// for good.
  mutating func cross(
    _ job: Job, bytes: Int, _ direction: RealLinks.Direction, at now: UTC
  ) -> UTC? {
    guard var attempt = exchanges[job.request]?.attempt else { return nil }
    guard let leg = attempt.leg else {
      return UTC(nanosecondsSince1970: now.nanosecondsSince1970 + Self.localNanoseconds)
    }
    let links = scenario.links
    let departure = lines[links.uplink(ofLeg: leg)].transmit(
      bytes, direction, at: now,
      bytesPerSecond: links.bytesPerSecond(direction, leg: leg, at: now))
    let arrival = links.arrival(
      of: bytes, .data, leg: leg, departure: departure, limit: now.adding(seconds: 900),
      &attempt.random)
    exchanges[job.request]?.attempt?.random = attempt.random
    return arrival
  }

  /// The attempt under way failed: drops its connection, tells the knowledge, and does what comes next.
  mutating func attemptFailed(_ request: Int, _ fault: Fault, at now: UTC) {
    guard let exchange = exchanges[request], let attempt = exchange.attempt else { return }
    let isStale =
      attempt.reusedConnection && attempt.firstByte == nil && fault == .linkReset
    leave(Job(request: request, attempt: exchange.attempts), backend: attempt.backend, at: now)
    let isTrouble = fault.isBackendTrouble && !isStale
    _ = knowledge.attemptEnded(
      attempt.path, fault: isTrouble ? fault : nil, started: attempt.started, at: now)
    let action = exchanges[request]?.machine.failed(fault, wasStale: isStale, at: Instant(now))
    if case .open? = action { exchanges[request]?.attempt = nil }
    perform(request, action, at: now)
  }

  /// The backend is done with a job, or told that nobody wants it; the next in its queue is served.
  mutating func leave(_ job: Job, backend: Int, at now: UTC) {
    var next = backends[backend].leave(job)
    // Whoever gave up while it waited has left the queue; the check is for what the same instant brings.
    while let candidate = next, !isUnderWay(candidate) {
      next = backends[backend].leave(candidate)
    }
    if let next { serve(next, at: now) }
  }
}
