/// How losses and answers follow each other: the lengths of the runs of each, in pings.
public struct RunLengths: Sendable, Equatable {
  /// Losses in a row.
  public var bursts: [Double]
  /// Answers in a row between two losses.
  public var gaps: [Double]

  /// The runs of `trace`; answers before the first loss and after the last are no gaps.
  public init(of trace: Trace) {
    bursts = []
    gaps = []
    var (burst, gap, hasBegun) = (0, 0, false)
    for ping in trace.pings {
      if ping.roundTripMs == nil {
        if burst == 0, hasBegun { gaps.append(Double(gap)) }
        (burst, gap, hasBegun) = (burst + 1, 0, true)
      } else {
        if burst > 0 { bursts.append(Double(burst)) }
        (burst, gap) = (0, gap + 1)
      }
    }
    if burst > 0 { bursts.append(Double(burst)) }
  }
}

extension Array where Element == Double {
  /// The greatest distance between the distribution functions of two samples (Kolmogorov and Smirnov);
  /// `nil` where one is empty.
  public func kolmogorovSmirnov(_ other: [Double]) -> Double? {
    guard !isEmpty, !other.isEmpty else { return nil }
    let (a, b) = (sorted(), other.sorted())
    var (i, j, greatest) = (0, 0, 0.0)
    while i < a.count, j < b.count {
      let value = Swift.min(a[i], b[j])
      while i < a.count, a[i] <= value { i += 1 }
      while j < b.count, b[j] <= value { j += 1 }
      let distance = Double(i) / Double(a.count) - Double(j) / Double(b.count)
      greatest = Swift.max(greatest, Swift.abs(distance))
    }
    return greatest
  }
}
