import Network
import Orbits

/// The prediction of one candidate's time to first token.
extension RoutingPolicy {
  /// The share of a request that an unknown backend adds to the service time for each one under way there:
  /// enough to spread a burst over equals, as batching servers hardly slow down.
  private static let shareOfUnknownLoad = 0.1

  func score(
    _ candidate: Candidate, facts: RequestFacts, weights: ScoreWeights, now: UTC
  ) -> RoutingDecision.Scored {
    var scored = predict(candidate, facts: facts, now: now)
    scored.longestGapMs = candidate.pace.longestGapMs
    scored.waitMs = candidate.waitMs
    let answer = AnswerOutlook(candidate, facts)
    scored.costUSD = answer.costUSD(pricePerGB: candidate.route(at: now)?.pricePerGB ?? 0)
    guard let predicted = scored.predictedMs else { return scored }
    let interruptions = answer.interruptionMs(
      firstByte: now.adding(seconds: predicted / 1000), changePenaltyMs: changePenaltyMs)
    let failures = min(0.95, max(0, candidate.failureShare))
    let failureMs = failures / (1 - failures) * weights.failureMs
    scored.riskMs = weights.risk * (interruptions + failureMs)
    let priceMs = weights.msPerUSD * scored.costUSD
    scored.scoreMs = predicted + scored.riskMs + priceMs
    if scored.riskMs >= 1 { scored.reason += "; risk counts \(wholeMs(scored.riskMs)) ms" }
    if priceMs >= 1 { scored.reason += "; price counts \(wholeMs(priceMs)) ms" }
    return scored
  }

  private func predict(
    _ candidate: Candidate, facts: RequestFacts, now: UTC
  ) -> RoutingDecision.Scored {
    let wait = waitMs(candidate)
    let service = candidate.serviceMs + wait
    guard let forecast = candidate.forecast else {
      return RoutingDecision.Scored(
        path: candidate.path, predictedMs: service, pathMs: 0, serviceMs: service, hops: [],
        nextChange: nil, reason: "on site: no link to cross" + waitReason(candidate, wait))
    }
    guard let interval = forecast.interval(at: now), let route = interval.route,
      let leg = pathMs(candidate, interval, bytes: facts.bytes, at: now)
    else {
      return RoutingDecision.Scored(
        path: candidate.path, predictedMs: nil, pathMs: 0, serviceMs: service, hops: [],
        nextChange: forecast.nextReachable(from: now)?.start,
        reason: noRouteReason(forecast, now: now))
    }

    let change = forecast.nextChange(after: now)
    let roundTrip = interval.roundTrip(at: now, correctedBy: candidate.estimate)
    var scored = RoutingDecision.Scored(
      path: candidate.path, predictedMs: leg + service, pathMs: leg, serviceMs: service,
      hops: route.hops, nextChange: change, reason: "", roundTrip: roundTrip,
      servingSatellite: route.servingSatellite)
    var next = change
    while let edge = next, edge < now.adding(seconds: (scored.pathMs + service) / 1000) {
      guard let interval = forecast.interval(at: edge), interval.route != nil,
        let nextLeg = self.pathMs(candidate, interval, bytes: facts.bytes, at: edge)
      else {
        return afterOutage(candidate, forecast, scored, change: edge, bytes: facts.bytes, now: now)
      }
      scored.interruption = .handover
      scored.pathMs = max(scored.pathMs, nextLeg + changePenaltyMs, leg + changePenaltyMs)
      scored.reason =
        "\(wholeMs(scored.pathMs)) ms path, which changes at"
        + " \(edge.formatted(fractionDigits: 0)) before the answer"
      next = forecast.nextChange(after: edge)
    }
    if scored.interruption == nil { scored.reason = "\(wholeMs(leg)) ms path" }
    scored.predictedMs = scored.pathMs + service
    scored.reason +=
      " + \(wholeMs(candidate.serviceMs)) ms backend" + waitReason(candidate, wait)
      + correctionReason(roundTrip)
    return scored
  }

  /// The route goes before the answer would be back: the request is sent again when there is one.
  private func afterOutage(
    _ candidate: Candidate, _ forecast: Forecast, _ before: RoutingDecision.Scored, change: UTC,
    bytes: Int, now: UTC
  ) -> RoutingDecision.Scored {
    var scored = before
    let back = forecast.nextReachable(from: change)
    let pathMs = back.flatMap { interval in
      self.pathMs(candidate, interval, bytes: bytes, at: interval.start).map {
        interval.start.seconds(since: now) * 1000 + $0 + changePenaltyMs
      }
    }
    let goesOut = "the link goes out at \(change.formatted(fractionDigits: 0)), before the answer"
    scored.pathMs = pathMs ?? 0
    scored.predictedMs = pathMs.map { $0 + before.serviceMs }
    scored.scoreMs = scored.predictedMs
    scored.interruption = .outage
    scored.reason =
      back.map { "\(goesOut), and returns at \($0.start.formatted(fractionDigits: 0))" }
      ?? "\(goesOut), and does not return within the forecast"
    return scored
  }

  /// How long a request is expected to wait: for a place, and where nobody knows how many there are, for
  /// others that are served beside it.
  private func waitMs(_ candidate: Candidate) -> Double {
    guard candidate.places == nil else { return candidate.waitMs }
    return candidate.waitMs
      + candidate.serviceMs * Self.shareOfUnknownLoad * Double(candidate.inFlight)
  }

  private func waitReason(_ candidate: Candidate, _ waitMs: Double) -> String {
    guard waitMs >= 1 else { return "" }
    let under = "\(candidate.inFlight) under way"
    return " + \(wholeMs(waitMs)) ms wait ("
      + (candidate.places.map { "\(under) at \($0) place\($0 == 1 ? "" : "s")" } ?? under) + ")"
  }

  /// Round trips and the request's transmission over an interval's route, milliseconds.
  private func pathMs(
    _ candidate: Candidate, _ interval: Forecast.Interval, bytes: Int, at time: UTC
  ) -> Double? {
    guard let route = interval.route,
      let roundTrip = interval.roundTrip(at: time, correctedBy: candidate.estimate)
    else { return nil }
    let roundTrips = 1 + candidate.setupRoundTrips
    return roundTrip.expectedMs * roundTrips + route.up.seconds(forBytes: bytes) * 1000
  }

  /// What measurement changed, in words; nothing where it changed less than a millisecond.
  private func correctionReason(_ roundTrip: RoundTripEstimate?) -> String {
    guard let roundTrip else { return "" }
    let correction = roundTrip.expectedMs - roundTrip.forecastMs
    guard abs(correction) >= 1 else { return "" }
    return "; measured \(correction > 0 ? "+" : "-")\(wholeMs(abs(correction))) ms"
      + " on a forecast round trip of \(wholeMs(roundTrip.forecastMs)) ms"
      + " (80 %: \(wholeMs(roundTrip.lowMs)) to \(wholeMs(roundTrip.highMs)) ms)"
  }

  private func noRouteReason(_ forecast: Forecast, now: UTC) -> String {
    guard let next = forecast.nextReachable(from: now) else {
      return "no path to \(forecast.destination) within the forecast"
    }
    return "no path to \(forecast.destination) until \(next.start.formatted(fractionDigits: 0))"
  }
}

extension Candidate {
  /// The route in force at `time`; `nil` for a backend on the site, and where there is none.
  func route(at time: UTC) -> Route? { forecast?.interval(at: time)?.route }
}
