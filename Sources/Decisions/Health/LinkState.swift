import Orbits

/// A link went down, or came back.
public struct LinkTransition: Sendable, Equatable {
  /// Whether it is down now.
  public var isDown: Bool
  /// When.
  public var time: UTC
  /// By what it is known, in words; `nil` for a link that is back.
  public var reason: String?
}

/// Whether an uplink carries anything, whatever is known of the backends behind it: a pure state machine over
/// what was heard over it, and what was not.
///
/// Links and backends fail differently. A backend that is bad stays so for a while, and is ejected; a link that
/// is out is back within seconds, and at once. So silence, where nothing came back at all, speaks against the
/// link first. The first silence makes it *suspect*, and it is probed. Silence of a second path, or of the same
/// one where there is no other, means that it is *down*; one sign from anybody behind it that it is *up*, and
/// then those who were silent meanwhile are to blame themselves.
public struct LinkState: Sendable, Equatable {
  /// What a link is taken for.
  public enum Condition: String, Sendable {
    /// It carries what it is given.
    case up
    /// Somebody behind it did not answer.
    case suspect
    /// Nobody behind it answers.
    case down
  }

  /// What comes of an observation.
  public struct Verdict: Sendable, Equatable {
    /// The link's change, where this was one.
    public var transition: LinkTransition?
    /// The paths whose silence was their backends' own, each as often as it was silent.
    public var blamed: [PathID] = []
  }

  /// What it is taken for.
  public private(set) var condition = Condition.up
  /// Since when it has been so.
  public private(set) var since: UTC
  /// Why it is not up, in words; `nil` where it is.
  public private(set) var reason: String?
  /// When something was last heard over it; `nil` before the first time.
  public private(set) var lastHeard: UTC?

  /// Silences in a row that make a link suspect into one that is down.
  private static let silencesUntilDown = 2
  /// So many in a row do so whoever was silent: the other paths may not be there to be asked.
  private static let silencesOfAnyPath = 5
  private var paths: Int
  private var silences: [PathID] = []
  private var pastDownSeconds = 0.0

  /// A link that is up, with so many ways over it.
  public init(paths: Int, at time: UTC) {
    self.paths = max(1, paths)
    since = time
  }

  /// How long it was down so far, the time until `time` included, seconds.
  public func downSeconds(at time: UTC) -> Double {
    pastDownSeconds + (condition == .down ? max(0, time.seconds(since: since)) : 0)
  }

  /// The same link with another number of ways over it.
  func leading(paths: Int) -> LinkState {
    var state = self
    state.paths = max(1, paths)
    return state
  }

  /// Something came back over `path`: an answer, a refusal, an end of the connection that the far side made.
  public mutating func heard(over path: PathID, at time: UTC) -> Verdict {
    lastHeard = max(lastHeard ?? time, time)
    guard condition != .up else { return Verdict() }
    let wasDown = condition == .down
    pastDownSeconds = downSeconds(at: time)
    // What was silent while nothing came through is no backend's fault.
    let blamed = wasDown ? [] : silences.filter { $0 != path }
    condition = .up
    since = time
    reason = nil
    silences = []
    return Verdict(
      transition: wasDown ? LinkTransition(isDown: false, time: time) : nil, blamed: blamed)
  }

  /// Nothing came back over `path` in time.
  ///
  /// - Parameter started: When what was not answered was sent; where something was heard since, the link is not
  ///   to blame.
  public mutating func silent(
    over path: PathID, started: UTC, reason: String, at time: UTC
  ) -> Verdict {
    if condition == .down { return Verdict() }
    if condition == .up, let lastHeard, lastHeard > started { return Verdict(blamed: [path]) }
    silences.append(path)
    if condition == .up {
      condition = .suspect
      since = time
      self.reason = reason
    }
    let isWide =
      silences.count >= Self.silencesUntilDown
      && Set(silences).count >= min(Self.silencesUntilDown, paths)
    guard isWide || silences.count >= Self.silencesOfAnyPath else { return Verdict() }
    return goDown(reason, at: time)
  }

  /// The machine's own network, or the link's terminal, says that there is no link.
  public mutating func told(down reason: String, at time: UTC) -> Verdict {
    condition == .down ? Verdict() : goDown(reason, at: time)
  }

  private mutating func goDown(_ reason: String, at time: UTC) -> Verdict {
    condition = .down
    since = time
    self.reason = reason
    silences = []
    return Verdict(transition: LinkTransition(isDown: true, time: time, reason: reason))
  }
}
