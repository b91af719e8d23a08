/// What time brings.
extension RequestStateMachine {
  /// A stream whose link is down is let alone for this long after its last event.
  private static let quietStream = Duration.seconds(1)

  /// When to call ``tick(at:)`` next.
  public var nextWake: Instant? {
    guard !isOver else { return nil }
    if let heldUntil { return earliest(hasContent ? heldUntil : min(heldUntil, deadline)) }
    guard let first else { return nil }
    var wake = expiry(of: first).time
    if let second { wake = min(wake, expiry(of: second).time) }
    if !hasContent { wake = min(wake, deadline) }
    if let hedgeAt { wake = min(wake, hedgeAt) }
    return earliest(min(wake, linkCheck(of: first)))
  }

  private func earliest(_ wake: Instant) -> Instant { beats ? min(wake, nextHeartbeat) : wake }

  /// What is due. To be called again until nothing is.
  public mutating func tick(at now: Instant) -> Tick {
    guard !isOver else { return .nothing }
    if let heldUntil {
      if !hasContent, now >= deadline { return .act(fail(.callerDeadline)) }
      if now >= heldUntil {
        self.heldUntil = nil
        return .act(.decideAgain)
      }
      return heartbeat(at: now)
    }
    guard let first else { return .nothing }
    if let expired = expired(first, at: now) ?? second.flatMap({ expired($0, at: now) }) {
      return expired
    }
    if let action = hedge(at: now) { return .act(action) }
    if now >= linkCheck(of: first) {
      nextLinkCheck = now + waits.linkCheck
      return .checkLinks
    }
    return heartbeat(at: now)
  }

  private func expired(_ attempt: Live, at now: Instant) -> Tick? {
    let expiry = expiry(of: attempt)
    if !hasContent, now >= deadline, deadline < expiry.time {
      return .expired(attempt: attempt.number, .callerDeadline)
    }
    return now >= expiry.time ? .expired(attempt: attempt.number, expiry.fault) : nil
  }

  private mutating func hedge(at now: Instant) -> Action? {
    guard let due = hedgeAt, now >= due else { return nil }
    hedgeAt = nil
    guard let hedge, second == nil, let first,
      first.phase == .connecting || first.phase == .waiting, first.candidate != hedge.candidate,
      hedge.candidate >= cursor, isUntried(hedge.candidate)
    else { return nil }
    return .hedge(candidate: hedge.candidate)
  }

  private mutating func heartbeat(at now: Instant) -> Tick {
    guard beats, now >= nextHeartbeat else { return .nothing }
    nextHeartbeat = now + waits.heartbeat
    let begins = !hasBegun
    hasBegun = true
    return .heartbeat(begins: begins)
  }

  /// Whether comments keep the client's connection alive: also while a model thinks and nothing of that is
  /// for the client.
  private var beats: Bool { isStream && !(isStreaming && hasContent) }

  /// When the links of the attempts are to be looked at next.
  private func linkCheck(of attempt: Live) -> Instant {
    switch attempt.phase {
    case .connecting, .waiting: nextLinkCheck
    case .streaming where mayGoOn: max(nextLinkCheck, attempt.since + Self.quietStream)
    default: .distantFuture
    }
  }

  /// When an attempt's present wait is over, and whose fault that is.
  private func expiry(of attempt: Live) -> (time: Instant, fault: Fault) {
    let since = attempt.since
    return switch attempt.phase {
    case .connecting: (since + attempt.connectWait, .linkConnectTimeout)
    case .waiting: (mayWait ? .distantFuture : since + waits.firstByte, .providerTimeout)
    case .receiving: (since + waits.idle, .providerStalled)
    case .receivingError: (since + waits.errorBody, .providerStalled)
    case .streaming: (since + waits.idle, isClientSlow ? .callerStalled : .providerStalled)
    }
  }

  /// Whether an answer may take until the client's deadline: nobody is left who could take over.
  private var mayWait: Bool { second == nil && isExhausted && !hasContent }
}
