#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The distribution of a quantity, given by twelve of its quantiles.
///
/// What a link does in a slot has no textbook distribution: it is skewed, and its tail is what hurts.
/// Twelve values read off the field say as much as is known, and each can be read. Between two of them the
/// quantity goes evenly with the logarithm of the odds, as exponential tails do.
public struct QuantileLaw: Sendable, Equatable {
  /// The shares below the twelve values: the quartiles, the tails and (all but) the extremes.
  public static let shares: [Double] = [
    0.0001, 0.01, 0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95, 0.99, 0.999, 0.9999,
  ]

  private static let logOdds = shares.map(logOdds(of:))

  /// The quantiles at ``shares``, ascending.
  public let values: [Double]

  /// Creates a law from its quantiles at ``shares``; values out of order are put in order.
  ///
  /// - Precondition: `values` are as many finite numbers as there are shares.
  public init(_ values: [Double]) {
    precondition(values.count == Self.shares.count && values.allSatisfy(\.isFinite))
    self.values = values.sorted()
  }

  /// The law of what is always the same.
  public static func always(_ value: Double) -> QuantileLaw {
    QuantileLaw(Array(repeating: value, count: shares.count))
  }

  /// The value below which the share `p` lies; shares beyond the outermost give the extremes.
  public func callAsFunction(_ p: Double) -> Double {
    guard p > Self.shares[0], let above = Self.shares.firstIndex(where: { $0 > p }) else {
      return p > 0.5 ? maximum : values[0]
    }
    guard values[above] > values[above - 1] else { return values[above] }
    let low = Self.logOdds[above - 1]
    let share = (Self.logOdds(of: p) - low) / (Self.logOdds[above] - low)
    return values[above - 1] + (values[above] - values[above - 1]) * share
  }

  private static func logOdds(of share: Double) -> Double { log(share / (1 - share)) }

  /// The value that half lies below.
  public var median: Double { values[5] }

  /// The greatest value.
  public var maximum: Double { values[Self.shares.count - 1] }

  /// The mean, by the midpoint rule.
  public var mean: Double {
    let steps = 2_000
    return (0..<steps).reduce(0) { $0 + self((Double($1) + 0.5) / Double(steps)) } / Double(steps)
  }

  /// The law of the quantity times `factor`, which is not negative.
  public func scaled(by factor: Double) -> QuantileLaw {
    QuantileLaw(values.map { $0 * max(0, factor) })
  }

  /// The law of the quantity plus `offset`, never below 0.
  public func shifted(by offset: Double) -> QuantileLaw {
    QuantileLaw(values.map { max(0, $0 + offset) })
  }
}
