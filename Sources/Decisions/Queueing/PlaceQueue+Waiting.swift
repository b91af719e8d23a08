import Fleet

/// Those who wait.
extension PlaceQueue {
  /// A request that wants a place.
  public struct Request: Sendable, Equatable {
    /// A path that it could take.
    public struct Option: Sendable, Equatable {
      /// Which backend over which uplink.
      public var path: PathID
      /// By how much a better path of the request's is better: it is waited for that long before this one
      /// will do.
      public var headStart: Duration

      /// Creates an option.
      public init(_ path: PathID, headStart: Duration = .zero) {
        self.path = path
        self.headStart = max(.zero, headStart)
      }
    }

    /// Whose it is; requests without a key share one name.
    public var caller: String
    /// Who goes first.
    public var rank: QueueRank
    /// The paths that it could take, best first.
    public var options: [Option]
    /// When its client gives up.
    public var deadline: Instant

    /// Creates a request for a place.
    public init(caller: String, rank: QueueRank, options: [Option], deadline: Instant) {
      self.caller = caller
      self.rank = rank
      self.options = options
      self.deadline = deadline
    }
  }

  /// Why a request gets no place.
  public struct Refusal: Sendable, Equatable {
    /// What is in the way.
    public enum Reason: String, Sendable, CaseIterable {
      /// As many wait as may.
      case full
      /// No place is expected, or came, in time.
      case late
      /// A more urgent one needed the room to wait.
      case displaced
    }

    /// What is in the way.
    public var reason: Reason
    /// After how long a place is likely, seconds.
    public var seconds: Double

    /// Creates a refusal.
    public init(reason: Reason, seconds: Double) {
      self.reason = reason
      self.seconds = seconds
    }
  }

  /// What becomes of a request that asks for a place.
  public enum Entry: Sendable, Equatable {
    /// It has one.
    case place(Place)
    /// It waits; ``look(_:at:)`` is to be called at that time, unless its turn comes before.
    case waits(Ticket, until: Instant)
    /// There is no point in waiting.
    case refused(Refusal)
  }

  /// What has become of a request that waited.
  public struct Turn: Sendable, Equatable {
    /// Whose.
    public var ticket: Ticket
    /// A place, or a refusal.
    public var entry: Entry
  }

  struct Waiter: Sendable {
    var key: WaitingLine.Key
    var expires: Instant
    /// The lanes that it waits in.
    var lanes: [Int] = []
    /// What it counts as waiting for: backends and uplinks, each once.
    var resources: [Int] = []
    /// What will do later, soonest first.
    var later: [(lane: Int, from: Instant)] = []
  }

  /// A request asks for a place.
  ///
  /// - Returns: What becomes of it, and whoever had to make room for it.
  public mutating func enter(
    _ request: Request, at time: Instant
  ) -> (entry: Entry, displaced: Turn?) {
    var lanes: [(number: Int, headStart: Duration)] = []
    var soonest = Double.infinity
    var patience = Double.infinity
    for option in request.options {
      let number = lane(of: option.path)
      let headStart = option.headStart / .seconds(1)
      // Waiting for a better one has to be possible, and the quicker way to an answer.
      if isOpen(number), patience >= headStart { return (.place(take(number, at: time)), nil) }
      let wait = expectedWait(number, request.rank) + headStart
      soonest = min(soonest, wait)
      if hasRoom(number) { patience = min(patience, wait) }
      lanes.append((number, option.headStart))
    }
    guard let best = lanes.first?.number else {
      return (.refused(Refusal(reason: .late, seconds: 1)), nil)
    }
    let longest = lanes.map { longestWait($0.number, at: time) }.max() ?? .zero
    let expires = min(time + longest, request.deadline)
    guard soonest <= (expires - time) / .seconds(1) else {
      return (.refused(refusal(.late, best, request.rank, at: time)), nil)
    }
    var displaced: Turn?
    var open = lanes.filter { hasRoom($0.number) }
    if open.isEmpty {
      guard
        let victim = victim(
          for: best, below: request.rank, turn: turns.peek(request.caller, request.rank))
      else {
        return (.refused(refusal(.full, best, request.rank, at: time)), nil)
      }
      displaced = displace(victim, at: time)
      open = lanes.filter { hasRoom($0.number) }
    }
    return (wait(request, open, until: expires, at: time), displaced)
  }

  private mutating func wait(
    _ request: Request, _ lanes: [(number: Int, headStart: Duration)], until expires: Instant,
    at time: Instant
  ) -> Entry {
    tickets += 1
    let turn = turns.next(of: request.caller, request.rank)
    var waiter = Waiter(
      key: .init(rank: request.rank, turn: turn, ticket: tickets), expires: expires)
    for (number, headStart) in lanes {
      if headStart > .zero { waiter.later.append((number, time + headStart)) }
    }
    waiter.later.sort { $0.from < $1.from }
    for (number, headStart) in lanes where headStart <= .zero { join(number, &waiter, at: time) }
    if waiter.lanes.isEmpty, !waiter.later.isEmpty {
      join(waiter.later.removeFirst().lane, &waiter, at: time)
    }
    waiters[tickets] = waiter
    return .waits(tickets, until: waiter.nextLook)
  }

  private mutating func join(_ lane: Int, _ waiter: inout Waiter, at time: Instant) {
    lanes[lane].line.insert(waiter.key)
    waiter.lanes.append(lane)
    for resource in [lanes[lane].backend, lanes[lane].uplink]
    where !waiter.resources.contains(resource) {
      waiter.resources.append(resource)
      places[resource].joins(waiter.key.rank, at: time)
    }
  }

