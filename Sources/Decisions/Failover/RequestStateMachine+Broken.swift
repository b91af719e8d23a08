/// Streams that break or stall after the client has a part of them.
extension RequestStateMachine {
  /// How often a stream is gone on with from its text.
  private static let maximumResumptions = 3
  /// How often a kept answer is asked for again though no event comes.
  private static let maximumReattachments = 20
  /// A held stream looks for a way after ``Waits/linkCheck``, then twice as long, up to as many doublings: the
  /// stream goes on within a second of the link's return.
  private static let mostDoublings = 2
  /// So many times the longest silence that is usual is a stall.
  private static let stallFactor = 4

  var isExact: Bool { continuance.isExact }

  /// Whether somebody could go on with the stream.
  var mayGoOn: Bool {
    switch continuance {
    case .none: false
    case .kept: broken.resumptions < Self.maximumReattachments
    case .fromText(let backends):
      !isUnsafe && broken.resumptions < Self.maximumResumptions
        && backends.contains { !passedOver.contains($0) }
    }
  }

  /// Whether the backend at the end of `path` could.
  func mayGoOn(over path: PathID) -> Bool {
    switch continuance {
    case .none: false
    case .kept(let backend): path.backend == backend
    case .fromText(let backends):
      backends.contains(path.backend) && !passedOver.contains(path.backend)
    }
  }

  /// A stream whose content the client has in part has broken.
  mutating func goOn(
    after attempt: Live, _ fault: Fault, at now: Instant, isDown: (PathID) -> Bool
  ) -> Action {
    if broken.since == nil { broken.since = now }
    broken.path = attempt.path
    // Whoever was never reached has made nothing.
    if fault.isOfLink, !attempt.isHeard, broken.resumptions > 0 { broken.resumptions -= 1 }
    return goOn(or: fault, at: now, isDown: isDown)
  }

  /// Has somebody go on with a broken stream, or holds it until somebody can.
  mutating func goOn(or fault: Fault, at now: Instant, isDown: (PathID) -> Bool) -> Action {
    guard mayGoOn else { return fail(fault) }
    guard let candidate = continuation(isDown) else { return holdStream(at: now) ?? fail(fault) }
    broken.resumptions += 1
    broken.tried.append(ranked[candidate].path)
    return .resume(candidate: candidate)
  }

  /// Who goes on: the same backend over another uplink, since it has the prompt in its cache; else another
  /// backend; else the same one again.
  private func continuation(_ isDown: (PathID) -> Bool) -> Int? {
    let usable = ranked.indices.filter {
      let path = ranked[$0].path
      return mayGoOn(over: path) && !broken.tried.contains(path) && !isDown(path)
    }
    // Once it has been held, the path that broke last is as good as any other: the best is tried first.
    let others = broken.holds > 0 ? usable : usable.filter { ranked[$0].path != broken.path }
    return others.first { ranked[$0].path.backend == broken.path?.backend } ?? others.first
      ?? usable.first
  }

  /// Holds a broken stream: a link may be back soon, or the router find another way.
  ///
  /// The client's deadline bounds that only where it was to come yet when the stream broke: whoever has read
  /// on beyond it goes by something else.
  private mutating func holdStream(at now: Instant) -> Action? {
    guard let since = broken.since else { return nil }
    var limit = since + waits.brokenStream
    if deadline > since { limit = min(limit, deadline) }
    guard now < limit else { return nil }
    if let retryAt, retryAt > limit { return nil }
    let pause = waits.linkCheck * (1 << min(broken.holds, Self.mostDoublings))
    var until = min(now + pause, limit)
    if let retryAt, retryAt > now { until = min(until, retryAt) }
    broken.holds += 1
    broken.tried = []
    heldUntil = until
    return .hold(until: until)
  }

  /// A kept answer is there again: its next event is waited for, however long that takes.
  public mutating func reattached(_ number: Int, at now: Instant) {
    update(number) { attempt in
      attempt.phase = .streaming
      attempt.since = now
      attempt.isHeard = true
    }
    winner = number
    broken.since = nil
  }

  /// Whether a stream has been silent for so long that it is taken for stalled. What is usual is what was
  /// learned of the backend, and what this stream has done; each further stall takes twice as long, so that a
  /// slow model is not asked again and again.
  func isStalled(_ attempt: Live, at now: Instant) -> Bool {
    guard hasContent, mayGoOn, !isClientSlow, second == nil else { return false }
    switch attempt.phase {
    case .streaming: break
    case .waiting where isExact: break
    default: return false
    }
    let learnedMs = attempt.candidate < ranked.count ? ranked[attempt.candidate].longestGapMs : nil
    let usual = max(longestGap, .milliseconds(learnedMs ?? 0))
    let wait = max(waits.stall, usual * Self.stallFactor) * (1 << min(broken.stalls, 4))
    return now - attempt.since >= wait
  }
}

/// Time without a sign of any backend.
extension RequestStateMachine {
  /// When the client is told that no backend can be reached, if nothing is heard until then.
  var reachableUntil: Instant { silentSince + waits.unreachable }

  /// How long the connection of a candidate is waited for: as long as its path suggests, but so that the
  /// candidates after it have their share of the time in which something must be heard.
  func connectWait(for scored: RoutingDecision.Scored, at now: Instant) -> Duration {
    let usual = waits.connect(pathMs: scored.pathMs)
    guard !hasContent else { return usual }
    let left = 1 + (cursor..<max(cursor, ranked.count)).count(where: isUntried)
    let rest = max(.zero, reachableUntil - now)
    return min(usual, rest, max(rest / left, Self.leastConnectWait))
  }

  /// Less than this is no chance for any link.
  private static let leastConnectWait = Duration.milliseconds(750)

  /// Takes note of when the last sign of life was. An outage is known about ``Waits/outage`` after it began.
  mutating func noteSilence(after attempt: Live, _ fault: Fault, at now: Instant) {
    if !fault.isOfLink {
      silentSince = now
    } else if attempt.isHeard {
      let known = attempt.downSince ?? now
      silentSince = max(silentSince, known + (.zero - waits.outage))
    }
  }
}
