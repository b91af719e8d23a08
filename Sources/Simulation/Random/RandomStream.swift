import Network

/// Random numbers that depend on a seed and a place in the simulation, and on nothing else.
///
/// Each request, attempt and packet draws from a stream of its own, found by its key. So what one
/// policy draws never shifts what another one meets, and the order of computing does not matter.
/// SplitMix64 (Steele, Lea and Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014)
/// behind a key that is mixed by the same function.
struct RandomStream: RandomNumberGenerator, Sendable {
  private var state: UInt64

  /// The stream of a seed and a key of any length.
  init(seed: UInt64, _ key: UInt64...) {
    var mixed = SplitMix64.mix(seed &+ SplitMix64.step)
    for part in key {
      mixed = SplitMix64.mix(mixed ^ SplitMix64.mix(part &+ SplitMix64.step)) &+ SplitMix64.step
    }
    state = mixed
  }

  mutating func next() -> UInt64 {
    state &+= SplitMix64.step
    return SplitMix64.mix(state)
  }

  /// A number in (0, 1), never an end.
  mutating func unit() -> Double { Self.unit(of: next()) }

  /// The number in (0, 1) that 64 bits stand for. The largest would round up to 1.
  static func unit(of bits: UInt64) -> Double {
    min((Double(bits >> 11) + 0.5) * 0x1p-53, 1 - 0x1p-53)
  }

  /// A key for a name.
  static func key(_ name: String) -> UInt64 { name.stableHash }
}
