/// A data rate.
public struct Bandwidth: Hashable, Comparable, Sendable {
  /// Bits per second.
  public var bitsPerSecond: Double

  /// Creates a rate from bits per second.
  public init(bitsPerSecond: Double) { self.bitsPerSecond = bitsPerSecond }

  /// A rate of `value` megabits (10^6 bits) per second.
  public static func megabitsPerSecond(_ value: Double) -> Bandwidth {
    Bandwidth(bitsPerSecond: value * 1e6)
  }

  /// Bytes per second.
  public var bytesPerSecond: Double { bitsPerSecond / 8 }

  /// How long `bytes` take to leave at this rate, seconds; infinite at rate zero.
  public func seconds(forBytes bytes: Int) -> Double { Double(bytes) / bytesPerSecond }

  /// Whether `a` is the lower rate.
  public static func < (a: Bandwidth, b: Bandwidth) -> Bool { a.bitsPerSecond < b.bitsPerSecond }
}
