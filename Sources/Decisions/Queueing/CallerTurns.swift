/// Whose turn it is among callers of one rank: start-time fair queueing (Goyal, Vin and Cheng, 1996) with one
/// step for each request. Who has many waiting is a step further for each; who has just come is no further
/// than the one who is being served.
struct CallerTurns: Sendable {
  private struct Caller: Sendable, Hashable {
    var rank: QueueRank
    var name: String
  }

  private var last: [Caller: Double] = [:]
  private var now = SIMD4<Double>()

  /// The turn that a caller's next request would have.
  func peek(_ name: String, _ rank: QueueRank) -> Double {
    max(now[rank.rawValue], (last[Caller(rank: rank, name: name)] ?? -1) + 1)
  }

  /// The turn of a caller's next request.
  mutating func next(of name: String, _ rank: QueueRank) -> Double {
    let turn = peek(name, rank)
    last[Caller(rank: rank, name: name)] = turn
    return turn
  }

  /// A request has been served.
  mutating func served(_ turn: Double, _ rank: QueueRank) {
    now[rank.rawValue] = max(now[rank.rawValue], turn)
  }
}
