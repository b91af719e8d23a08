import Orbits

/// Holds claims against the forecast of a ``ClaimWorld`` over some slots.
public struct ClaimsCheck: Sendable {
  /// The world.
  public let world: ClaimWorld
  /// The instant whose slot is the first.
  public let start: UTC
  /// How many slots are looked at.
  public let slots: Int

  /// Minutes from one slot looked at to the next: an eighth of a revolution.
  static let minutesBetweenSlots = 12.0
  /// Slots in which pairs of cities are looked at too, and one pair in how many.
  static let pairSlots = 4
  static let pairStride = 3

  /// Prepares a check.
  ///
  /// - Precondition: `slots` is at least 1.
  public init(world: ClaimWorld, start: UTC, slots: Int = 8) {
    precondition(slots >= 1, "claims need a slot to look at")
    self.world = world
    self.start = start
    self.slots = slots
  }

  /// How many steps ``claims(progress:)`` has.
  public var steps: Int { slots * world.cities.count + pairSlotCount }

  private var pairSlotCount: Int { min(Self.pairSlots, slots) }

  /// The claims, in a fixed order. The same start and slots give the same claims.
  ///
  /// - Parameter progress: Told how many of ``steps`` are done.
  public func claims(progress: (Int) -> Void = { _ in }) -> [Claim] {
    var evidence = ClaimEvidence(world: world, slots: slots)
    var done = 0
    for slot in 0..<slots {
      let time = start.adding(seconds: Double(slot) * Self.minutesBetweenSlots * 60)
      let state = NetworkState(world.topology, slot: Slot(containing: time))
      evidence.cities += world.cities(in: state) {
        done += 1
        progress(done)
      }
      guard slot < pairSlotCount else { continue }
      evidence.pairs += world.pairs(in: state, stride: Self.pairStride)
      done += 1
      progress(done)
    }
    return evidence.claims
  }
}

/// What the forecast said, and the claims that follow from it.
struct ClaimEvidence: Sendable {
  var world: ClaimWorld
  var slots: Int
  var cities: [CitySample] = []
  var pairs: [PairSample] = []

  var claims: [Claim] {
    [20, 25, 30].map(accessLatency) + lasers + [
      nearestRegion(withOrbitalNodes: false), nearestRegion(withOrbitalNodes: true), farRegion,
      orbitAgainstGateway, orbitAgainstFiber,
    ]
  }

  /// One figure a city: its median over the slots, where it has one.
  func perCity(_ value: (CitySample) -> Double?) -> Distribution {
    let groups = Dictionary(grouping: cities, by: \.city)
    return Distribution(
      groups.values.compactMap { samples in
        let own = Distribution(samples.compactMap(value))
        return own.isEmpty ? nil : own.median
      })
  }
}
