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
    var mixed = Self.mixed(seed &+ Self.step)
    for part in key { mixed = Self.mixed(mixed ^ Self.mixed(part &+ Self.step)) &+ Self.step }
    state = mixed
  }

  private static let step: UInt64 = 0x9E37_79B9_7F4A_7C15

  mutating func next() -> UInt64 {
    state &+= Self.step
    return Self.mixed(state)
  }

  /// A number in (0, 1), never an end.
  mutating func unit() -> Double { Self.unit(of: next()) }

  /// The number in (0, 1) that 64 bits stand for. The largest would round up to 1.
  static func unit(of bits: UInt64) -> Double {
    min((Double(bits >> 11) + 0.5) * 0x1p-53, 1 - 0x1p-53)
  }

  private static func mixed(_ value: UInt64) -> UInt64 {
    var z = value
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  /// A key for a name: FNV-1a.
  static func key(_ name: String) -> UInt64 {
    var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    for byte in name.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
    return hash
  }
}
