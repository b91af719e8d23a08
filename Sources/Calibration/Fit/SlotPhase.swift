#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

import Network
import Orbits

/// Where the slots begin, found in the data alone: cut at the right phase, slots differ most from each
/// other and least in themselves.
public struct SlotPhase: Sendable, Equatable {
  /// The best offset of the edges from whole multiples of 15 s, seconds; whole.
  public var offsetSeconds: Int
  /// The standard deviation within slots at each whole offset from 0 to 14 s, in the values' unit.
  public var deviationByOffset: [Double]

  /// Finds the phase of values over time; `nil` with fewer than two values.
  public init?(of samples: [(time: UTC, value: Double)]) {
    guard samples.count > 1 else { return nil }
    let deviations = (0..<Slot.lengthSeconds).map { Self.deviation(of: samples, offset: $0) }
    offsetSeconds = deviations.indices.min { deviations[$0] < deviations[$1] } ?? 0
    deviationByOffset = deviations
  }

  /// Finds the phase of the round trips of `trace`.
  public init?(of trace: Trace) {
    self.init(
      of: trace.pings.compactMap { ping in ping.roundTripMs.map { (ping.sent, $0) } })
  }

  private static func deviation(of samples: [(time: UTC, value: Double)], offset: Int) -> Double {
    var squares = 0.0
    var index = samples.startIndex
    while index < samples.endIndex {
      let slot = number(of: samples[index].time, offset: offset)
      // Welford's running mean and sum of squares.
      var (count, mean) = (0.0, 0.0)
      while index < samples.endIndex, number(of: samples[index].time, offset: offset) == slot {
        count += 1
        let delta = samples[index].value - mean
        mean += delta / count
        squares += delta * (samples[index].value - mean)
        index += 1
      }
    }
    return sqrt(squares / Double(samples.count))
  }

  private static func number(of time: UTC, offset: Int) -> Int64 {
    let shifted = time.nanosecondsSince1970 - Int64(offset) * 1_000_000_000
    let length = Int64(Slot.lengthSeconds) * 1_000_000_000
    return shifted >= 0 ? shifted / length : (shifted + 1) / length - 1
  }
}
