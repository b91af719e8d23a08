/// Values in order, and where they lie.
struct Distribution: Sendable, Equatable {
  let sorted: [Double]

  init(_ values: some Sequence<Double>) { sorted = values.sorted() }

  var isEmpty: Bool { sorted.isEmpty }
  var median: Double { quantile(0.5) }
  var largest: Double { sorted.last ?? .nan }

  /// The value that a share of the values does not exceed (nearest rank); not a number where there is none.
  func quantile(_ share: Double) -> Double {
    guard !sorted.isEmpty else { return .nan }
    let rank = Int((share * Double(sorted.count)).rounded(.up)) - 1
    return sorted[min(max(rank, 0), sorted.count - 1)]
  }

  /// How many values are at least a limit.
  func count(atLeast limit: Double) -> Int { sorted.count { $0 >= limit } }

  /// The share of values below a limit, per cent.
  func percent(below limit: Double) -> Double {
    100 * Double(sorted.count { $0 < limit }) / Double(max(1, sorted.count))
  }
}
