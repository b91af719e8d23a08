import Network
import Orbits

/// Ranks the ways in which a request could be answered by predicted time to first token.
///
/// Prediction = path + backend. The path is one round trip, those that setting up a connection takes
/// where none is kept, and the request's own transmission at the uplink's capacity. The forecast interval
/// in force tells it, corrected by what was measured, and so does every later one that begins before the
/// answer's first byte would arrive. The backend is its measured service time, once for each request
/// already under way. A pure function: the same facts give the same decision, live or simulated.
public struct RoutingPolicy: Sendable {
  /// What a path costs beyond a round trip when the route changes under a request: the new path's
  /// first packets meet the loss at the slot edge and are sent again.
  public var changePenaltyMs: Double

  /// Creates a policy.
  public init(changePenaltyMs: Double = 50) { self.changePenaltyMs = changePenaltyMs }

  /// Decides on the order in which to try `candidates` for a request that leaves at `now`.
  ///
  /// Only candidates without a route are rejected. Those that would be too late for the client's
  /// deadline come after the others, the unhealthy ones last: a prediction can be wrong, and when
  /// everything is out, trying is better than refusing (Envoy's panic rule).
  public func decide(
    _ facts: RequestFacts, candidates: [Candidate], now: UTC
  ) -> RoutingDecision {
    var timely: [RoutingDecision.Scored] = []
    var late: [RoutingDecision.Scored] = []
    var unhealthy: [RoutingDecision.Scored] = []
    var rejected: [RoutingDecision.Scored] = []
    let leftMs = facts.deadline.seconds(since: now) * 1000
    for candidate in candidates {
      var scored = score(candidate, facts: facts, now: now)
      if scored.hops.isEmpty && candidate.forecast != nil {
        rejected.append(scored)
      } else if !candidate.isHealthy {
        scored.reason = "unhealthy, so tried last; " + scored.reason
        unhealthy.append(scored)
      } else if (scored.predictedMs ?? .infinity) > leftMs {
        scored.reason = "after the client's deadline in \(wholeMs(leftMs)) ms; " + scored.reason
        late.append(scored)
      } else {
        timely.append(scored)
      }
    }
    let ranked = [timely, late, unhealthy].flatMap { $0.sorted(by: isBetter) }
    return RoutingDecision(
      ranked: ranked, rejected: rejected,
      retryAt: ranked.isEmpty ? nextRoute(candidates, now: now) : nil)
  }

  private func isBetter(_ a: RoutingDecision.Scored, _ b: RoutingDecision.Scored) -> Bool {
    let (first, second) = (a.predictedMs ?? .infinity, b.predictedMs ?? .infinity)
    if first != second { return first < second }
    return (a.path.backend, a.path.uplink) < (b.path.backend, b.path.uplink)
  }

  private func score(
    _ candidate: Candidate, facts: RequestFacts, now: UTC
  ) -> RoutingDecision.Scored {
    let service = candidate.serviceMs * Double(candidate.inFlight + 1)
    guard let forecast = candidate.forecast else {
      return RoutingDecision.Scored(
        path: candidate.path, predictedMs: service, pathMs: 0, serviceMs: service, hops: [],
        nextChange: nil, reason: "on site: no link to cross")
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
    var pathMs = leg
    var reason = "\(wholeMs(leg)) ms path + \(wholeMs(service)) ms backend"
    var next = change
    while let edge = next, edge < now.adding(seconds: (pathMs + service) / 1000) {
      guard let interval = forecast.interval(at: edge), interval.route != nil,
        let nextLeg = self.pathMs(candidate, interval, bytes: facts.bytes, at: edge)
      else {
        return afterOutage(
          candidate, forecast, change: edge, bytes: facts.bytes, service: service, now: now)
      }
      pathMs = max(pathMs, nextLeg + changePenaltyMs, leg + changePenaltyMs)
      reason =
        "\(wholeMs(pathMs)) ms path, which changes at \(edge.formatted(fractionDigits: 0)) before"
        + " the answer, + \(wholeMs(service)) ms backend"
      next = forecast.nextChange(after: edge)
    }
    return RoutingDecision.Scored(
      path: candidate.path, predictedMs: pathMs + service, pathMs: pathMs, serviceMs: service,
      hops: route.hops, nextChange: change, reason: reason + correctionReason(roundTrip),
      roundTrip: roundTrip)
  }

  /// The route goes before the answer would be back: the request is sent again when there is one.
  private func afterOutage(
    _ candidate: Candidate, _ forecast: Forecast, change: UTC, bytes: Int, service: Double, now: UTC
  ) -> RoutingDecision.Scored {
    let back = forecast.nextReachable(from: change)
    let pathMs = back.flatMap { interval in
      self.pathMs(candidate, interval, bytes: bytes, at: interval.start).map {
        interval.start.seconds(since: now) * 1000 + $0 + changePenaltyMs
      }
    }
    let goesOut = "the link goes out at \(change.formatted(fractionDigits: 0)), before the answer"
    return RoutingDecision.Scored(
      path: candidate.path, predictedMs: pathMs.map { $0 + service }, pathMs: pathMs ?? 0,
      serviceMs: service, hops: forecast.interval(at: now)?.route?.hops ?? [], nextChange: change,
      reason: back.map { "\(goesOut), and returns at \($0.start.formatted(fractionDigits: 0))" }
        ?? "\(goesOut), and does not return within the forecast",
      roundTrip: forecast.interval(at: now)?.roundTrip(at: now, correctedBy: candidate.estimate))
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

  private func nextRoute(_ candidates: [Candidate], now: UTC) -> UTC? {
    candidates.compactMap { $0.forecast?.nextReachable(from: now)?.start }.filter { $0 > now }.min()
  }

  private func wholeMs(_ value: Double) -> String {
    abs(value) < 1e15 ? String(Int(value.rounded())) : "endless"
  }
}
