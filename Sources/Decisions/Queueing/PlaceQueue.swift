import Fleet

/// Who may go to a backend now, who waits for a place there, and who had better come back later.
///
/// A backend has so many places, declared or learned, and an uplink has where it is declared. A request
/// takes a free place on the best of its paths; where there is none it waits, for as long as its client
/// does, and no longer than a bound. Places that become free go to the highest priority first, within one
/// priority to the caller who had the least lately, and each eighth to whoever has waited longest, so that
/// nobody starves. A queue that has not been empty for a while is no burst but a standing one, which makes
/// everybody late and serves nobody more (CoDel; RFC 8289): then waits are cut short until it has emptied.
///
/// A value: time is an argument, and what is granted is returned.
public struct PlaceQueue: Sendable {
  /// Bounds on waiting.
  public struct Settings: Sendable, Equatable {
    /// Requests that may wait for one backend.
    public var length = 256
    /// How long one may wait.
    public var longestWait: Duration = .seconds(30)
    /// How long one may wait in a standing queue.
    public var target: Duration = .seconds(3)
    /// After how long without being empty a queue counts as standing.
    public var standing: Duration = .seconds(10)

    /// The defaults.
    public init() {}
  }

  /// A request that wants a place.
  public struct Request: Sendable {
    /// Whose it is; requests without a key share one name.
    public var caller: String
    /// Its class.
    public var priority: Priority
    /// The paths it could take, best first.
    public var paths: [PathID]
    /// When its client gives up.
    public var deadline: Instant

    /// Creates a request for a place.
    public init(caller: String, priority: Priority, paths: [PathID], deadline: Instant) {
      self.caller = caller
      self.priority = priority
      self.paths = paths
      self.deadline = deadline
    }
  }

  /// What becomes of a request that asks for a place.
  public enum Entry: Sendable, Equatable {
    /// It has one.
    case place(PathID)
    /// It waits; ``leave(_:)`` and ``expired(_:at:)`` take it out again.
    case waits(Ticket, until: Instant)
    /// There is no point in waiting; a place is likely after so many seconds.
    case refused(seconds: Double)
  }

  /// The number of a request that waits.
  public typealias Ticket = UInt64

  /// A place for one that has waited.
  public struct Grant: Sendable, Equatable {
    /// Who.
    public var ticket: Ticket
    /// Where.
    public var path: PathID
  }

  private struct Waiter: Sendable {
    var ticket: Ticket
    var request: Request
    var arrived: Instant
    var expires: Instant
    /// The caller's turn: its requests are a step apart, so callers alternate.
    var turn: Double
  }

  /// Each so many-th place goes to whoever has waited longest.
  static let eldestEvery = 8

  private let settings: Settings
  private var backends: [String: Places]
  private var uplinks: [String: Places]
  private var waiters: [Waiter] = []
  private var tickets: Ticket = 0
  private var turn = 0.0
  private var turns: [String: Double] = [:]
  private var grants = 0

  /// A queue with the places that are declared; other backends' are learned, other uplinks have no bound.
  public init(
    settings: Settings = Settings(), backendPlaces: [String: Int] = [:],
    uplinkPlaces: [String: Int] = [:]
  ) {
    self.settings = settings
    backends = backendPlaces.mapValues { Places(declared: $0) }
    uplinks = uplinkPlaces.mapValues { Places(declared: $0) }
  }

  /// Requests that wait.
  public var count: Int { waiters.count }

  /// Requests that wait and could go to a backend.
  public func waiting(for backend: String) -> Int {
    waiters.count { $0.request.paths.contains { $0.backend == backend } }
  }

  /// The places of a backend, and how many are taken; `nil` for one that was never asked for.
  public func places(of backend: String) -> (all: Int, taken: Int)? {
    backends[backend].map { ($0.limit, $0.taken) }
  }
}

// MARK: Requests

extension PlaceQueue {
  /// A request asks for a place.
  public mutating func enter(_ request: Request, at time: Instant) -> Entry {
    // Those who wait already go first, unless all of them want to go elsewhere.
    if let path = request.paths.first(where: isFree), waiters.isEmpty || !isWanted(path) {
      take(path)
      return .place(path)
    }
    guard let best = request.paths.first else { return .refused(seconds: 1) }
    let ahead = waiters.count { waiter in
      waiter.request.priority >= request.priority
        && waiter.request.paths.contains { $0.backend == best.backend }
    }
    let expectedSeconds = expectedWait(ahead: ahead, for: best.backend)
    let isFull = waiting(for: best.backend) >= settings.length
    let longest = longestWait(for: best.backend, at: time)
    let until = min(time + longest, request.deadline)
    let patience = Double(until.nanoseconds - time.nanoseconds) / 1e9
    guard !isFull, expectedSeconds <= patience else {
      return .refused(seconds: max(1, expectedSeconds))
    }
    tickets += 1
    let mine = max(turn, turns[request.caller] ?? 0) + 1
    turns[request.caller] = mine
    if waiting(for: best.backend) == 0 { backends[best.backend]?.busySince = time }
    waiters.append(
      Waiter(ticket: tickets, request: request, arrived: time, expires: until, turn: mine))
    return .waits(tickets, until: until)
  }

