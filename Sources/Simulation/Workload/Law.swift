/// How a positive quantity varies from one request to the next: log-normal, as prompts and answers are,
/// told by its median and its 95th percentile.
public struct Law: Sendable, Equatable {
  /// Half of all values are below it.
  public var median: Double
  /// 95 of 100 values are below it.
  public var p95: Double

  /// Creates a law; equal percentiles make every value the median.
  public init(median: Double, p95: Double) {
    self.median = median
    self.p95 = p95
  }

  /// A law of one value.
  public static func constant(_ value: Double) -> Law { Law(median: value, p95: value) }

  /// The standard normal distribution's 95th percentile.
  private static let normal95 = 1.644_853_626_951_472_7

  /// A value drawn from the law.
  func draw(_ random: inout RandomStream) -> Double {
    let quantile = Portable.normalQuantile(random.unit())
    guard p95 > median, median > 0 else { return median }
    let sigma = Portable.log(p95 / median) / Self.normal95
    return median * Portable.exp(sigma * quantile)
  }

  /// A whole number drawn from the law, within `range`.
  func drawWhole(in range: ClosedRange<Int>, _ random: inout RandomStream) -> Int {
    let value = draw(&random).rounded()
    if value <= Double(range.lowerBound) { return range.lowerBound }
    if value >= Double(range.upperBound) { return range.upperBound }
    return Int(value)
  }
}
