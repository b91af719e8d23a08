import Orbits

/// What is known of the links themselves.
extension Knowledge {
  /// The changes that an observation caused.
  public struct Changes: Sendable {
    /// Paths over which a backend became healthy or unhealthy.
    public var health: [(path: PathID, transition: HealthTransition)] = []
    /// The uplink that went down or came back.
    public var link: (uplink: String, transition: LinkTransition)?

    /// Whether there are none.
    public var isEmpty: Bool { health.isEmpty && link == nil }
  }

  /// How long nothing may be heard over a link that requests are under way on, before it is probed, seconds.
  public static let patienceSeconds = 1.0

  /// What an uplink is taken for; `nil` for one that there is none of.
  public func link(_ uplink: String) -> LinkState? { links[uplink] }

  /// Whether the link that `path` leads over is known to be down at `time`: nobody behind it answers, or the
  /// forecast has no route.
  public func isDown(_ path: PathID, at time: UTC) -> Bool { !isLinkUp(path, at: time) }

  /// Requests under way over an uplink.
  public func requestsUnderWay(over uplink: String) -> Int {
    places.standing(ofUplink: uplink)?.taken ?? 0
  }

  /// Whether an uplink is to be probed at `time`: because it is suspect or down, or because requests are under
  /// way on it and nothing has been heard of it for a while.
  public func isToBeProbed(_ uplink: String, at time: UTC) -> Bool {
    guard let link = links[uplink] else { return false }
    if link.condition != .up { return true }
    guard requestsUnderWay(over: uplink) > 0 else { return false }
    return link.lastHeard.map { time.seconds(since: $0) >= Self.patienceSeconds } ?? true
  }

  /// Takes in what the terminal of an uplink, or the machine's own network, says of it.
  public mutating func observe(uplink: String, saysDown reason: String, at time: UTC) -> Changes {
    var changes = Changes()
    if let turn = links[uplink]?.told(down: reason, at: time).transition {
      changes.link = (uplink, turn)
    }
    return changes
  }

  /// Takes in what a probe of an uplink found: it asks the machine behind `path`, and not the backend.
  public mutating func observeLink(
    _ path: PathID, isHeard: Bool, roundTripMs: Double? = nil, started: UTC, at time: UTC
  ) -> Changes {
    if isHeard { return heard(path, at: time) }
    guard hasRoute(path, at: time) else { return Changes() }
    return failed(path, .silence, reason: "no answer to a probe", started: started, at: time)
  }

  /// Something came back over `path`.
  mutating func heard(_ path: PathID, at time: UTC) -> Changes {
    guard let verdict = links[path.uplink]?.heard(over: path, at: time) else { return Changes() }
    return changes(verdict, uplink: path.uplink, reason: "silent over a link that is up", at: time)
  }

  /// Something over `path` failed: the link's doing where nothing came back and nobody else was heard since,
  /// else the backend's. Nothing is the backend's doing while the link is down.
  mutating func failed(
    _ path: PathID, _ sign: LinkSign, reason: String, started: UTC, at time: UTC
  ) -> Changes {
    if sign == .silence,
      let verdict = links[path.uplink]?
        .silent(over: path, started: started, reason: reason, at: time)
    {
      return changes(verdict, uplink: path.uplink, reason: reason, at: time)
    }
    var changes = sign == .life ? heard(path, at: time) : Changes()
    if links[path.uplink]?.condition == .down { return changes }
    blame(path, reason: reason, at: time, &changes)
    return changes
  }

  private mutating func changes(
    _ verdict: LinkState.Verdict, uplink: String, reason: String, at time: UTC
  ) -> Changes {
    var changes = Changes()
    if let turn = verdict.transition { changes.link = (uplink, turn) }
    for path in verdict.blamed { blame(path, reason: reason, at: time, &changes) }
    return changes
  }

  /// Counts a failure against a backend's health over a path.
  private mutating func blame(
    _ path: PathID, reason: String, at time: UTC, _ changes: inout Changes
  ) {
    if let turn = health[path]?.record(.failure(reason: reason), at: time) {
      changes.health.append((path, turn))
    }
  }
}

/// What a failure says of the link that it happened over.
enum LinkSign {
  /// Something came back from behind it, if only a refusal.
  case life
  /// Nothing came back, not even of the handshake.
  case silence
  /// It may be the link's doing or the backend's.
  case unclear
}

extension Fault {
  /// What this fault of an attempt says of the link.
  var linkSign: LinkSign {
    switch self {
    case .linkConnectTimeout, .linkUnreachable: .silence
    case .linkReset, .linkTimeout, .providerTimeout, .providerStalled: .unclear
    default: .life
    }
  }
}
