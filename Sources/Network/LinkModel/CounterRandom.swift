#if canImport(Glibc)
  import Glibc
#else
  import Darwin
#endif

/// Randomness by name instead of by order: the numbers for one key are the same whatever was drawn
/// before, on any thread (the counter-based idea of Salmon et al., SC'11, on SplitMix64's mixer).
struct CounterRandom: Sendable {
  /// What a number is for: each has its own stream.
  enum Purpose: UInt64 {
    case baseOfSlot = 1
    case baseShared, scatter, capacityOfSlot, capacityShared, edgeLoss, hold, outage, rain
    case satelliteLoad
  }

  private let key: UInt64

  init(seed: UInt64, name: String) {
    key = Self.mix(seed &+ Self.mix(name.stableHash))
  }

  /// Uniform in (0, 1), for the `number`-th draw of `purpose` in slot `slot`.
  func unit(_ purpose: Purpose, slot: Int64, number: UInt64 = 0) -> Double {
    let place = Self.mix(UInt64(bitPattern: slot) &+ purpose.rawValue &* SplitMix64.step)
    let bits = Self.mix(key ^ Self.mix(place &+ number &* 0xD1B5_4A32_D192_ED03))
    return (Double(bits >> 12) + 0.5) * 0x1p-52
  }

  /// Standard normal, likewise (Box and Muller, 1958).
  func normal(_ purpose: Purpose, slot: Int64) -> Double {
    let radius = sqrt(-2 * log(unit(purpose, slot: slot, number: 1)))
    return radius * cos(2 * Double.pi * unit(purpose, slot: slot, number: 2))
  }

  private static func mix(_ value: UInt64) -> UInt64 {
    SplitMix64.mix(value &+ SplitMix64.step)
  }
}

/// Uniform numbers that resemble their neighbours: a Gaussian copula over slots.
///
/// Part of the variance is the slot's own, part is shared with the slots before and fades
/// geometrically. The sum looks back a fixed number of slots, so that any slot can be asked for alone.
struct SlotPersistence: Sendable {
  /// How many slots back the shared part reaches.
  static let lookBack = 24

  var own: CounterRandom.Purpose
  var shared: CounterRandom.Purpose
  private let ownWeight: Double
  private let weights: [Double]

  /// - Parameters:
  ///   - correlation: Of neighbouring slots, in [0, 1).
  ///   - memory: What is left of it one slot further on, in [0, 1).
  init(
    correlation: Double, memory: Double, own: CounterRandom.Purpose, shared: CounterRandom.Purpose
  ) {
    self.own = own
    self.shared = shared
    let memory = min(0.95, max(0, memory))
    // Neighbours correlate by the shared part's variance times its memory.
    let variance = memory > 0 ? min(1, max(0, correlation) / memory) : 0
    var power = 1.0
    var raw: [Double] = []
    for _ in 0..<Self.lookBack {
      raw.append(power)
      power *= memory
    }
    let norm = sqrt(variance / raw.reduce(0) { $0 + $1 * $1 })
    weights = raw.map { $0 * norm }
    ownWeight = sqrt(1 - variance)
  }

  /// The slot's number, uniform in (0, 1) over all slots.
  func unit(_ random: CounterRandom, slot: Int64) -> Double {
    var z = ownWeight * random.normal(own, slot: slot)
    for (back, weight) in weights.enumerated() where weight > 1e-3 {
      z += weight * random.normal(shared, slot: slot &- Int64(back))
    }
    return 0.5 * erfc(-z / 2.0.squareRoot())
  }
}
