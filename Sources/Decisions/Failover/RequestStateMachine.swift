/// Where a request stands between its arrival and its end, apart from all I/O and clocks.
///
/// It tries candidates in order until one answers, within the client's deadline, at most two at a time:
/// a *hedge* may run beside the first attempt. Whichever brings content first wins, and the other is
/// cancelled. Until the first byte of content has gone to the client another candidate can take over,
/// even after a stream's head and comments have gone; after it a stream can be continued where whoever
/// carries this out knows how, or else only be broken off. While no link leads anywhere the request is
/// held for a little, and decided anew.
///
/// Attempts are named by their number, in order of their beginnings from 0. Each that begins ends once:
/// by ``failed(_:_:wasStale:at:isDown:)``, by an action ``Action/cancel(attempt:)``, or with the request.
public struct RequestStateMachine: Sendable {
  /// What an attempt is waiting for.
  public enum Phase: Sendable, Equatable {
    /// Until the connection stands.
    case connecting
    /// Until the answer's head, and of a stream its first content.
    case waiting
    /// Receiving an answer that is no stream.
    case receiving
    /// Receiving an error that makes the next candidate's turn.
    case receivingError
    /// Its events are going to the client.
    case streaming
  }

  /// What to do next.
  public enum Action: Sendable, Equatable {
    /// Try a candidate; over a new connection if `fresh`.
    case open(candidate: Int, fresh: Bool)
    /// Try a candidate beside the attempt under way, if there is budget for it.
    case hedge(candidate: Int)
    /// Continue a stream that broke, with a candidate.
    case resume(candidate: Int)
    /// End an attempt: another one has brought content.
    case cancel(attempt: Int)
    /// Wait: there is no way anywhere now, and may soon be.
    case hold(until: Instant)
    /// Have the router decide again, and say what by ``decided(_:retryAt:at:isDown:)``.
    case decideAgain
    /// Answer with an error: no candidate is left, or no time.
    case giveUp(Fault)
    /// Tell the client within its stream that it failed.
    case breakStream(Fault)
  }

  /// What a moment brings.
  public enum Tick: Sendable, Equatable {
    /// Nothing is due.
    case nothing
    /// Send a comment, after a stream's head if `begins`.
    case heartbeat(begins: Bool)
    /// An attempt has run out of time: it fails.
    case expired(attempt: Int, Fault)
    /// Something is to be done.
    case act(Action)
    /// The links of the attempts are to be looked at: call ``checkLinks(at:isDown:)``.
    case checkLinks
  }

  /// An attempt under way.
  struct Live: Sendable {
    let number: Int
    let path: PathID
    let candidate: Int
    let connectWait: Duration
    var phase = Phase.connecting
    /// When the present wait began.
    var since: Instant
    /// Since when its link is known to be down.
    var downSince: Instant?
    /// Whether anything has been heard from the other end: a new connection that stands counts, a kept one
    /// may be dead.
    var isHeard = false
  }

  let isStream: Bool
  let isUnsafe: Bool
  /// When the client gives up.
  public let deadline: Instant
  let waits: Waits
  var ranked: [RoutingDecision.Scored] = []
  var retryAt: Instant?
  /// The first candidate that has not been looked at.
  var cursor = 0
  /// Candidates that were tried out of order.
  var outOfOrder: [Int] = []
  var hedge: HedgePlan?
  var hedgeAt: Instant?
  /// The candidate that has had a second chance over a new connection.
  var retriedFresh: Int?
  /// Backends whose own fault it was: they are not tried over another uplink either.
  var passedOver: [String] = []
  var first: Live?
  var second: Live?
  var heldUntil: Instant?
  /// When links began to fail this request.
  var trouble: Instant?
  var lastFault: Fault?
  /// Since when nothing has been heard from any backend, as far as is known.
  var silentSince: Instant
  var broken = BrokenStream()
  var nextLinkCheck = Instant.distantFuture
  var nextHeartbeat: Instant
  var isClientSlow = false

  /// How many attempts have begun.
  public private(set) var attempts = 0
  /// The attempt whose answer the client gets, as far as is decided.
  public internal(set) var winner: Int?
  /// Whether the head of a stream has gone to the client.
  public internal(set) var hasBegun = false
  /// Whether content has gone to the client.
  public internal(set) var hasContent = false
  /// How the stream can be gone on with if it breaks now; whoever carries actions out says so.
  public var continuance = Continuance.none
  /// The longest that the stream's content has been silent between two events.
  public internal(set) var longestGap = Duration.zero
  /// Whether the request is over.
  public internal(set) var isOver = false

