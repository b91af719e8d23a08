import Network
import Orbits

/// An independent second way out, drawn from a seed: a cellular link as one was measured beside a dish on the
/// road (NUWiNS, Maine 2024: median 60 ms, 4.75 % of pings over 200 ms or lost).
///
/// It is good most of the time, with log-normally distributed round trips, and bad in stretches, in which most
/// pings are lost and the others are late. How heavy the body's tail is was chosen so that 14 % of round trips
/// are over 100 ms and 9 % over 120 ms, as the gains of hedging on those measurements imply.
public struct SecondPath: Sendable {
  /// The median of all round trips, milliseconds.
  public static let medianMs = 60.0

  private static let bodyMedianMs = 58.5
  private static let bodySigma = 0.42
  private static let badShare = 0.0457
  private static let badMeanSeconds = 1.5
  private static let lossInBad = 0.6
  private static let lateMeanMs = 400.0

  private let seed: UInt64
  private let start: UTC
  /// Ends of stretches, in order: the first is good, then they alternate.
  private let ends: [Double]

  /// A course over `seconds` from `start` on.
  public init(seed: UInt64, start: UTC, seconds: Double) {
    self.seed = seed
    self.start = start
    var random = RandomStream(seed: seed, RandomStream.key("second path"))
    let goodMean = Self.badMeanSeconds * (1 - Self.badShare) / Self.badShare
    var ends: [Double] = []
    var time = 0.0
    while time < seconds {
      let mean = ends.count.isMultiple(of: 2) ? goodMean : Self.badMeanSeconds
      time -= mean * Portable.log(random.unit())
      ends.append(time)
    }
    self.ends = ends
  }

  /// What a ping sent at `time` takes, milliseconds; `nil` where it is lost.
  public func roundTripMs(at time: UTC) -> Double? {
    var random = RandomStream(
      seed: seed, RandomStream.key("ping"), UInt64(bitPattern: time.nanosecondsSince1970))
    let second = time.seconds(since: start)
    let stretch = ends.partitionPoint { $0 > second }
    if stretch.isMultiple(of: 2) {
      let normal = Portable.normalQuantile(random.unit())
      return Self.bodyMedianMs * Portable.exp(Self.bodySigma * normal)
    }
    if random.unit() < Self.lossInBad { return nil }
    return 200 - Self.lateMeanMs * Portable.log(random.unit())
  }
}
