/// Where a request stands between its arrival and its end, apart from all I/O and clocks.
///
/// It tries candidates in order until one answers, within the client's deadline. Until the first byte
/// of an answer's body has gone to the client another candidate can take over, even after a stream's
/// head and comments have gone; after it, a failure can only be told.
public struct RequestStateMachine: Sendable {
  /// The waits it bounds.
  public struct Waits: Sendable, Equatable {
    /// For a connection.
    public var connect: Duration
    /// From a request's last byte to the answer's first, while another candidate is left to try.
    public var firstByte: Duration
    /// Between two signs of an answer that has begun.
    public var idle: Duration
    /// How long a stream may be silent before its first event until a comment is sent, and how often.
    public var heartbeat: Duration
    /// For the body of an error that is going to be passed over anyway.
    public var errorBody: Duration

    /// What a gateway waits where nobody has said otherwise.
    public static let standard = Waits(
      connect: .seconds(5), firstByte: .seconds(120), idle: .seconds(120), heartbeat: .seconds(5))

    /// Creates bounds.
    public init(
      connect: Duration, firstByte: Duration, idle: Duration, heartbeat: Duration,
      errorBody: Duration = .seconds(5)
    ) {
      self.connect = connect
      self.firstByte = firstByte
      self.idle = idle
      self.heartbeat = heartbeat
      self.errorBody = errorBody
    }
  }

  /// What is being waited for.
  public enum Phase: Sendable, Equatable {
    /// Before the first attempt, or between two.
    case idle
    /// Until the connection stands.
    case connecting
    /// Until the answer's head, and of a stream its first event.
    case waiting
    /// Receiving an answer that is no stream.
    case receiving
    /// Receiving an error that makes the next candidate's turn.
    case receivingError
    /// Events are going to the client.
    case streaming
    /// Over.
    case done
  }

  /// What to do next.
  public enum Action: Sendable, Equatable {
    /// Try a candidate; over a new connection if `fresh`.
    case open(candidate: Int, fresh: Bool)
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
    /// The attempt has run out of time.
    case expired(Fault)
  }

  /// What is being waited for.
  public private(set) var phase = Phase.idle
  /// Whether the head of a stream has gone to the client.
  public private(set) var hasBegun = false
  private let candidates: Int
  private let isStream: Bool
  private let deadline: Instant
  private let waits: Waits
  private var candidate = 0
  private var hasRetriedFresh = false
  private var isClientSlow = false
  /// When the present wait began.
  private var since: Instant
  private var nextHeartbeat: Instant

  /// Creates the state of a request that has just arrived.
  ///
  /// - Parameters:
  ///   - candidates: How many there are to try.
  ///   - isStream: Whether the client asked for a stream.
  ///   - deadline: When the client gives up.
  ///   - waits: The waits to bound.
  ///   - now: The moment.
  public init(
    candidates: Int, isStream: Bool, deadline: Instant, waits: Waits, now: Instant
  ) {
    self.candidates = candidates
    self.isStream = isStream
    self.deadline = deadline
    self.waits = waits
    since = now
    nextHeartbeat = now + waits.heartbeat
  }

  /// Begins with the best candidate.
  public mutating func start() -> Action {
    if candidates > 0 { return .open(candidate: 0, fresh: false) }
    phase = .done
    return .giveUp(.linkNoPath)
  }

  /// An attempt has begun.
  public mutating func opened(at now: Instant) { enter(.connecting, now) }

  /// The connection stands, or the request has been sent: the wait for an answer begins (anew).
  public mutating func awaitAnswer(at now: Instant) {
    if phase == .connecting || phase == .waiting { enter(.waiting, now) }
  }

  /// The head of an answer that is no stream has come.
  public mutating func receivedHead(isError: Bool, at now: Instant) {
    enter(isError ? .receivingError : .receiving, now)
  }

  /// More of an answer has come.
  public mutating func progressed(at now: Instant) {
    if phase != .receivingError { since = now }
  }

  /// An event goes to the client. True for the first one if the head has to go before it.
  public mutating func forwardEvent(at now: Instant) -> Bool {
    let begins = !hasBegun
    hasBegun = true
    enter(.streaming, now)
    return begins
  }

  /// The client reads slower than the stream comes, or has caught up.
  public mutating func clientIsSlow(_ isSlow: Bool, at now: Instant) {
    isClientSlow = isSlow
    since = now
  }

  /// The attempt failed.
  ///
  /// - Parameter wasStale: The connection was a kept one and died before any byte of an answer. The
  ///   same candidate then gets one more chance over a new connection: the backend may just have closed
  ///   the old one, which says nothing about it.
  public mutating func failed(_ fault: Fault, wasStale: Bool, at now: Instant) -> Action? {
    switch phase {
    case .done: return nil
    case .streaming:
      phase = .done
      return .breakStream(fault)
    default: break
    }
    phase = .idle
    if now < deadline {
      if wasStale, !hasRetriedFresh {
        hasRetriedFresh = true
        return .open(candidate: candidate, fresh: true)
      }
      if candidate + 1 < candidates {
        candidate += 1
        hasRetriedFresh = false
        return .open(candidate: candidate, fresh: false)
      }
    }
    phase = .done
    return hasBegun ? .breakStream(fault) : .giveUp(fault)
  }

  /// The client has the whole answer, or has left. False if it was over already.
  public mutating func finish() -> Bool {
    defer { phase = .done }
    return phase != .done
  }

  private mutating func enter(_ next: Phase, _ now: Instant) {
    phase = next
    since = now
  }
}

extension RequestStateMachine {
  /// When to call ``tick(at:)`` next.
  public var nextWake: Instant? {
    guard phase != .idle, phase != .done else { return nil }
    var wake = phase == .streaming ? expiry.time : min(expiry.time, deadline)
    if beats { wake = min(wake, nextHeartbeat) }
    return wake
  }

  /// What is due.
  public mutating func tick(at now: Instant) -> Tick {
    guard phase != .idle, phase != .done else { return .nothing }
    let expiry = expiry
    if phase != .streaming, now >= deadline, deadline < expiry.time {
      return .expired(.callerDeadline)
    }
    if now >= expiry.time { return .expired(expiry.fault) }
    guard beats, now >= nextHeartbeat else { return .nothing }
    nextHeartbeat = now + waits.heartbeat
    let begins = !hasBegun
    hasBegun = true
    return .heartbeat(begins: begins)
  }

  /// Whether comments keep the client's connection alive in this phase.
  private var beats: Bool { isStream && phase != .streaming }

  /// When the present wait is over, and whose fault that is.
  private var expiry: (time: Instant, fault: Fault) {
    switch phase {
    case .idle, .done: (.distantFuture, .ownInternal)
    case .connecting: (since + waits.connect, .linkConnectTimeout)
    case .waiting: (isLast ? .distantFuture : since + waits.firstByte, .providerTimeout)
    case .receiving: (since + waits.idle, .providerStalled)
    case .receivingError: (since + waits.errorBody, .providerStalled)
    case .streaming: (since + waits.idle, isClientSlow ? .callerStalled : .providerStalled)
    }
  }

  /// Whether no candidate is left after this one.
  private var isLast: Bool { candidate + 1 >= candidates }
}