  /// Creates the state of a request that has just arrived.
  ///
  /// - Parameters:
  ///   - isStream: Whether the client asked for a stream.
  ///   - isUnsafe: Whether doing it twice would do harm: nothing is tried beside another attempt, or
  ///     after one that a backend may have seen.
  ///   - deadline: When the client gives up.
  ///   - waits: The waits to bound.
  ///   - now: The moment.
  public init(
    isStream: Bool, isUnsafe: Bool = false, deadline: Instant, waits: Waits, now: Instant
  ) {
    self.isStream = isStream
    self.isUnsafe = isUnsafe
    self.deadline = deadline
    self.waits = waits
    silentSince = now
    nextHeartbeat = now + waits.heartbeat
  }

  /// The router has decided: for the first time, or again.
  ///
  /// - Parameters:
  ///   - decision: What it decided.
  ///   - retryAt: ``RoutingDecision/retryAt`` on the clock of `now`.
  ///   - isDown: Whether the link of a path is known to be down.
  public mutating func decided(
    _ decision: RoutingDecision, retryAt: Instant?, at now: Instant, isDown: (PathID) -> Bool
  ) -> Action? {
    guard !isOver else { return nil }
    ranked = decision.ranked
    self.retryAt = retryAt
    // What is under way needs no second try.
    cursor = first != nil && first?.path == ranked.first?.path ? 1 : 0
    outOfOrder = []
    retriedFresh = nil
    hedge = attempts == 0 && !isUnsafe ? decision.hedge : nil
    heldUntil = nil
    guard first == nil else { return nil }
    if hasContent { return goOn(or: lastFault ?? .linkNoPath, at: now, isDown: isDown) }
    return openNext(or: lastFault, at: now, isDown: isDown)
  }

  /// An attempt has begun; gives its number.
  public mutating func opened(candidate: Int, isHedge: Bool = false, at now: Instant) -> Int {
    let scored = ranked[candidate]
    let live = Live(
      number: attempts, path: scored.path, candidate: candidate,
      connectWait: connectWait(for: scored, at: now), since: now)
    if attempts == 0, let hedge, hedge.candidate < ranked.count {
      hedgeAt = now + hedge.delay
    }
    if isHedge { outOfOrder.append(candidate) }
    if first == nil { first = live } else { second = live }
    attempts += 1
    nextLinkCheck = now + waits.linkCheck
    return live.number
  }

  /// The connection stands, or the request has been sent: the wait for an answer begins (anew).
  ///
  /// - Parameter isNew: Whether the connection is new, so that the other end has just been heard; a kept
  ///   one may have died meanwhile.
  public mutating func awaitAnswer(_ number: Int, isNew: Bool = true, at now: Instant) {
    update(number) { attempt in
      guard attempt.phase == .connecting || attempt.phase == .waiting else { return }
      attempt.phase = .waiting
      attempt.since = now
      attempt.isHeard = isNew
    }
    if isNew { silentSince = now }
  }

  /// The other end has been heard, which is no progress yet: the head of a stream.
  public mutating func heard(_ number: Int, at now: Instant) {
    update(number) { $0.isHeard = true }
    silentSince = now
  }

  /// The head of an answer that is no stream has come. An answer to be passed on wins.
  public mutating func receivedHead(
    _ number: Int, isError: Bool, at now: Instant
  ) -> Action? {
    update(number) { attempt in
      attempt.phase = isError ? .receivingError : .receiving
      attempt.since = now
      attempt.isHeard = true
    }
    silentSince = now
    return isError ? nil : win(number)
  }

  /// More of an answer has come, or a sign that one is coming.
  public mutating func progressed(_ number: Int, at now: Instant) {
    update(number) { attempt in
      if attempt.phase != .receivingError { attempt.since = now }
    }
  }

  /// The first content of a stream has come: the attempt wins.
  public mutating func receivedContent(_ number: Int, at now: Instant) -> Action? {
    update(number) { attempt in
      attempt.phase = .streaming
      attempt.since = now
      attempt.isHeard = true
    }
    return win(number)
  }

  /// An event of the winner goes to the client. True for the first one if the head has to go before it.
  public mutating func forwardEvent(_ number: Int, at now: Instant) -> Bool {
    let begins = !hasBegun
    hasBegun = true
    hasContent = true
    var gap = Duration.zero
    update(number) { attempt in
      if attempt.phase == .streaming { gap = now - attempt.since }
      attempt.since = now
    }
    if gap > longestGap { longestGap = gap }
    broken.mend(exactly: isExact)
    return begins
  }

  /// The client reads slower than the stream comes, or has caught up.
  public mutating func clientIsSlow(_ isSlow: Bool, at now: Instant) {
    isClientSlow = isSlow
    if let winner { update(winner) { $0.since = now } }
  }

  /// The client has the whole answer, or has left. False if it was over already.
  public mutating func finish() -> Bool {
    defer { close() }
    return !isOver
  }

  /// What an attempt is waiting for; `nil` if it is over.
  public func phase(of number: Int) -> Phase? { live(number)?.phase }

  /// Whether events are going to the client.
  public var isStreaming: Bool { first?.phase == .streaming || second?.phase == .streaming }
}