  /// The time has come that a request was to be looked at; `nil` where it does not wait any more.
  public mutating func look(_ ticket: Ticket, at time: Instant) -> Entry? {
    guard var waiter = waiters[ticket] else { return nil }
    while let next = waiter.later.first, next.from <= time {
      waiter.later.removeFirst()
      if isOpen(next.lane) {
        waiters[ticket] = waiter
        remove(ticket)
        return .place(take(next.lane, at: time))
      }
      join(next.lane, &waiter, at: time)
    }
    waiters[ticket] = waiter
    guard time >= waiter.expires else { return .waits(ticket, until: waiter.nextLook) }
    remove(ticket)
    return .refused(refusal(.late, waiter.lanes.first, waiter.key.rank, at: time))
  }

  /// A request that waits is taken out: its client has left. Nothing happens where it does not wait any
  /// more; its turn is then on its way.
  public mutating func leave(_ ticket: Ticket) { remove(ticket) }

  private mutating func remove(_ ticket: Ticket) {
    guard let waiter = waiters.removeValue(forKey: ticket) else { return }
    for lane in waiter.lanes { lanes[lane].line.remove(waiter.key) }
    for resource in waiter.resources { places[resource].leaves(waiter.key.rank) }
    if waiters.isEmpty { turns = CallerTurns() }
  }
}

extension PlaceQueue.Waiter {
  fileprivate var nextLook: Instant { later.first.map { min($0.from, expires) } ?? expires }
}

// MARK: Turns

extension PlaceQueue {
  /// Gives the places that are free to those who wait for them.
  mutating func grant(at time: Instant) -> [Turn] {
    var granted: [Turn] = []
    while let (lane, key) = next() {
      let resources = waiters[key.ticket]?.resources ?? []
      remove(key.ticket)
      grants += 1
      turns.served(key.turn, key.rank)
      for resource in resources { places[resource].served(key.rank) }
      granted.append(Turn(ticket: key.ticket, entry: .place(take(lane, at: time))))
    }
    return granted
  }

  /// Whose turn it is, of those who could go.
  private func next() -> (lane: Int, key: WaitingLine.Key)? {
    var best: (lane: Int, key: WaitingLine.Key)?
    var eldest: (lane: Int, key: WaitingLine.Key)?
    for lane in lanes.indices {
      guard let key = lanes[lane].line.next, isOpen(lane) else { continue }
      if best.map({ $0.key < key }) ?? true { best = (lane, key) }
      guard let old = lanes[lane].line.eldest else { continue }
      if eldest.map({ old.ticket < $0.key.ticket }) ?? true { eldest = (lane, old) }
    }
    return (grants + 1) % Self.eldestEvery == 0 ? eldest ?? best : best
  }

  /// Whether one more may wait for a place there.
  private func hasRoom(_ lane: Int) -> Bool {
    [lanes[lane].backend, lanes[lane].uplink].allSatisfy { hasRoom(inQueueOf: $0) }
  }

  private func hasRoom(inQueueOf resource: Int) -> Bool {
    places[resource].limit == nil || places[resource].allWaiting < settings.length
  }

  private func longestWait(_ lane: Int, at time: Instant) -> Duration {
    min(
      places[lanes[lane].backend].longestWait(settings, at: time),
      places[lanes[lane].uplink].longestWait(settings, at: time))
  }

  /// Who has to make room in the queue of `lane` for a higher rank, or for a caller of the same rank whose
  /// turn comes before: the one who would be served last.
  private func victim(
    for lane: Int, below rank: QueueRank, turn: Double
  ) -> WaitingLine.Key? {
    let full = [lanes[lane].backend, lanes[lane].uplink].filter { !hasRoom(inQueueOf: $0) }
    // Where both queues are full, nobody who waits in one of them alone would make room.
    let last = lanes.filter { one in full.allSatisfy { $0 == one.backend || $0 == one.uplink } }
      .compactMap(\.line.last).min()
    guard let last else { return nil }
    return last.rank < rank || (last.rank == rank && last.turn > turn + 1) ? last : nil
  }

  private mutating func displace(_ key: WaitingLine.Key, at time: Instant) -> Turn {
    let lane = waiters[key.ticket]?.lanes.first
    remove(key.ticket)
    return Turn(
      ticket: key.ticket, entry: .refused(refusal(.displaced, lane, key.rank, at: time)))
  }

  private mutating func refusal(
    _ reason: Refusal.Reason, _ lane: Int?, _ rank: QueueRank, at time: Instant
  ) -> Refusal {
    guard let lane else { return Refusal(reason: reason, seconds: 1) }
    let backend = places[lanes[lane].backend].promise(rank, at: time)
    let uplink = places[lanes[lane].uplink].promise(rank, at: time)
    let seconds = max(backend, uplink)
    return Refusal(reason: reason, seconds: seconds > 0 ? seconds : Places.unknownSeconds)
  }

  /// Takes paths out that are gone; who has no other one is refused.
  mutating func close(_ gone: Set<Int>, at time: Instant) -> [Turn] {
    var refused: [Turn] = []
    for (ticket, waiter) in waiters.sorted(by: { $0.key < $1.key }) {
      let left = waiter.lanes.filter { !gone.contains($0) }
      let later = waiter.later.filter { !gone.contains($0.lane) }
      guard left.count + later.count < waiter.lanes.count + waiter.later.count else { continue }
      remove(ticket)
      var next = waiter
      (next.lanes, next.resources, next.later) = ([], [], later)
      for lane in left { join(lane, &next, at: time) }
      if left.isEmpty, !later.isEmpty { join(next.later.removeFirst().lane, &next, at: time) }
      if next.lanes.isEmpty {
        refused.append(
          Turn(ticket: ticket, entry: .refused(Refusal(reason: .late, seconds: 1))))
      } else {
        waiters[ticket] = next
      }
    }
    return refused
  }
}
