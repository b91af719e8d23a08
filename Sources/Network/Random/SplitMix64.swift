#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// The SplitMix64 generator (Steele, Lea and Flood, OOPSLA 2014): small, seeded, the same everywhere.
public struct SplitMix64: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// Creates a generator; the same seed gives the same numbers.
  public init(seed: UInt64) { state = seed }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    state &+= Self.step
    return Self.mix(state)
  }

  /// What the state grows by with each number: 2^64 over the golden ratio, odd.
  public static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  /// The generator's finalizer: spreads every bit of `value` over all 64.
  public static func mix(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// Uniform in [0, 1).
  public mutating func unit() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// Exponentially distributed with this mean; 0 for a mean of 0 or less.
  public mutating func exponential(mean: Double) -> Double {
    mean > 0 ? -mean * log(1 - unit()) : 0
  }
}
