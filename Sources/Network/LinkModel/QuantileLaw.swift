/// The distribution of a quantity, given by ten of its quantiles and straight lines between them.
///
/// What a link does in a slot has no textbook distribution: it is skewed, and its tail is what hurts.
/// Ten values read off the field say as much as is known, and each can be read.
public struct QuantileLaw: Sendable, Equatable {
  /// The shares below the ten values: the extremes, the quartiles and the tails.
  public static let shares: [Double] = [0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 0.999, 1]

  /// The quantiles at ``shares``, ascending.
  public let values: [Double]

  /// Creates a law from its quantiles at ``shares``; values out of order are put in order.
  ///
  /// - Precondition: `values` are ten finite numbers.
  public init(_ values: [Double]) {
    precondition(values.count == Self.shares.count && values.allSatisfy(\.isFinite))
    self.values = values.sorted()
  }

  /// The law of what is always the same.
  public static func always(_ value: Double) -> QuantileLaw {
    QuantileLaw(Array(repeating: value, count: shares.count))
  }

  /// The value below which the share `p` lies; shares outside [0, 1] give the extremes.
  public func callAsFunction(_ p: Double) -> Double {
    guard let above = Self.shares.firstIndex(where: { $0 > p }) else { return maximum }
    guard above > 0 else { return values[0] }
    let (low, high) = (Self.shares[above - 1], Self.shares[above])
    let share = (p - low) / (high - low)
    return values[above - 1] + (values[above] - values[above - 1]) * share
  }

  /// The value that half lies below.
  public var median: Double { values[4] }

  /// The greatest value.
  public var maximum: Double { values[Self.shares.count - 1] }

  /// The mean: the area under the straight lines.
  public var mean: Double {
    var sum = 0.0
    for index in 1..<Self.shares.count {
      sum +=
        (Self.shares[index] - Self.shares[index - 1]) * (values[index] + values[index - 1]) / 2
    }
    return sum
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
