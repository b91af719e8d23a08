import Fleet

/// The places of one backend or uplink: how many there are, how many are taken, for how long each is held,
/// and how many wait for one.
struct Places: Sendable {
  /// How many there are, where somebody has said.
  var declared: Int?
  /// What was learned of a backend of which nobody has; `nil` for an uplink.
  var learned: ConcurrencyLimit?
  /// Places that are taken; more than there are, where streams had to be gone on with or the limit fell.
  private(set) var taken = 0
  /// For how long a place is held, a running mean, seconds; `nil` before any was given back.
  private(set) var heldSeconds: Double?
  /// Those who wait, by rank.
  private(set) var waiting = SIMD4<Int>()
  /// Since when somebody has been waiting all the time.
  private(set) var busySince: Instant?
  /// Until when those who were told to come back later, by rank, fill what comes free, nanoseconds.
  private var promised = SIMD4<Int64>()
  /// The shares of the places given to waiters that went to each rank of late.
  private var shares = SIMD4<Double>()

  /// The weight of one more place in ``heldSeconds``, and in ``shares``.
  private static let holdRate = 0.1
  private static let shareRate = 0.05
  /// What is reckoned with before anything is known, seconds.
  static let unknownSeconds = 1.0
  /// The longest that anybody is told to stay away, seconds: no client comes back after longer.
  private static let longestPromise = 120.0
  /// Whoever is overtaken has every eighth place at least, if somebody waits for the answer.
  private static let leastShare = 1.0 / Double(PlaceQueue.eldestEvery)

  init(declared: Int?, learns: Bool) {
    self.declared = declared
    learned = learns ? ConcurrencyLimit() : nil
  }

  /// How many there are; `nil`: no bound.
  var limit: Int? { declared ?? learned?.places }

  var isFree: Bool { limit.map { taken < $0 } ?? true }

  /// All who wait.
  var allWaiting: Int { waiting.wrappedSum() }

  /// Forgets what was learned: it is another backend under the same name.
  mutating func forget() {
    if learned != nil { learned = ConcurrencyLimit() }
    heldSeconds = nil
  }

  mutating func take() { taken += 1 }

  mutating func giveBack() { taken = max(0, taken - 1) }

  /// Takes in for how long a place was held.
  mutating func held(_ duration: Duration) {
    let seconds = min(3600, max(0, duration / .seconds(1)))
    heldSeconds = heldSeconds.map { $0 + (seconds - $0) * Self.holdRate } ?? seconds
  }

  mutating func joins(_ rank: QueueRank, at time: Instant) {
    waiting[rank.rawValue] += 1
    if busySince == nil { busySince = time }
  }

  mutating func leaves(_ rank: QueueRank) {
    waiting[rank.rawValue] -= 1
    guard allWaiting == 0 else { return }
    // Who was told to come back finds room earlier than promised, and nobody is told as late any more.
    busySince = nil
    promised = SIMD4()
  }

  /// One who waited has got a place.
  mutating func served(_ rank: QueueRank) {
    shares *= 1 - Self.shareRate
    shares[rank.rawValue] += Self.shareRate
  }
}

extension Places {
  /// How long one more request of a rank would wait, seconds: the places of those ahead of it come free one
  /// after the other, each as long after the last as one is held, divided by how many there are. While it
  /// waits others overtake it, as many as have lately.
  func expectedWait(
    _ rank: QueueRank, unknownSeconds: Double = Places.unknownSeconds
  ) -> Double {
    guard let limit else { return 0 }
    let ahead = max(0, taken - limit + 1) + waiting(from: rank)
    guard ahead > 0 else { return 0 }
    return Double(ahead) * interval(limit, unknownSeconds) / ownShare(rank)
  }

  /// Those who wait and have that rank or a higher one.
  func waiting(from rank: QueueRank) -> Int {
    var count = 0
    for other in rank.rawValue...QueueRank.priority.rawValue { count += waiting[other] }
    return count
  }

  /// The time between two places that come free, seconds.
  private func interval(
    _ limit: Int, _ unknownSeconds: Double = Places.unknownSeconds
  ) -> Double {
    (heldSeconds ?? unknownSeconds) / Double(max(1, limit))
  }

  private func ownShare(_ rank: QueueRank) -> Double {
    var overtaking = 0.0
    for other in (rank.rawValue + 1)..<4 { overtaking += shares[other] }
    return max(Self.leastShare, 1 - overtaking)
  }

  /// When one that is turned away finds room, seconds from now; 0 where there is no limit. Each is given a
  /// time of its own, after those who were told before: or they would all be back at once.
  mutating func promise(_ rank: QueueRank, at time: Instant) -> Double {
    guard let limit else { return 0 }
    let step = interval(limit) / ownShare(rank)
    let before = Double(promised[rank.rawValue] - time.nanoseconds) / 1e9
    let seconds = min(Self.longestPromise, max(expectedWait(rank), before + step))
    promised[rank.rawValue] = time.nanoseconds + Int64(seconds * 1e9)
    return seconds
  }

  /// How long anybody may wait here now.
  func longestWait(_ settings: QueueSettings, at time: Instant) -> Duration {
    guard let busySince, time - busySince > settings.standing else { return settings.longestWait }
    return min(settings.longestWait, settings.standingWait)
  }
}
