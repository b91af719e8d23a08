import Fleet
import Orbits

/// Who may go to a backend now, who waits for a place there, and who had better come back later.
///
/// A backend has so many places, declared or learned, and an uplink has where that is declared; an attempt
/// takes one of each. A request takes free ones on the best of its paths. Where there are none it waits: the
/// higher rank goes first, within one rank callers take turns, and every eighth place goes to whoever has
/// waited longest, so that nobody starves. The queue of a backend or uplink is bounded; whoever would wait
/// longer than it may is told at once when to come back, and so is the one of the lowest rank who would be
/// served last when a higher one needs its room. A queue that has not been empty for a while is no burst but
/// a standing one, which makes everybody late and serves nobody more: then waits are cut short until it has
/// emptied (the idea of CoDel, RFC 8289, as servers use it: Maurer, "Fail at Scale", ACM Queue 13(8), 2015).
///
/// A value: time is an argument, and whose turn it is is returned. Whenever a path has a free place nobody is
/// waiting for that path, so a request that need not wait asks two numbers and no one else.
public struct PlaceQueue: Sendable {
  /// The number of a request that waits.
  public typealias Ticket = UInt64

  /// A place that is taken, of a backend and on an uplink, until it is given back.
  public struct Place: Sendable, Equatable {
    /// Which backend over which uplink.
    public let path: PathID
    /// Since when.
    public let began: Instant
    /// Requests that the backend had then, this one included.
    public let inFlight: Int
    /// Whether that was more than it has places, so that this one may have waited there.
    public let isBeyond: Bool

    /// Creates a place, for a keeper that does not count them.
    public init(path: PathID, began: Instant, inFlight: Int = 1, isBeyond: Bool = false) {
      self.path = path
      self.began = began
      self.inFlight = inFlight
      self.isBeyond = isBeyond
    }
  }

  /// Each so many-th place goes to whoever has waited longest.
  static let eldestEvery = 8

  /// One path, and the places that an attempt over it takes.
  struct Lane: Sendable {
    let path: PathID
    let backend: Int
    let uplink: Int
    var line = WaitingLine()
  }

  var settings: QueueSettings
  var numbers: [PathID: Int] = [:]
  var lanes: [Lane] = []
  var places: [Places] = []
  private var backends: [String: Int] = [:]
  private var uplinks: [String: Int] = [:]

  var waiters: [Ticket: Waiter] = [:]
  var tickets: Ticket = 0
  var grants = 0
  var turns = CallerTurns()

  /// The places of `ways`: those that are declared, and those of other backends as they turn out.
  public init(_ ways: Ways, settings: QueueSettings = QueueSettings()) {
    self.settings = settings
    declare(ways)
  }

  /// Has a lane for each path of `ways`, and the places that they declare.
  private mutating func declare(_ ways: Ways) {
    for number in places.indices { places[number].declared = nil }
    for backend in ways.backends {
      for path in ways.paths(to: backend.name) { _ = lane(of: path) }
    }
    for backend in ways.backends {
      if let number = backends[backend.name] { places[number].declared = backend.places }
    }
    for uplink in ways.uplinks {
      if let number = uplinks[uplink] { places[number].declared = ways.places(on: uplink) }
    }
  }

  /// The lane of a path; one that is new where the ways do not know it, as after they have changed.
  mutating func lane(of path: PathID) -> Int {
    if let number = numbers[path] { return number }
    let number = lanes.count
    lanes.append(
      Lane(
        path: path, backend: Self.resource(path.backend, &backends, &places, learns: true),
        uplink: Self.resource(path.uplink, &uplinks, &places, learns: false)))
    numbers[path] = number
    return number
  }

  private static func resource(
    _ name: String, _ numbers: inout [String: Int], _ places: inout [Places], learns: Bool
  ) -> Int {
    if let number = numbers[name] { return number }
    places.append(Places(declared: nil, learns: learns))
    numbers[name] = places.count - 1
    return places.count - 1
  }

  /// Goes over to other ways and bounds. What is taken stays taken, who waits goes on waiting, and what was
  /// learned of a backend that `changed` is forgotten. A path that is gone takes nobody any more.
  ///
  /// - Returns: Whose turn has come, as there are more places, or as there is nowhere left to wait for.
  public mutating func adopt(
    _ ways: Ways, settings: QueueSettings, changed: Set<String>, at time: Instant
  ) -> [Turn] {
    self.settings = settings
    for name in backends.keys where changed.contains(name) {
      if let number = backends[name] { places[number].forget() }
    }
    declare(ways)
    let gone = lanes.indices.filter { number in
      let path = lanes[number].path
      return !ways.paths(to: path.backend).contains(path)
    }
    return close(Set(gone), at: time) + grant(at: time)
  }
}

// MARK: Places

extension PlaceQueue {
  /// Whether an attempt could go over `path` at once.
  func isOpen(_ lane: Int) -> Bool {
    places[lanes[lane].backend].isFree && places[lanes[lane].uplink].isFree
  }

  /// Takes a place on `path` if one is free; `nil` where none is.
  public mutating func takeIfFree(_ path: PathID, at time: Instant) -> Place? {
    let lane = lane(of: path)
    return isOpen(lane) ? take(lane, at: time) : nil
  }

