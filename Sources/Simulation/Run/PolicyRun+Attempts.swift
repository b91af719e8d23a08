import Decisions
import Orbits

/// Attempts: connections, requests on their way, failures.
extension PolicyRun {
  mutating func open(
    _ request: Int, candidate: Int, fresh: Bool, isHedge: Bool = false, at now: UTC
  ) {
    guard let scored = exchanges[request]?.decision.ranked[candidate],
      let number = exchanges[request]?.machine.opened(
        candidate: candidate, isHedge: isHedge, at: Instant(now))
    else { return }
    let path = scored.path
    if isHedge {
      exchanges[request]?.hedges += 1
    } else if number > 0 {
      exchanges[request]?.failovers += 1
    }
    let attempt = SimulatedExchange.Attempt(
      place: knowledge.places.take(path, at: Instant(now)), predictedMs: scored.predictedMs,
      backend: scenario.number(ofBackend: path.backend),
      leg: scenario.leg(of: path), started: now,
      random: RandomStream(
        seed: scenario.seed, RandomStream.key("packets"), UInt64(request), UInt64(number) + 1,
        RandomStream.key(path.description)), lastArrival: now)
    exchanges[request]?.live[number] = attempt
    tally.attemptBegan()
    let job = Job(request: request, attempt: number)
    watch(path.uplink, at: now)
    if !fresh, idle.take(path, at: Instant(now)) {
      exchanges[request]?.live[number]?.reusedConnection = true
      stand(job, at: now)
    } else if let time = handshakeEnd(job, at: now) {
      events.add(.connected(job), at: Instant(time))
    }
  }

  /// When a new connection stands; `nil` where it never does within any wait for it.
  private mutating func handshakeEnd(_ job: Job, at now: UTC) -> UTC? {
    guard var attempt = exchanges[job.request]?.live[job.attempt] else { return nil }
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
        exchanges[job.request]?.live[job.attempt]?.random = attempt.random
        return nil
      }
      time = arrival
    }
    exchanges[job.request]?.live[job.attempt]?.random = attempt.random
    return time
  }

  mutating func connected(_ job: Job, at now: UTC) {
    guard isUnderWay(job), let attempt = exchanges[job.request]?.live[job.attempt] else { return }
    guard backends[attempt.backend].isUp else {
      return attemptFailed(job, .linkRefused, at: now)
    }
    if attempt.leg != nil,
      scenario.ways.backend(named: attempt.path.backend)?.handshakeRoundTrips == 1
    {
      exchanges[job.request]?.live[job.attempt]?.connectMs =
        now.seconds(since: attempt.started) * 1_000
    }
    stand(job, at: now)
  }

  /// The connection stands: the request leaves.
  private mutating func stand(_ job: Job, at now: UTC) {
    guard let exchange = exchanges[job.request], let attempt = exchange.live[job.attempt] else {
      return
    }
    exchanges[job.request]?.live[job.attempt]?.life = backends[attempt.backend].life
    exchanges[job.request]?.machine.awaitAnswer(job.attempt, at: Instant(now))
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
    guard var attempt = exchanges[job.request]?.live[job.attempt] else { return nil }
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
    exchanges[job.request]?.live[job.attempt]?.random = attempt.random
    return arrival
  }

  /// An attempt failed: drops its connection, tells the knowledge, and does what comes next.
  mutating func attemptFailed(_ job: Job, _ fault: Fault, at now: UTC) {
    guard let attempt = exchanges[job.request]?.live.removeValue(forKey: job.attempt) else {
      return
    }
    let isStale =
      attempt.reusedConnection && attempt.firstByte == nil && fault == .linkReset
    let fault =
      isStale
      ? fault : fault.explained(isLinkDown: knowledge.isDown(attempt.path, at: now))
    over(attempt, job, at: now)
    let isTrouble = fault.isBackendTrouble && !isStale
    if isTrouble {
      _ = knowledge.attemptFailed(attempt.path, fault, started: attempt.started, at: now)
    }
    // What comes next is decided on what is known now, the failure included.
    let knowledge = knowledge
    let action = exchanges[job.request]?.machine.failed(
      job.attempt, fault, wasStale: isStale, at: Instant(now),
      isDown: { knowledge.isDown($0, at: now) })
    perform(job.request, action, at: now)
  }

  /// An attempt is no longer wanted: another one was first.
  mutating func cancel(_ job: Job, at now: UTC) {
    guard let attempt = exchanges[job.request]?.live.removeValue(forKey: job.attempt) else {
      return
    }
    over(attempt, job, at: now)
  }

  private mutating func over(_ attempt: SimulatedExchange.Attempt, _ job: Job, at now: UTC) {
    exchanges[job.request]?.last = attempt
    _ = knowledge.places.giveBack(attempt.place, .nothing, at: Instant(now))
    leave(job, backend: attempt.backend, at: now)
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
