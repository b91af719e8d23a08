import Orbits

/// What requests and checks report.
extension Knowledge {
  /// An attempt over `path` failed by the fault of the backend or of the way to it. It counts like a failed
  /// check, unless the link is down or suspect: that says nothing about the backend.
  ///
  /// - Parameter started: When the attempt began; where not given, now.
  /// - Returns: The changes of health and of the link that this caused.
  public mutating func attemptFailed(
    _ path: PathID, _ fault: Fault, started: UTC? = nil, at time: UTC
  ) -> Changes {
    guard fault.isBackendTrouble, hasRoute(path, at: time) else { return Changes() }
    failures[path, default: FailureShare()].observe(failed: true, at: time)
    return failed(
      path, fault.linkSign, reason: fault.rawValue, started: started ?? time, at: time)
  }

  /// Takes in an answer: what is left of the time to its first byte when the path's share is taken off is
  /// the backend's.
  ///
  /// - Returns: The changes of health and of the link that this caused.
  public mutating func observe(_ attempt: AnsweredAttempt) -> Changes {
    let path = attempt.path
    // However the backend answers, the connection stood.
    if let connectMs = attempt.connectMs {
      observe(roundTripMs: connectMs, over: path, at: attempt.started)
    }
    var changes = heard(path, at: attempt.ended)
    guard attempt.isGood else { return changes }
    failures[path]?.observe(failed: false, at: attempt.ended)
    if let firstByte = attempt.firstByte, let roundTrip = roundTripMs(path, at: attempt.started) {
      learn(attempt, firstByte: firstByte, roundTripMs: roundTrip)
    }
    if let turn = health[path]?.record(.success, at: attempt.ended) {
      changes.health.append((path, turn))
    }
    return changes
  }

  private mutating func learn(_ attempt: AnsweredAttempt, firstByte: UTC, roundTripMs: Double) {
    let path = attempt.path
    let setup = attempt.reusedConnection ? 0 : handshakeRoundTrips(path)
    let measuredMs = firstByte.seconds(since: attempt.started) * 1000
    let restMs = measuredMs - roundTripMs * (1 + setup)
    kept.observe(attempt)
    firstBytes[path] = measuredMs
    firstContents[FirstContentKind(path, attempt.service, attempt.requestBytes), default: .init()]
      .observe(milliseconds: restMs, at: firstByte)
    let generationMs = attempt.ended.seconds(since: firstByte) * 1000
    if let tokens = attempt.outputTokens {
      paces[attempt.service, default: AnswerPace(stream: attempt.service.stream)].observe(
        tokens: tokens, bytes: attempt.bytesDown,
        generationMs: attempt.service.stream ? generationMs : nil,
        longestGapMs: attempt.longestGapMs)
    }
    // What may have waited at the backend says how long its queue was, not how long it takes.
    guard attempt.place?.isBeyond != true else { return }
    serviceTimes[attempt.service, default: ServiceTimes()].observe(
      milliseconds: restMs, bytes: attempt.requestBytes, at: attempt.ended)
    guard attempt.service.stream, let place = attempt.place else { return }
    places.observe(
      path.backend, endpoint: attempt.service.endpoint, bytes: attempt.requestBytes ?? 0,
      serviceMs: restMs, inFlight: place.inFlight, at: attempt.ended)
  }

  /// Takes in that an attempt ended without content after it had been waited for so long: cancelled because
  /// another answered first, or failed. Its time to first content was longer, if it had any.
  public mutating func observeUnanswered(
    _ path: PathID, _ service: ServiceKind, requestBytes: Int?, started: UTC, ended: UTC
  ) {
    guard let roundTrip = roundTripMs(path, at: started) else { return }
    firstContents[FirstContentKind(path, service, requestBytes), default: .init()]
      .observeUnanswered(
        milliseconds: ended.seconds(since: started) * 1000 - roundTrip, at: ended)
  }

  /// Takes in what a health check found.
  ///
  /// - Returns: The changes of health and of the link that this caused.
  public mutating func observeProbe(_ report: ProbeReport) -> Changes {
    if let roundTripMs = report.roundTripMs {
      let sent = report.ended.adding(seconds: -roundTripMs / 1000)
      observe(roundTripMs: roundTripMs, over: report.path, at: sent)
    }
    switch report.outcome {
    case .failure(let reason):
      return failed(
        report.path, report.isSilent ? .silence : .life, reason: reason,
        started: report.started, at: report.ended)
    case .success:
      var changes = heard(report.path, at: report.ended)
      if let turn = health[report.path]?.record(.success, at: report.ended) {
        changes.health.append((report.path, turn))
      }
      return changes
    }
  }

  /// Takes in a measured round trip to the backend of `path`.
  private mutating func observe(roundTripMs: Double, over path: PathID, at time: UTC) {
    guard let leg = ways.leg(of: path) else { return }
    legs[leg]?.observe(roundTripMs: roundTripMs, at: time)
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
}

/// What times to first content are told apart by: the path, what is asked, and how long the request is, in
/// classes of four to one.
struct FirstContentKind: Hashable, Sendable {
  var path: PathID
  var endpoint: String
  var stream: Bool
  var lengthClass: Int

  init(_ path: PathID, _ service: ServiceKind, _ bytes: Int?) {
    self.path = path
    endpoint = service.endpoint
    stream = service.stream
    lengthClass = ServiceTimes.lengthClass(bytes: bytes ?? 0) / 2
  }

  init(_ path: PathID, _ facts: RequestFacts) {
    self.path = path
    endpoint = facts.endpoint
    stream = facts.stream
    lengthClass = ServiceTimes.lengthClass(bytes: facts.bytes) / 2
  }
}
