/// Those who wait for one path, in the order in which they are served.
///
/// Two sorted arrays: inserting moves the entries behind, a few kilobytes at the lengths that queues are
/// allowed, which is quicker than following the pointers of a tree, and leaves nothing stale to be skipped.
struct WaitingLine: Sendable {
  /// What decides about the order of two.
  struct Key: Sendable, Comparable {
    var rank: QueueRank
    /// The caller's turn: its requests are a step apart, so that callers alternate.
    var turn: Double
    var ticket: PlaceQueue.Ticket

    /// Whoever is served later comes first.
    static func < (a: Key, b: Key) -> Bool {
      if a.rank != b.rank { return a.rank < b.rank }
      return (b.turn, b.ticket) < (a.turn, a.ticket)
    }
  }

  private var keys: [Key] = []
  /// Those with somebody at a connection, in order of arrival.
  private var arrivals: [Key] = []

  /// Whoever is served next.
  var next: Key? { keys.last }
  /// Whoever is served last.
  var last: Key? { keys.first }
  /// Whoever has waited longest of those that somebody waits for.
  var eldest: Key? { arrivals.first }

  mutating func insert(_ key: Key) {
    keys.insert(key, at: keys.position(of: key, by: <))
    guard key.rank > .deferred else { return }
    arrivals.insert(key, at: arrivals.position(of: key) { $0.ticket < $1.ticket })
  }

  mutating func remove(_ key: Key) {
    keys.remove(at: keys.position(of: key, by: <))
    guard key.rank > .deferred else { return }
    arrivals.remove(at: arrivals.position(of: key) { $0.ticket < $1.ticket })
  }
}

extension [WaitingLine.Key] {
  /// Where `key` stands, or would, by binary search.
  fileprivate func position(
    of key: WaitingLine.Key, by comesBefore: (WaitingLine.Key, WaitingLine.Key) -> Bool
  ) -> Int {
    var (low, high) = (0, count)
    while low < high {
      let middle = (low + high) / 2
      if comesBefore(self[middle], key) { low = middle + 1 } else { high = middle }
    }
    return low
  }
}