  /// A request that waits is taken out: its client has left.
  public mutating func leave(_ ticket: Ticket) {
    waiters.removeAll { $0.ticket == ticket }
    forgetIfEmpty()
  }

  /// A request has waited for as long as it may: takes it out and says when to come back.
  public mutating func expired(_ ticket: Ticket, at time: Instant) -> Double {
    let backend = waiters.first { $0.ticket == ticket }?.request.paths.first?.backend
    leave(ticket)
    return max(1, backend.map { expectedWait(ahead: waiting(for: $0), for: $0) } ?? 1)
  }

  /// How long one more request would wait for a place, seconds: those ahead of it, each for as long as
  /// places are held on average, spread over the places there are.
  private func expectedWait(ahead: Int, for backend: String) -> Double {
    guard let places = backends[backend] else { return 1 }
    return Double(ahead + 1) * places.heldSeconds / Double(max(1, places.limit))
  }

  private func longestWait(for backend: String, at time: Instant) -> Duration {
    guard let since = backends[backend]?.busySince else { return settings.longestWait }
    let busy = Duration.nanoseconds(time.nanoseconds - since.nanoseconds)
    return busy > settings.standing ? settings.target : settings.longestWait
  }

  private mutating func forgetIfEmpty() {
    guard waiters.isEmpty else {
      for name in backends.keys where backends[name]?.busySince != nil && waiting(for: name) == 0 {
        backends[name]?.busySince = nil
      }
      return
    }
    turns = [:]
    turn = 0
    for name in backends.keys { backends[name]?.busySince = nil }
  }
}

// MARK: Places

extension PlaceQueue {
  /// An attempt begins that has no place yet: a retry or a second copy. It takes one, free or not.
  public mutating func take(_ path: PathID) {
    backends[path.backend, default: Places()].taken += 1
    if uplinks[path.uplink] != nil { uplinks[path.uplink]?.taken += 1 }
  }

  /// What an attempt tells about its backend, once it is over.
  public struct Outcome: Sendable {
    /// For how long it had its place.
    public var held: Duration
    /// The kind of request, and its time to the first byte less the path's share, milliseconds.
    public var service: (kind: ConcurrencyLimit.ServiceClass, milliseconds: Double)?
    /// Whether the backend said that it has too much.
    public var isOverload: Bool

    /// Creates an outcome.
    public init(
      held: Duration, service: (kind: ConcurrencyLimit.ServiceClass, milliseconds: Double)? = nil,
      isOverload: Bool = false
    ) {
      self.held = held
      self.service = service
      self.isOverload = isOverload
    }
  }

  /// An attempt is over and its place is free.
  ///
  /// - Returns: Who of those that wait goes now.
  public mutating func free(_ path: PathID, _ outcome: Outcome?, at time: Instant) -> [Grant] {
    backends[path.backend]?.end(outcome, at: time)
    if let taken = uplinks[path.uplink]?.taken { uplinks[path.uplink]?.taken = max(0, taken - 1) }
    return waiters.isEmpty ? [] : grant(at: time)
  }

  private mutating func grant(at time: Instant) -> [Grant] {
    var granted: [Grant] = []
    while let (index, path) = next(at: time) {
      let waiter = waiters.remove(at: index)
      turn = max(turn, waiter.turn - 1)
      grants += 1
      take(path)
      granted.append(Grant(ticket: waiter.ticket, path: path))
    }
    if !granted.isEmpty { forgetIfEmpty() }
    return granted
  }

  /// Whose turn it is, of those who could go.
  private func next(at time: Instant) -> (index: Int, path: PathID)? {
    let isEldests = (grants + 1) % Self.eldestEvery == 0
    var best: (index: Int, path: PathID)?
    for (index, waiter) in waiters.enumerated() where waiter.expires > time {
      guard let path = waiter.request.paths.first(where: isFree) else { continue }
      // In order of arrival, so the first is the eldest.
      if isEldests { return (index, path) }
      guard let current = best.map({ waiters[$0.index] }) else {
        best = (index, path)
        continue
      }
      let (a, b) = (waiter.request.priority, current.request.priority)
      if a > b || (a == b && waiter.turn < current.turn) { best = (index, path) }
    }
    return best
  }

  private func isFree(_ path: PathID) -> Bool {
    (backends[path.backend]?.isFree ?? true) && (uplinks[path.uplink]?.isFree ?? true)
  }

  private func isWanted(_ path: PathID) -> Bool {
    waiters.contains { $0.request.paths.contains(path) }
  }
}
