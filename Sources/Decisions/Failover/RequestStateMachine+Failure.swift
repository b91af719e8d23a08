/// What comes after an attempt that failed.
extension RequestStateMachine {
  /// An attempt failed.
  ///
  /// - Parameters:
  ///   - wasStale: The connection was a kept one and died before any byte of an answer. The same
  ///     candidate then gets one more chance over a new connection: the backend may just have closed the
  ///     old one, which says nothing about it.
  ///   - isDown: Whether the link of a path is known to be down.
  public mutating func failed(
    _ number: Int, _ fault: Fault, wasStale: Bool, at now: Instant, isDown: (PathID) -> Bool
  ) -> Action? {
    guard !isOver, let attempt = remove(number) else { return nil }
    lastFault = fault
    if winner == number {
      winner = nil
      // Whether the client keeps up is seen anew when the stream goes on.
      isClientSlow = false
    }
    if fault.isOfBackend { passedOver.append(attempt.path.backend) }
    if fault.isOfLink { noteTrouble(attempt, fault, at: now) }
    noteSilence(after: attempt, fault, at: now)
    if hasContent { return goOn(after: attempt, fault, at: now, isDown: isDown) }
    // The other one goes on alone.
    guard first == nil else { return nil }
    if isUnsafe, attempt.phase != .connecting { return fail(fault) }
    if wasStale, now < deadline, retriedFresh != attempt.candidate,
      attempt.candidate < ranked.count, ranked[attempt.candidate].path == attempt.path
    {
      retriedFresh = attempt.candidate
      return .open(candidate: attempt.candidate, fresh: true)
    }
    hedgeAt = nil
    return openNext(or: fault, at: now, isDown: isDown)
  }

  /// There is no budget for another attempt.
  public mutating func denied() -> Action? {
    isOver ? nil : fail(lastFault ?? .linkNoPath)
  }

  /// Tries the next candidate; where there is none, waits for one if links are to blame, or gives up.
  mutating func openNext(
    or fault: Fault?, at now: Instant, isDown: (PathID) -> Bool
  ) -> Action {
    guard now < deadline else { return fail(fault ?? .callerDeadline) }
    guard now < reachableUntil else { return fail(fault ?? .linkOutage) }
    var isCutOff = ranked.isEmpty
    while cursor < ranked.count {
      let candidate = cursor
      cursor += 1
      guard isUntried(candidate) else { continue }
      if isDown(ranked[candidate].path) {
        isCutOff = true
      } else {
        return .open(candidate: candidate, fresh: isUnsafe)
      }
    }
    if isCutOff { noteTrouble(began: now) }
    return hold(at: now) ?? fail(fault ?? (ranked.isEmpty ? .linkNoPath : .linkOutage))
  }

  func isUntried(_ candidate: Int) -> Bool {
    !outOfOrder.contains(candidate)
      && (passedOver.isEmpty || !passedOver.contains(ranked[candidate].path.backend))
  }

  /// Whether no candidate is left to try.
  var isExhausted: Bool { !(cursor..<ranked.count).contains(where: isUntried) }
}

/// Links that are down.
extension RequestStateMachine {
  /// Two troubles further apart than this are two outages.
  private static let outagesApart = Duration.seconds(5)

  private mutating func noteTrouble(_ attempt: Live, _ fault: Fault, at now: Instant) {
    noteTrouble(
      began: attempt.downSince ?? (fault == .linkConnectTimeout ? attempt.since : now))
  }

  private mutating func noteTrouble(began: Instant) {
    if let trouble, trouble + Self.outagesApart >= began { return }
    trouble = began
  }

  /// Waits for a link, unless that has lasted too long already or is known to.
  private mutating func hold(at now: Instant) -> Action? {
    guard let trouble, now < trouble + waits.outage, now < reachableUntil else { return nil }
    if let retryAt, retryAt > trouble + waits.outage { return nil }
    var until = min(now + waits.linkCheck, trouble + waits.outage, reachableUntil)
    if let retryAt, retryAt > now { until = min(until, retryAt) }
    heldUntil = until
    return .hold(until: until)
  }

  /// Looks at the links of the attempts that have brought nothing yet.
  ///
  /// One that is known to be down fails at once if there is another way. If there is none, the attempt is
  /// left to ride the outage out: what was sent is not lost, and TCP sends again what was. A stream that has
  /// stalled is left, too, where it can be gone on with.
  public mutating func checkLinks(at now: Instant, isDown: (PathID) -> Bool) -> Tick {
    guard let attempt = first else { return .nothing }
    if isStalled(attempt, at: now), isExact || hasOtherWay(than: attempt, isDown) {
      broken.stalls += 1
      return .expired(attempt: attempt.number, .providerStalled)
    }
    let firstIsDown = note(attempt, isDown(attempt.path), at: now)
    if let second {
      let secondIsDown = note(second, isDown(second.path), at: now)
      // The one whose link is up goes on; the other may still recover.
      guard firstIsDown, secondIsDown else { return .nothing }
    }
    guard firstIsDown, let down = live(attempt.number) else { return .nothing }
    let isSent = down.phase != .connecting
    let canLeave = hasContent ? mayGoOn : !(isUnsafe && isSent)
    if canLeave, hasOtherWay(than: down, isDown) {
      return .expired(attempt: down.number, .linkOutage)
    }
    if hasContent, !mayGoOn { return .nothing }
    if let since = down.downSince, now >= since + waits.outage {
      return .expired(attempt: down.number, .linkOutage)
    }
    return .act(.decideAgain)
  }

  private mutating func note(_ attempt: Live, _ isDown: Bool, at now: Instant) -> Bool {
    update(attempt.number) { $0.downSince = isDown ? $0.downSince ?? now : nil }
    return isDown
  }

  private func hasOtherWay(than attempt: Live, _ isDown: (PathID) -> Bool) -> Bool {
    if hasContent {
      return ranked.contains {
        $0.path != attempt.path && mayGoOn(over: $0.path) && !isDown($0.path)
      }
    }
    return (cursor..<ranked.count).contains {
      isUntried($0) && ranked[$0].path != attempt.path && !isDown(ranked[$0].path)
    }
  }
}