  /// Takes a place on `path`, free or not: for a stream that broke and is gone on with.
  @discardableResult
  public mutating func take(_ path: PathID, at time: Instant) -> Place {
    take(lane(of: path), at: time)
  }

  mutating func take(_ lane: Int, at time: Instant) -> Place {
    let (backend, uplink) = (lanes[lane].backend, lanes[lane].uplink)
    let isBeyond = !places[backend].isFree
    places[backend].take()
    places[uplink].take()
    return Place(
      path: lanes[lane].path, began: time, inFlight: places[backend].taken, isBeyond: isBeyond)
  }

  /// What an attempt tells about its backend, once it is over.
  public enum Outcome: Sendable, Equatable {
    /// The backend answered.
    case answered
    /// The backend worked on it, but nobody waited for the end of that.
    case held
    /// The backend said that it has too much.
    case overloaded
    /// It did not come so far; or not by the backend's doing.
    case nothing
  }

  /// An attempt is over and its place is free.
  ///
  /// - Returns: Whose turn has come.
  public mutating func giveBack(
    _ place: Place, _ outcome: Outcome, at time: Instant
  ) -> [Turn] {
    let number = lane(of: place.path)
    let (backend, uplink) = (lanes[number].backend, lanes[number].uplink)
    places[backend].giveBack()
    places[uplink].giveBack()
    switch outcome {
    case .answered:
      held(place, backend, uplink, at: time)
      places[backend].learned?.answered(inFlight: place.inFlight)
    case .held: held(place, backend, uplink, at: time)
    case .overloaded:
      places[backend].learned?.overloaded(
        began: place.began, inFlight: place.inFlight, at: time)
    case .nothing: break
    }
    return waiters.isEmpty ? [] : grant(at: time)
  }

  private mutating func held(_ place: Place, _ backend: Int, _ uplink: Int, at time: Instant) {
    // What waited at the backend too says nothing about how long it works.
    guard !place.isBeyond else { return }
    places[backend].held(time - place.began)
    places[uplink].held(time - place.began)
  }

  /// An attempt over `path` is over, of whose place nothing else is known.
  ///
  /// - Returns: Whose turn has come.
  @discardableResult
  public mutating func giveBack(_ path: PathID, at time: Instant) -> [Turn] {
    giveBack(Place(path: path, began: time), .nothing, at: time)
  }

  /// Takes in the time that a backend took to begin a stream: see ``ConcurrencyLimit``.
  mutating func observe(
    _ backend: String, endpoint: String, bytes: Int, serviceMs: Double, inFlight: Int, at time: UTC
  ) {
    guard let number = backends[backend], places[number].declared == nil else { return }
    places[number].learned?.observe(
      endpoint: endpoint, bytes: bytes, serviceMs: serviceMs, inFlight: inFlight, at: time)
  }
}

// MARK: What people and decisions ask

extension PlaceQueue {
  /// How full a backend or an uplink is.
  public struct Standing: Sendable, Equatable {
    /// How many places there are; `nil` for no bound.
    public var places: Int?
    /// Whether that was learned, and not declared.
    public var isLearned: Bool
    /// How many are taken.
    public var taken: Int
    /// How many wait for one.
    public var waiting: Int
    /// For how long a place is held, seconds; `nil` before any was given back.
    public var heldSeconds: Double?
  }

  /// How full a backend is; `nil` for one that is not known.
  public func standing(ofBackend name: String) -> Standing? {
    backends[name].map { standing(places[$0]) }
  }

  /// How full an uplink is; `nil` for one that is not known.
  public func standing(ofUplink name: String) -> Standing? {
    uplinks[name].map { standing(places[$0]) }
  }

  private func standing(_ places: Places) -> Standing {
    Standing(
      places: places.limit, isLearned: places.declared == nil && places.limit != nil,
      taken: places.taken,
      waiting: places.allWaiting, heldSeconds: places.heldSeconds)
  }

  /// Requests that wait.
  public var count: Int { waiters.count }

  /// What one more request has to reckon with on a path.
  public struct Prospect: Sendable, Equatable {
    /// Requests under way at the backend, and those that wait for it and go first.
    public var inFlight = 0
    /// How many places the backend has; `nil` for no bound.
    public var places: Int?
    /// How long it would wait for a place, seconds; 0 where one is free.
    public var waitSeconds = 0.0
  }

  /// What a request of that rank has to reckon with on `path`.
  ///
  /// - Parameter unknownSeconds: For how long a place is taken to be held before that was measured.
  public func prospect(_ path: PathID, _ rank: QueueRank, unknownSeconds: Double) -> Prospect {
    guard let number = numbers[path] else { return Prospect() }
    let (backend, uplink) = (places[lanes[number].backend], places[lanes[number].uplink])
    return Prospect(
      inFlight: backend.taken + backend.waiting(from: rank), places: backend.limit,
      waitSeconds: max(
        backend.expectedWait(rank, unknownSeconds: unknownSeconds),
        uplink.expectedWait(rank, unknownSeconds: unknownSeconds)))
  }

  func expectedWait(_ lane: Int, _ rank: QueueRank) -> Double {
    max(
      places[lanes[lane].backend].expectedWait(rank), places[lanes[lane].uplink].expectedWait(rank))
  }
}
