/// Counts of observations by size.
public struct Histogram: Sendable, Equatable {
  /// Upper bounds of the buckets, rising; one more bucket has none.
  public let bounds: [Double]
  /// Observations in each bounded bucket.
  public private(set) var counts: [Int]
  /// All observations.
  public private(set) var count = 0
  /// Their sum.
  public private(set) var sum = 0.0

  /// Counts nothing yet, by the upper bounds `bounds`, which rise.
  public init(bounds: [Double]) {
    self.bounds = bounds
    self.counts = [Int](repeating: 0, count: bounds.count)
  }

  /// Counts one observation.
  public mutating func observe(_ value: Double) {
    count += 1
    sum += value
    if let bucket = bounds.firstIndex(where: { value <= $0 }) { counts[bucket] += 1 }
  }
}
